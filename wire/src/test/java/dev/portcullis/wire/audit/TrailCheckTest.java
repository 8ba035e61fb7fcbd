package dev.portcullis.wire.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.audit.TrailFault.Changed;
import dev.portcullis.wire.audit.TrailFault.Cut;
import dev.portcullis.wire.audit.TrailFault.HeadForged;
import dev.portcullis.wire.audit.TrailFault.Rewritten;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TrailCheckTest {

  private static final Instant AT = Instant.parse("2026-11-26T10:00:00.123Z");
  private static final KeyPair PAIR = pair();
  private static final HeadKey KEY = HeadKey.of(PAIR.getPublic());

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A trail and its heads, in their order. */
  private record Trail(List<TrailEntry> entries, List<SignedHead> heads) {
    static Trail random(int entries, Set<Integer> heads, Random random) {
      Trail trail = new Trail(new ArrayList<>(), new ArrayList<>());
      byte[] root = ChainHash.start();
      for (int seq = 1; seq <= entries; seq++) {
        List<String> texts =
            List.of("act", Integer.toString(random.nextInt(3)), "x".repeat(random.nextInt(3)));
        TrailEntry entry = TrailEntry.following(root, seq, AT.plusSeconds(seq), texts);
        root = entry.hash();
        trail.entries.add(entry);
        if (heads.contains(seq)) {
          trail.sign(seq);
        }
      }
      return trail;
    }

    void sign(int size) {
      heads.add(
          SignedHead.sign(
              size,
              AT,
              HexFormat.of().formatHex(entries.get(size - 1).hash()),
              heads.isEmpty() ? SignedHead.NONE_BEFORE : heads.getLast().hash(),
              KEY,
              PAIR.getPrivate()));
    }

    Optional<TrailFault> fault() {
      TrailCheck check = new TrailCheck(List.of(KEY, KEY)); // the database can say it twice
      int head = 0;
      for (TrailEntry entry : entries) {
        check.entry(entry);
        while (head < heads.size() && heads.get(head).size() <= check.entries()) {
          check.head(heads.get(head).size(), heads.get(head++).text());
        }
      }
      for (SignedHead left : heads.subList(head, heads.size())) {
        check.head(left.size(), left.text());
      }
      return check.fault();
    }
  }

  /** Each is one thing that somebody might do. */
  private enum Mutation {
    SEQ,
    AT,
    TEXT,
    PREVIOUS,
    HASH,
    DELETE,
    EXCHANGE,
    REPEAT,
    PUT_IN,
    REWRITE,
    CUT
  }

  @Property(tries = 200)
  void anySingleMutationIsNamed(
      @ForAll @IntRange(min = 2, max = 40) int entries,
      @ForAll @IntRange(min = 0, max = 39) int where,
      @ForAll Mutation mutation,
      @ForAll long seed) {
    Random random = new Random(seed);
    Set<Integer> heads = new HashSet<>(Set.of(entries));
    while (random.nextInt(4) > 0) {
      heads.add(1 + random.nextInt(entries));
    }
    Trail trail = Trail.random(entries, heads, random);
    assertThat(trail.fault()).isEmpty();
    int at = where % entries;

    mutate(trail.entries(), at, mutation, random);

    TrailFault fault = trail.fault().orElseThrow();
    int seq = at + 1;
    switch (mutation) {
      case SEQ, AT, TEXT, PREVIOUS, HASH, DELETE, CUT ->
          assertThat(fault.entry()).as(fault.text()).isEqualTo(seq);
      case EXCHANGE -> assertThat(fault.entry()).isEqualTo(Math.min(seq, entries - 1));
      case REPEAT -> assertThat(fault.entry()).as(fault.text()).isEqualTo(seq + 1);
      case PUT_IN -> {
        if (heads.contains(seq)) {
          assertAmongRewritten(seq, fault);
        } else {
          assertThat(fault.entry()).as(fault.text()).isEqualTo(seq + 1);
        }
      }
      case REWRITE -> assertAmongRewritten(seq, fault);
    }
  }

  /** What follows from one another and was computed anew is found by what was signed. */
  private static void assertAmongRewritten(long seq, TrailFault fault) {
    assertThat(fault)
        .isInstanceOfSatisfying(
            Rewritten.class, found -> assertThat(seq).isBetween(found.entry(), found.last()));
  }

  private static void mutate(List<TrailEntry> entries, int at, Mutation mutation, Random random) {
    TrailEntry old = entries.get(at);
    switch (mutation) {
      case SEQ ->
          entries.set(
              at,
              new TrailEntry(
                  old.seq() ^ (1L << random.nextInt(63)),
                  old.at(),
                  old.texts(),
                  old.previous(),
                  old.hash()));
      case AT ->
          entries.set(
              at,
              new TrailEntry(
                  old.seq(), old.at().plusNanos(1_000), old.texts(), old.previous(), old.hash()));
      case TEXT -> {
        List<String> texts = new ArrayList<>(old.texts());
        int which = random.nextInt(texts.size());
        texts.set(which, texts.get(which) + "y");
        entries.set(at, new TrailEntry(old.seq(), old.at(), texts, old.previous(), old.hash()));
      }
      case PREVIOUS ->
          entries.set(
              at,
              new TrailEntry(
                  old.seq(), old.at(), old.texts(), flipped(old.previous(), random), old.hash()));
      case HASH ->
          entries.set(
              at,
              new TrailEntry(
                  old.seq(), old.at(), old.texts(), old.previous(), flipped(old.hash(), random)));
      case DELETE -> entries.remove(at);
      case EXCHANGE -> {
        int first = Math.min(at, entries.size() - 2);
        entries.add(first, entries.remove(first + 1));
      }
      case REPEAT -> entries.add(at, old);
      case PUT_IN ->
          entries.add(
              at,
              TrailEntry.following(old.previous(), old.seq(), old.at(), List.of("a", "b", "c")));
      case REWRITE -> {
        byte[] root = old.previous();
        List<String> texts = List.of("forged", "", "");
        for (int each = at; each < entries.size(); each++) {
          TrailEntry entry = entries.get(each);
          TrailEntry anew = TrailEntry.following(root, entry.seq(), entry.at(), texts);
          entries.set(each, anew);
          texts = each + 1 < entries.size() ? entries.get(each + 1).texts() : texts;
          root = anew.hash();
        }
      }
      case CUT -> entries.subList(at, entries.size()).clear();
    }
  }

  private static byte[] flipped(byte[] hash, Random random) {
    byte[] other = hash.clone();
    other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
    return other;
  }

  @Property(tries = 80)
  void aHeadThatHasAnotherLetterIsForged(
      @ForAll @IntRange(min = 0, max = 234) int at, @ForAll @IntRange(min = 0, max = 63) int as) {
    Trail trail = Trail.random(3, Set.of(3), new Random(1));
    String text = trail.heads().getFirst().text();
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int position = SignedHead.PREFIX.length() + at;
    String other = text.substring(0, position) + digits.charAt(as) + text.substring(position + 1);
    TrailCheck check = new TrailCheck(List.of(KEY));
    trail.entries().forEach(check::entry);
    check.head(3, other);
    assertThat(check.fault())
        .isEqualTo(other.equals(text) ? Optional.empty() : Optional.of(new HeadForged(1, 3)));
  }

  @Test
  void aHeadIsReadAsItWasWritten() {
    SignedHead head = Trail.random(2, Set.of(2), new Random(1)).heads().getFirst();
    assertThat(SignedHead.parse(head.text())).contains(head);
    assertThat(head.isSignedBy(KEY)).isTrue();
    assertThat(head.isSignedBy(HeadKey.of(pair().getPublic()))).isFalse();
    assertThat(SignedHead.parse("")).isEmpty();
    assertThat(SignedHead.parse(head.text() + "AAAA")).isEmpty();
    assertThat(SignedHead.parse(head.text().substring(1))).isEmpty();
    assertThat(SignedHead.parse(SignedHead.PREFIX + "!")).isEmpty();
  }

  /** 176 bytes leave two bits over, which say nothing. */
  @Test
  void aHeadHasOneFormOnly() {
    String text = Trail.random(2, Set.of(2), new Random(1)).heads().getFirst().text();
    String start = text.substring(0, text.length() - 1);
    long read =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .chars()
            .filter(last -> SignedHead.parse(start + (char) last).isPresent())
            .count();
    assertThat(read).isEqualTo(16);
  }

  @Test
  void aKeyIsReadAsItWasWritten() {
    HeadKey other = HeadKey.of(pair().getPublic());
    assertThat(HeadKey.readAll("noted:\n" + KEY.pem() + other.pem())).containsExactly(KEY, other);
    assertThatThrownBy(() -> HeadKey.readAll("nothing"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> HeadKey.readAll("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void carriedHeadsAreHeldAgainstWhereTheyBelong() {
    Trail trail = Trail.random(9, Set.of(4, 7), new Random(1));
    CarriedHeads carried = new CarriedHeads(trail.heads().reversed());
    assertThat(carried.next()).hasValue(4);
    assertThat(carried.reached(3, "")).isEmpty();
    assertThat(carried.reached(4, trail.heads().getFirst().root())).isEmpty();
    assertThat(carried.next()).hasValue(7);
    assertThat(carried.ended(6)).contains(new Cut(7, 7, AT));
    assertThat(carried.reached(7, "")).contains(new Rewritten(5, 7, AT));
    assertThat(carried.ended(7)).isEmpty();
  }

  @Test
  void onlyTheFirstFaultIsKept() {
    Trail trail = Trail.random(9, Set.of(9), new Random(1));
    mutate(trail.entries(), 2, Mutation.TEXT, new Random(1));
    mutate(trail.entries(), 5, Mutation.TEXT, new Random(1));
    assertThat(trail.fault()).contains(new Changed(3));
  }
}
