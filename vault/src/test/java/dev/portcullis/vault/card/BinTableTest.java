package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.config.ConfigException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinTableTest {

  private static final String HEADER = "first,last,brand,funding,country,lengths,cvc";

  @TempDir private Path folder;

  private BinTable table(String... lines) throws IOException {
    return BinTableReader.read(file(lines));
  }

  private Path file(String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of(HEADER));
    all.addAll(List.of(lines));
    return Files.write(folder.resolve("bins.csv"), all);
  }

  private static Pan pan(String digits) {
    return Pan.ofDigits(digits.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aRangeSaysAllThatItsLineSays() throws IOException {
    BinTable table =
        table(
            "# from an acquirer",
            "",
            "4,4,visa,,,13;16;19,3",
            "40000000,40000099,visa,debit,FR,16,3-4",
            "340000000000,340000000009,amex,prepaid,ZZ,15,4");
    assertThat(table.find(pan("4242424242424242")))
        .isEqualTo(new BinFacts(new CardFacts(CardBrand.VISA, "unknown", null), 0b10010010, 0b01));
    assertThat(table.find(pan("4000000000000002")).card())
        .isEqualTo(new CardFacts(CardBrand.VISA, "debit", "FR"));
    assertThat(table.find(pan("4000010000000001")).card().funding()).isEqualTo("unknown");
    BinFacts amex = table.find(340_000_000_009L);
    assertThat(amex.card()).isEqualTo(new CardFacts(CardBrand.AMEX, "prepaid", "ZZ"));
    assertThat(amex.acceptsLength(15)).isTrue();
    assertThat(amex.acceptsLength(16)).isFalse();
    assertThat(amex.acceptsCodeOf(4)).isTrue();
    assertThat(amex.acceptsCodeOf(3)).isFalse();
    assertThat(amex.acceptsCodeOf(5)).isFalse();
    assertThat(table.find(340_000_000_010L)).isEqualTo(BinFacts.UNKNOWN);
    assertThat(table.find(0)).isEqualTo(BinFacts.UNKNOWN);
    assertThat(table.find(999_999_999_999L)).isEqualTo(BinFacts.UNKNOWN);
  }

  @Test
  void nothingIsInventedOfARealCard() {
    BinTable shipped = BinTableReader.shipped();
    for (String number : List.of("4242424242424242", "5555555555554444", "378282246310005")) {
      CardFacts facts = shipped.find(pan(number)).card();
      assertThat(facts.funding()).isEqualTo("unknown");
      assertThat(facts.country()).isNull();
    }
    assertThat(shipped.find(pan("2720990000000000")).card().brand())
        .isEqualTo(CardBrand.MASTERCARD);
    assertThat(shipped.find(pan("2721000000000000")).card().brand()).isEqualTo(CardBrand.UNKNOWN);
    assertThat(shipped.find(pan("6599990000000000")).card().brand()).isEqualTo(CardBrand.DISCOVER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4,4,visa,,,16|2|must have the columns",
        "4,4,visa,,,16,3,more|2|must have the columns",
        "a,4,visa,,,16,3|2|digits in first",
        "4,,visa,,,16,3|2|digits in last",
        "1234567890123,1234567890123,visa,,,16,3|2|1 to 12 digits in first",
        "40,4,visa,,,16,3|2|as many digits in last as in first",
        "41,40,visa,,,16,3|2|last below its first",
        "4,4,vysa,,,16,3|2|visa, mastercard",
        "4,4,visa,charge,,16,3|2|as funding",
        "4,4,visa,,fr,16,3|2|two capital letters",
        "4,4,visa,,,,3|2|from 12 to 19 in lengths",
        "4,4,visa,,,11,3|2|from 12 to 19 in lengths",
        "4,4,visa,,,19-16,3|2|from 12 to 19 in lengths",
        "4,4,visa,,,16,2|2|from 3 to 4 in cvc",
        "4,4,visa,,,16,3;|2|from 3 to 4 in cvc",
      })
  void whatIsWrongIsSaidWithItsLine(String line, int number, String sentence) throws IOException {
    Path file = file(line);
    assertThatThrownBy(() -> BinTableReader.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bins.csv, line " + number + " ")
        .hasMessageContaining(sentence)
        .hasMessageEndingWith(".");
  }

  @Test
  void equalRangesAndThoseOfWhichNoneIsTheNarrowerAreRefused() throws IOException {
    for (String second : List.of("40,49,visa,debit,,16,3", "45,54,mastercard,,,16,3")) {
      Path file = file("40,49,visa,,,16,3", "6,6,discover,,,16,3", second);
      assertThatThrownBy(() -> BinTableReader.read(file))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("line 4 is as wide as the range of line 2 and overlaps it");
    }
  }

  @Test
  void aHeaderIsNeededAndNoLineIsEndless() throws IOException {
    Path file = folder.resolve("bins.csv");
    Files.writeString(file, "first,last\n");
    assertThatThrownBy(() -> BinTableReader.read(file)).hasMessageContaining("line 1 must be");
    Files.writeString(file, HEADER + "\n" + "4".repeat(300));
    assertThatThrownBy(() -> BinTableReader.read(file))
        .hasMessageContaining("line 2 must have 200 characters at most");
    Files.delete(file);
    assertThatThrownBy(() -> BinTableReader.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be read");
  }

  /** Against the plain rule: of all ranges that hold a number, the narrowest. */
  @Property(tries = 300)
  void theNarrowestRangeCounts(
      @ForAll @Size(max = 25) List<@IntRange(min = 0, max = 99_999_999) Integer> seeds,
      @ForAll @IntRange(min = 1, max = 10_000) int spread) {
    List<long[]> ranges = new ArrayList<>();
    Set<Long> widths = new HashSet<>();
    for (int seed : seeds) {
      long first = seed % spread;
      long width = seed / 10_000 % spread;
      // Of different widths, so that one is always the narrower.
      if (widths.add(width)) {
        ranges.add(new long[] {first, first + width, ranges.size()});
      }
    }
    BinTable table = cut(ranges);
    Set<Long> probes = new HashSet<>(List.of(0L, (long) spread, 3L * spread));
    for (long[] range : ranges) {
      probes.addAll(List.of(range[0] - 1, range[0], range[1], range[1] + 1));
      probes.add((range[0] + range[1]) / 2);
    }
    for (long probe : probes) {
      long expected = -1;
      for (long[] range : ranges) {
        boolean holds = probe >= range[0] && probe <= range[1];
        long[] best = expected < 0 ? null : ranges.get((int) expected);
        if (holds && (best == null || range[1] - range[0] < best[1] - best[0])) {
          expected = range[2];
        }
      }
      assertThat(table.find(probe))
          .as("%d in %s", probe, ranges.stream().map(java.util.Arrays::toString).toList())
          .isEqualTo(expected < 0 ? BinFacts.UNKNOWN : numbered((int) expected));
    }
  }

  private static BinTable cut(List<long[]> ranges) {
    return BinStretches.cut(
        ranges.stream().mapToLong(range -> range[0]).toArray(),
        ranges.stream().mapToLong(range -> range[1]).toArray(),
        ranges.stream().mapToInt(range -> numbered((int) range[2]).pack()).toArray(),
        (one, other) -> new IllegalStateException(one + " and " + other));
  }

  private static BinFacts numbered(int n) {
    String country = "" + (char) ('A' + n % 26) + (char) ('Z' - n / 26);
    return new BinFacts(new CardFacts(CardBrand.VISA, "credit", country), 1 << n % 8, 0b10);
  }

  @Property(tries = 500)
  void whatIsPackedIsUnpacked(
      @ForAll CardBrand brand,
      @ForAll @IntRange(min = 0, max = 3) int funding,
      @ForAll @IntRange(min = 0, max = 676) int country,
      @ForAll @IntRange(min = 1, max = 255) int lengths,
      @ForAll @IntRange(min = 1, max = 3) int codes) {
    int letters = country - 1;
    BinFacts facts =
        new BinFacts(
            new CardFacts(
                brand,
                BinFacts.FUNDINGS.get(funding),
                country == 0
                    ? null
                    : "" + (char) ('A' + letters / 26) + (char) ('A' + letters % 26)),
            lengths,
            codes);
    assertThat(BinFacts.unpack(facts.pack())).isEqualTo(facts);
  }

  /** As many as there may be, nested: a bought table has a tenth of that. */
  @Test
  void aMillionRangesAreReadAndOneMoreIsRefused() throws IOException {
    Path file = folder.resolve("million.csv");
    int inner = BinTableReader.MOST_RANGES - 1_000;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(HEADER + "\n");
      for (int n = 0; n < 1_000; n++) {
        out.write("%03d,%03d,visa,,,16,3\n".formatted(n, n));
      }
      for (int n = 0; n < inner; n++) {
        out.write("%08d50,%08d59,visa,credit,US,16,3\n".formatted(n * 50, n * 50));
      }
    }
    BinTable table = BinTableReader.read(file);
    assertThat(table.size()).isLessThanOrEqualTo(2 * BinTableReader.MOST_RANGES + 1);
    Random random = new Random(7);
    for (int n = 0; n < 100_000; n++) {
      long lead = Math.floorMod(random.nextLong(), inner * 50L * 10_000);
      boolean inside = lead / 10_000 % 50 == 0 && lead / 1_000 % 10 == 5;
      assertThat(table.find(lead).card().country()).isEqualTo(inside ? "US" : null);
    }
    Files.writeString(
        file, "9999999999,9999999999,visa,,,16,3\n", java.nio.file.StandardOpenOption.APPEND);
    assertThatThrownBy(() -> BinTableReader.read(file))
        .hasMessageContaining("line 1000002 is one range too many");
  }
}
