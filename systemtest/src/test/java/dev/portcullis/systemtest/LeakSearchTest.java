package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A search that finds nothing proves something only if it finds what is there. */
@Order(2)
class LeakSearchTest {
  private static final String CODE = "847";
  private static final String NUMBER = TestCards.generated(1_234_567);

  private static LeakSearch searched(byte[] bytes) throws IOException {
    LeakSearch search = new LeakSearch(CODE);
    search.stream("planted", new ByteArrayInputStream(bytes));
    assertThat(search.searched()).isEqualTo(bytes.length);
    return search;
  }

  /** The text with so many bytes before it. */
  private static byte[] after(int before, byte[] text) {
    byte[] all = new byte[before + text.length + 40];
    System.arraycopy(text, 0, all, before, text.length);
    return all;
  }

  private static byte[] bytes(String text, Charset charset) {
    return text.getBytes(charset);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 77, (1 << 20) - 3, (1 << 20) + 250, (1 << 20) + 510, 3 << 20})
  void findsANumberInEveryFormWhereverItStands(int before) throws IOException {
    for (Charset charset :
        new Charset[] {
          StandardCharsets.US_ASCII, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE
        }) {
      assertThat(searched(after(before, bytes(NUMBER, charset))).finds())
          .as("%s", charset)
          .isNotEmpty();
    }
    byte[] ascii = bytes(NUMBER, StandardCharsets.US_ASCII);
    String hex = HexFormat.of().formatHex(ascii);
    assertThat(searched(after(before, bytes(hex, StandardCharsets.US_ASCII))).finds()).hasSize(1);
    assertThat(
            searched(after(before, bytes(hex.toUpperCase(Locale.ROOT), StandardCharsets.US_ASCII)))
                .finds())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "{\"n\":\"", "{\"no\":\"", "{\"num\":\""})
  void findsANumberInEveryAlignmentOfBase64(String before) throws IOException {
    for (String behind : new String[] {"", "\"", "\"}", "\",\"x\":1}"}) {
      byte[] text = bytes(before + NUMBER + behind, StandardCharsets.US_ASCII);
      for (Base64.Encoder encoder :
          new Base64.Encoder[] {
            Base64.getEncoder(), Base64.getUrlEncoder(), Base64.getEncoder().withoutPadding()
          }) {
        assertThat(searched(after(100, encoder.encode(text))).finds())
            .as("%s|%s", before, behind)
            .isNotEmpty();
      }
    }
  }

  @Test
  void findsTheSecurityCodeNearANameForOneAndNotElsewhere() throws IOException {
    for (String leak :
        new String[] {
          "cvc=847",
          "\"security_code\":\"847\"",
          "847 was the CVV",
          "Cvc[value=847]",
          "cvc\u0003847\u0001x",
          "12,847,cvc"
        }) {
      assertThat(searched(after(9, bytes(leak, StandardCharsets.US_ASCII))).finds()).hasSize(1);
      assertThat(searched(after(9, bytes(leak, StandardCharsets.UTF_16LE))).finds()).isNotEmpty();
    }
    for (String harmless :
        new String[] {
          "cvc_check: pass, created 1847",
          "amount 847",
          "cvc" + " ".repeat(130) + "847",
          "cvc x8470",
          "cvc_check seti_1847fZ"
        }) {
      assertThat(searched(after(9, bytes(harmless, StandardCharsets.US_ASCII))).finds())
          .as(harmless)
          .isEmpty();
    }
  }

  /** A compressed value has bytes of its own amid its words. */
  @Test
  void aFewCodesBesideABinaryByteInTheDatabasesFilesAreChanceAndManyAreNot() throws IOException {
    for (String compressed :
        new String[] {
          "visa6\u0000847 .cvc_check", "cvc_check 847\u00112", "cvc /redirect/847\u0000fZwTPZ8"
        }) {
      assertThat(inDatabase(compressed, 1).finds()).as(compressed).isEmpty();
      assertThat(inDatabase(compressed, 1_000).finds()).as(compressed).hasSizeGreaterThan(900);
    }
    assertThat(inDatabase("{\"cvc\":\"847\"}", 1).finds()).hasSize(1);
  }

  private static LeakSearch inDatabase(String text, int times) throws IOException {
    LeakSearch search = new LeakSearch(CODE);
    for (int i = 0; i < times; i++) {
      byte[] bytes = after(9, bytes(text + " " + i, StandardCharsets.ISO_8859_1));
      search.stream("/home/postgres/data/base/1/2", new ByteArrayInputStream(bytes));
    }
    return search;
  }

  @Test
  void aBeginningAloneIsNoFind() throws IOException {
    assertThat(
            searched(bytes("range 40000099 and 4000009912345", StandardCharsets.US_ASCII)).finds())
        .isEmpty();
  }
}
