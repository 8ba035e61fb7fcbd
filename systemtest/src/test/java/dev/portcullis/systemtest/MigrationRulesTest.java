package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * A running version must go on working while the next one's schema is laid under it, and what was
 * laid once is never another thing somewhere else (CONTRIBUTING, "Changing the schema").
 */
@Order(5)
class MigrationRulesTest {
  /** It is no migration: it has no version, and may change. */
  private static final String AFTER_EACH = "afterMigrate.sql";

  private static final Path LIST = Path.of("config/migrations.sha256");
  private static final Pattern NAME = Pattern.compile("V([0-9]+)__[a-z0-9_]+\\.sql");

  /** What had landed before in another order is laid in another one elsewhere. */
  private static final Map<String, Integer> IN_ORDER_SINCE = Map.of("gateway", 91, "vault", 25);

  /** What takes something away from a version that still runs, and how a migration says why not. */
  private static final Map<String, Pattern> CONTRACTIONS = new LinkedHashMap<>();

  private static final Pattern ALLOWED = Pattern.compile("(?m)^-- contract: (?<why>\\S.{19,})$");

  static {
    rule("drops a table", "\\bdrop\\s+table\\b");
    rule(
        "drops a column",
        "\\bdrop\\s+(column\\b|(?!constraint|default|not\\b|index|trigger|function|policy|identity|expression)(if\\s+exists\\s+)?[a-z_\"]+\\s*[,;])");
    rule("renames", "\\brename\\s+(column|to|[a-z_\"]+\\s+to)\\b");
    rule("changes a type", "\\balter\\s+(column\\s+)?[a-z_\"]+\\s+(set\\s+data\\s+)?type\\b");
    rule("makes a column required", "\\bset\\s+not\\s+null\\b");
    rule(
        "adds a required column without a default",
        "\\badd\\s+(column\\s+)?(?!constraint|primary|unique|check|foreign)(?:if\\s+not\\s+exists\\s+)?[a-z_\"]+\\s+(?:(?!default|generated)[^,;])*\\bnot\\s+null\\b(?:(?!default|generated)[^,;])*(?=[,;])");
  }

  private static void rule(String what, String pattern) {
    CONTRACTIONS.put(what, Pattern.compile(pattern));
  }

  /** The first reason why the migration takes something away, if it does not say why it may. */
  static Optional<String> contraction(String sql) {
    if (ALLOWED.matcher(sql).find()) {
      return Optional.empty();
    }
    String statements = sql.replaceAll("(?m)--.*$", "").toLowerCase(Locale.ROOT);
    return CONTRACTIONS.entrySet().stream()
        .filter(rule -> rule.getValue().matcher(statements).find())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static Map<String, String> migrations() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    for (String zone : List.of("gateway", "vault")) {
      Path folder = Portcullis.checkout().resolve(zone + "/src/main/resources/db/" + zone);
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> !f.endsWith(AFTER_EACH)).sorted().toList()) {
          all.put(zone + "/" + file.getFileName(), Files.readString(file));
        }
      }
    }
    return all;
  }

  private static Map<String, String> landed() throws IOException {
    Map<String, String> landed = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Portcullis.checkout().resolve(LIST))) {
      String[] words = line.split(" +");
      landed.put(words[1], words[0]);
    }
    return landed;
  }

  private static String sha256(String text) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash);
  }

  @Test
  void whatHasLandedIsNeverChanged() throws Exception {
    Map<String, String> now = migrations();
    assertThat(landed()).isNotEmpty();
    for (Map.Entry<String, String> each : landed().entrySet()) {
      assertThat(now).as("a landed migration is gone").containsKey(each.getKey());
      assertThat(sha256(Objects.requireNonNull(now.get(each.getKey()))))
          .as("%s has landed: write a new migration instead", each.getKey())
          .isEqualTo(each.getValue());
    }
  }

  @Test
  void versionsAreNamedAndNeverUsedTwice() throws Exception {
    List<String> versions = new ArrayList<>();
    for (String name : migrations().keySet()) {
      versions.add(name.substring(0, name.indexOf('/')) + version(name));
    }
    assertThat(versions).doesNotHaveDuplicates();
  }

  private static int version(String name) {
    var parts = NAME.matcher(name.substring(name.indexOf('/') + 1));
    assertThat(parts.matches()).as(name).isTrue();
    return Integer.parseInt(parts.group(1));
  }

  /**
   * Migrations that stand behind one with a higher number: whoever has laid that one already would
   * never be given them.
   *
   * @param landed in the order in which they have
   * @param all landed or new
   */
  static List<String> late(List<String> landed, List<String> all) {
    List<String> inOrder = new ArrayList<>(landed);
    all.stream()
        .filter(name -> !landed.contains(name))
        .sorted(Comparator.comparingInt(MigrationRulesTest::version))
        .forEach(inOrder::add);
    Map<String, Integer> highest = new HashMap<>();
    List<String> late = new ArrayList<>();
    for (String name : inOrder) {
      String zone = name.substring(0, name.indexOf('/'));
      int before = highest.merge(zone, version(name), Math::max);
      if (version(name) < before && before >= Objects.requireNonNull(IN_ORDER_SINCE.get(zone))) {
        late.add(name);
      }
    }
    return late;
  }

  @Test
  void whatIsNewComesLast() throws Exception {
    assertThat(late(List.copyOf(landed().keySet()), List.copyOf(migrations().keySet()))).isEmpty();
  }

  @Test
  void theRuleFindsWhatComesLate() {
    List<String> landed =
        List.of(
            "gateway/V9__a.sql", "gateway/V8__b.sql", "vault/V26__c.sql", "gateway/V101__d.sql");
    List<String> all = new ArrayList<>(landed);
    assertThat(late(landed, all)).as("long ago").isEmpty();
    all.add("gateway/V102__e.sql");
    all.add("vault/V27__f.sql");
    assertThat(late(landed, all)).isEmpty();
    all.add("gateway/V99__g.sql");
    all.add("vault/V25__h.sql");
    assertThat(late(landed, all)).containsExactly("vault/V25__h.sql", "gateway/V99__g.sql");
    assertThat(late(all, all))
        .as("listed in the same commit")
        .containsExactly("gateway/V99__g.sql", "vault/V25__h.sql");
  }

  @Test
  void whatIsNewTakesNothingAway() throws Exception {
    Map<String, String> landed = landed();
    migrations()
        .forEach(
            (name, sql) -> {
              if (!landed.containsKey(name)) {
                assertThat(contraction(sql))
                    .as("%s takes something away from the version that still runs", name)
                    .isEmpty();
              }
            });
  }

  @Test
  void theRuleFindsWhatItIsFor() {
    for (String contracting :
        List.of(
            "ALTER TABLE a DROP COLUMN b;",
            "ALTER TABLE a DROP b;",
            "DROP TABLE a;",
            "ALTER TABLE a RENAME COLUMN b TO c;",
            "ALTER TABLE a RENAME TO b;",
            "ALTER TABLE a ALTER COLUMN b TYPE text USING b::text;",
            "ALTER TABLE a ALTER b SET NOT NULL;",
            "ALTER TABLE a ADD COLUMN b text NOT NULL;",
            "ALTER TABLE a\n  ADD COLUMN b text,\n  ADD COLUMN c text NOT NULL;",
            "-- contract: too short\nDROP TABLE a;")) {
      assertThat(contraction(contracting)).as(contracting).isPresent();
    }
    for (String expanding :
        List.of(
            "CREATE TABLE a (b text NOT NULL);",
            "ALTER TABLE a ADD COLUMN b text;",
            "ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT '';",
            "ALTER TABLE a ADD COLUMN b bigint GENERATED ALWAYS AS IDENTITY NOT NULL;",
            "ALTER TABLE a DROP CONSTRAINT b;",
            "ALTER TABLE a ALTER COLUMN b DROP NOT NULL;",
            "-- drop table a, they said\nCREATE INDEX a ON b (c);",
            "-- contract: nobody has read this column since 1.4.\nALTER TABLE a DROP COLUMN b;")) {
      assertThat(contraction(expanding)).as(expanding).isEmpty();
    }
  }
}
