package dev.portcullis.vault.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SharesTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void theFieldIsThatOfAes() {
    // FIPS 197, 4.2 and 4.2.1.
    assertThat(Shamir.multiply(0x57, 0x83)).isEqualTo(0xc1);
    assertThat(Shamir.multiply(0x57, 0x13)).isEqualTo(0xfe);
    for (int a = 1; a < 256; a++) {
      assertThat(Shamir.multiply(a, Shamir.inverse(a))).as("a = %d", a).isOne();
    }
  }

  @Property(tries = 200)
  void asManySharesAsTheThresholdGiveTheSecretAndOneLessDoesNot(
      @ForAll @IntRange(min = 2, max = 8) int threshold,
      @ForAll @IntRange(min = 0, max = 6) int more,
      @ForAll Random order) {
    byte[] secret = new byte[32];
    RANDOM.nextBytes(secret);
    byte[][] parts = Shamir.split(secret, threshold + more, threshold, RANDOM);
    List<Integer> indices = new ArrayList<>();
    for (int index = 1; index <= parts.length; index++) {
      indices.add(index);
    }
    Collections.shuffle(indices, order);
    assertThat(combine(parts, indices.subList(0, threshold))).isEqualTo(secret);
    assertThat(combine(parts, indices.subList(0, threshold - 1))).isNotEqualTo(secret);
  }

  private static byte[] combine(byte[][] parts, List<Integer> indices) {
    return Shamir.combine(
        indices.stream().mapToInt(Integer::intValue).toArray(),
        indices.stream().map(index -> parts[index - 1]).toArray(byte[][]::new));
  }

  /** With one share known of two, each byte of the secret goes with exactly one other share. */
  @Test
  void oneShareOfTwoLeavesEverySecretAsLikely() {
    int known = 0x5a;
    boolean[] possible = new boolean[256];
    for (int other = 0; other < 256; other++) {
      byte[] secret =
          Shamir.combine(new int[] {1, 2}, new byte[][] {{(byte) known}, {(byte) other}});
      possible[secret[0] & 0xff] = true;
    }
    for (boolean each : possible) {
      assertThat(each).isTrue();
    }
  }

  @Test
  void aLineIsReadHoweverItIsTyped() {
    Share share = SealedKey.create("1", 3, 2, RANDOM).shares().get(1);
    String line = share.line();
    assertThat(line).matches("PCS1(-[0-9A-HJKMNP-TV-Z]{1,5}){14}");
    for (String typed :
        List.of(
            line,
            line.toLowerCase(Locale.ROOT),
            line.replace("-", " "),
            " " + line.replace("-", "") + "\t",
            line.replace('0', 'O').replace('1', 'l').replaceFirst("PCSl", "PCS1"))) {
      assertThat(Share.parse(typed))
          .hasValueSatisfying(
              read -> {
                assertThat(read.index()).isEqualTo(2);
                assertThat(read.threshold()).isEqualTo(2);
                assertThat(read.set()).isEqualTo(share.set());
                assertThat(read.value()).isEqualTo(share.value());
              });
    }
    assertThat(share).hasToString("Share[REDACTED]");
  }

  @Test
  void oneWrongCharacterIsNoticed() {
    String line = SealedKey.create("1", 3, 2, RANDOM).shares().getFirst().line();
    for (int at = 0; at < line.length(); at++) {
      if (line.charAt(at) != '-') {
        char wrong = line.charAt(at) == 'Z' ? 'Y' : 'Z';
        assertThat(Share.parse(line.substring(0, at) + wrong + line.substring(at + 1)))
            .as("character %d", at)
            .isEmpty();
      }
    }
    for (String none : List.of("", "PCS1", line.substring(0, line.length() - 1), line + "0")) {
      assertThat(Share.parse(none)).isEmpty();
    }
  }

  @Test
  void aKeyOpensWithItsOwnSharesAloneAndNamesAWrongOne() throws GeneralSecurityException {
    SealedKey.WithShares made = SealedKey.create("1", 5, 3, RANDOM);
    byte[] master = made.key().open(parts(made.shares().subList(0, 3)));
    assertThat(master).hasSize(32);
    assertThat(
            made.key()
                .open(
                    parts(
                        List.of(made.shares().get(4), made.shares().get(1), made.shares().get(2)))))
        .isEqualTo(master);
    assertThat(made.shares()).allMatch(made.key()::accepts);
    Share real = made.shares().getFirst();
    byte[] value = real.value();
    value[7] ^= 1;
    assertThat(made.key().accepts(Share.of(real.set(), 1, 3, value))).as("another value").isFalse();
    assertThat(made.key().accepts(Share.of(real.set(), 2, 3, real.value())))
        .as("another index")
        .isFalse();
    assertThat(made.key().accepts(Share.of(real.set(), 6, 3, real.value())))
        .as("no such index")
        .isFalse();
    SealedKey.WithShares other = SealedKey.seal("1", master, 5, 3, RANDOM);
    assertThat(other.key().accepts(real)).as("a dead set").isFalse();
    assertThat(other.key().open(parts(other.shares().subList(1, 4)))).isEqualTo(master);
  }

  @Test
  void whatIsStoredCannotBeChangedUnnoticed() {
    SealedKey.WithShares made = SealedKey.create("1", 3, 2, RANDOM);
    SealedKey key = made.key();
    SortedMap<Integer, byte[]> parts = parts(made.shares().subList(0, 2));
    byte[] flipped = key.sealed().clone();
    flipped[20] ^= 1;
    byte[] verifiers = new byte[96];
    for (SealedKey changed :
        List.of(
            new SealedKey("1", key.set(), 3, 2, key.verifiers(), flipped),
            new SealedKey("2", key.set(), 3, 2, key.verifiers(), key.sealed()),
            new SealedKey("1", key.set(), 4, 2, key.verifiers(), key.sealed()),
            new SealedKey("1", key.set(), 3, 2, verifiers, key.sealed()))) {
      assertThatThrownBy(() -> changed.open(parts)).isInstanceOf(GeneralSecurityException.class);
    }
  }

  @Test
  void clearingOverwritesTheValue() {
    Share share = SealedKey.create("1", 3, 2, RANDOM).shares().getFirst();
    share.clear();
    byte[] zeros = new byte[32];
    Arrays.fill(zeros, (byte) 0);
    assertThat(share.value()).isEqualTo(zeros);
  }

  private static SortedMap<Integer, byte[]> parts(List<Share> shares) {
    SortedMap<Integer, byte[]> parts = new TreeMap<>();
    shares.forEach(share -> parts.put(share.index(), share.value()));
    return parts;
  }
}
