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
import java.util.regex.Matcher;
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

  /** Those up to here were there before the rules about locks. */
  private static final Map<String, Integer> GENTLE_SINCE = Map.of("gateway", 105, "vault", 27);

  /** What keeps a table from its users while all of its rows are read or written. */
  private static final Map<String, Pattern> LOCKS = new LinkedHashMap<>();

  /** What does so whatever the table, or whose tables nobody here can tell. */
  private static final Map<String, Pattern> STATEMENTS = new LinkedHashMap<>();

  /** Why a lock is short all the same: the table is small, for one. */
  private static final Pattern SHORT = Pattern.compile("(?m)^-- lock: (?<why>\\S.{19,})$");

  private static final Pattern CREATED =
      Pattern.compile(
          "\\bcreate\\s+(?:unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?([\\w.\"]+)");

  private static final Pattern ALTERED =
      Pattern.compile(
          "^alter\\s+table\\s+(?:if\\s+exists\\s+)?(?:only\\s+)?(?<table>[\\w.\"]+)(?<actions>.*)$",
          Pattern.DOTALL);

  private static final Pattern INDEXED =
      Pattern.compile(
          "^create\\s+(?:unique\\s+)?index\\s+(?<concurrently>concurrently\\s+)?(?:if\\s+not\\s+exists\\s+)?(?<index>[\\w.\"]+\\s+)?on\\s+(?:only\\s+)?(?<table>[\\w.\"]+)");

  /** Where an action of ALTER TABLE ends. */
  private static final Pattern COMMA = Pattern.compile(",(?![^(]*\\))");

  private static final String COLUMN =
      "^add\\s+(?:column\\s+)?(?!constraint\\b|primary\\b|unique\\b|check\\b|foreign\\b|exclude\\b)";

  static {
    lock("adds a generated column", COLUMN + ".*\\bgenerated\\s+(always|by\\s+default)\\s+as\\b");
    lock("adds a numbered column", COLUMN + ".*\\b(small|big)?serial[248]?\\b");
    lock(
        "adds a column with a default that differs from row to row",
        COLUMN
            + ".*\\bdefault\\b.*\\b(?!(now|transaction_timestamp|statement_timestamp|numeric|decimal|varchar|char|timestamp|timestamptz)\\b)[a-z_][\\w.]*\\s*\\(");
    lock(
        "adds a column with a constraint",
        COLUMN + ".*\\b(references|check|unique|primary\\s+key)\\b");
    lock("changes a type", "^alter\\s+(column\\s+)?[\\w\"]+\\s+(set\\s+data\\s+)?type\\b");
    lock("makes a column required", "\\bset\\s+not\\s+null\\b");
    lock(
        "adds a constraint that all rows are read for",
        "^add\\s+(constraint\\s+[\\w\"]+\\s+)?(?=(check|foreign|not\\s+null)\\b)(?!.*\\bnot\\s+valid\\b)");
    lock(
        "adds a constraint that builds an index",
        "^add\\s+(constraint\\s+[\\w\"]+\\s+)?(?=(unique|primary|exclude)\\b)(?!.*\\busing\\s+index\\b)");
    lock("writes it anew", "^set\\s+(logged|unlogged|tablespace|access\\s+method)\\b");
  }

  private static void lock(String what, String pattern) {
    LOCKS.put(what, Pattern.compile(pattern, Pattern.DOTALL));
  }

  static {
    statement("runs code that nobody reads here", "^(do|call)\\b");
    statement("reads a table for its index", "^reindex\\b(?!.*\\bconcurrently\\b)");
    statement("writes a table anew", "^(cluster|vacuum\\b.*\\bfull)\\b");
    statement("writes a view anew", "^refresh\\s+materialized\\s+view\\s+(?!concurrently\\b)");
    statement("locks a table until its end", "^lock\\b");
  }

  private static void statement(String what, String pattern) {
    STATEMENTS.put(what, Pattern.compile(pattern, Pattern.DOTALL));
  }

  /** Whose rows are locked until the migration ends. */
  private static final Pattern CHANGED =
      Pattern.compile(
          "(?<=^|[()])\\s*(?:update|delete\\s+from|merge\\s+into)\\s+(?:only\\s+)?([\\w.]+)");

  private static final Pattern BOUNDED = Pattern.compile("\\blimit\\s+\\d+");

  /** What is locked until the migration ends, against readers or writers. */
  private static final Pattern LOCKED =
      Pattern.compile(
          "(?:^alter\\s+table(?:\\s+if\\s+exists)?(?:\\s+only)?"
              + "|^drop\\s+table(?:\\s+if\\s+exists)?"
              + "|^truncate(?:\\s+table)?(?:\\s+only)?"
              + "|^(?:create|drop|alter)\\s+(?:or\\s+replace\\s+)?(?:constraint\\s+)?"
              + "(?:trigger|policy)\\b.*?\\bon"
              + "|\\breferences)\\s+([\\w.]+)",
          Pattern.DOTALL);

  /** What a function will do when it is called, and what is only a text. */
  private static final Pattern QUOTED = Pattern.compile("\\$(\\w*)\\$.*?\\$\\1\\$", Pattern.DOTALL);

  private static String statements(String sql) {
    return sql.replaceAll("(?s)/\\*.*?\\*/", "")
        .replaceAll("(?m)--.*$", "")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * The first reason why the migration keeps a table, which was there before it, from its users for
   * as long as all rows are read or written; if it does not say why that is short.
   */
  static Optional<String> longLock(String sql) {
    if (SHORT.matcher(sql).find()) {
      return Optional.empty();
    }
    String all = QUOTED.matcher(statements(sql)).replaceAll("''").replaceAll("\"|\\bpublic\\.", "");
    List<String> created = CREATED.matcher(all).results().map(table -> table.group(1)).toList();
    List<String> statements = Stream.of(all.split(";")).map(String::strip).toList();
    return statements.stream()
        .flatMap(statement -> longLock(all, statement, created).stream())
        .findFirst()
        .or(() -> secondTable(statements, created));
  }

  /** Who waits for the second keeps the first from its users meanwhile. */
  private static Optional<String> secondTable(List<String> statements, List<String> created) {
    List<String> locked =
        statements.stream()
            .flatMap(statement -> LOCKED.matcher(statement).results())
            .map(table -> table.group(1))
            .filter(table -> !created.contains(table))
            .distinct()
            .toList();
    return locked.size() < 2
        ? Optional.empty()
        : Optional.of("keeps one table while it waits for another: " + locked);
  }

  private static Optional<String> longLock(String all, String statement, List<String> created) {
    return Stream.of(
            STATEMENTS.entrySet().stream()
                .filter(rule -> rule.getValue().matcher(statement).find())
                .map(Map.Entry::getKey),
            CHANGED
                .matcher(statement)
                .results()
                .filter(table -> !created.contains(table.group(1)))
                .filter(_ -> !BOUNDED.matcher(statement).find())
                .map(_ -> "changes rows without a bound"),
            indexed(all, statement, created).stream(),
            altered(all, statement, created).stream())
        .flatMap(found -> found)
        .findFirst();
  }

  private static Optional<String> indexed(String all, String statement, List<String> created) {
    Matcher index = INDEXED.matcher(statement);
    if (!index.find() || created.contains(index.group("table"))) {
      return Optional.empty();
    }
    if (index.group("concurrently") == null) {
      return Optional.of("builds an index, not concurrently");
    }
    String name = String.valueOf(index.group("index")).strip();
    // What breaks off leaves an index that is none, and is begun anew.
    boolean again =
        Pattern.compile(
                "\\bdrop\\s+index\\s+concurrently\\s+if\\s+exists\\s+"
                    + Pattern.quote(name)
                    + "\\s*;")
            .matcher(all.substring(0, all.indexOf(statement)))
            .find();
    return again ? Optional.empty() : Optional.of("cannot build its index again");
  }

  private static Optional<String> altered(String all, String statement, List<String> created) {
    Matcher altered = ALTERED.matcher(statement);
    if (!altered.matches() || created.contains(altered.group("table"))) {
      return Optional.empty();
    }
    if (all.contains("validate constraint") && all.contains("not valid")) {
      return Optional.of("validates what it adds, under the lock of adding it");
    }
    return Stream.of(COMMA.split(altered.group("actions")))
        .map(String::strip)
        .flatMap(
            action ->
                LOCKS.entrySet().stream().filter(lock -> lock.getValue().matcher(action).find()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  @Test
  void whatIsNewLocksNoTableForLong() throws Exception {
    migrations()
        .forEach(
            (name, sql) -> {
              String zone = name.substring(0, name.indexOf('/'));
              if (version(name) > Objects.requireNonNull(GENTLE_SINCE.get(zone))) {
                assertThat(longLock(sql))
                    .as(
                        "%s keeps all payments waiting (CONTRIBUTING, \"Changing the schema\")",
                        name)
                    .isEmpty();
              }
            });
  }

  @Test
  void theRuleWouldHaveFoundWhatOnceLockedTables() throws Exception {
    assertThat(longLock(Objects.requireNonNull(migrations().get("gateway/V102__lanes.sql"))))
        .contains("adds a generated column");
  }

  @Test
  void theRuleFindsWhatLocksTables() {
    for (String locking :
        List.of(
            "CREATE INDEX b ON a (c);",
            "CREATE UNIQUE INDEX IF NOT EXISTS b ON ONLY a (c);",
            "CREATE INDEX ON a (c);",
            "CREATE TABLE d (e text); CREATE INDEX b ON a (c);",
            "CREATE INDEX CONCURRENTLY b ON a (c);",
            "ALTER TABLE a ADD COLUMN b text GENERATED ALWAYS AS (lower(c)) STORED;",
            "ALTER TABLE a ADD b bigint GENERATED BY DEFAULT AS IDENTITY;",
            "ALTER TABLE a ADD COLUMN b bigserial;",
            "ALTER TABLE a ALTER COLUMN b TYPE bigint;",
            "ALTER TABLE a ADD COLUMN c text, ALTER b SET DATA TYPE text;",
            "ALTER TABLE a ADD COLUMN b uuid NOT NULL DEFAULT gen_random_uuid();",
            "ALTER TABLE a ADD COLUMN b timestamptz DEFAULT clock_timestamp();",
            "ALTER TABLE a ADD COLUMN b text CHECK (b <> '');",
            "ALTER TABLE IF EXISTS ONLY a ALTER COLUMN b SET NOT NULL;",
            "ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0);",
            "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c (d);",
            "ALTER TABLE a ADD CONSTRAINT b UNIQUE (c, d);",
            "ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0) NOT VALID;\n"
                + "ALTER TABLE a VALIDATE CONSTRAINT b;",
            "ALTER TABLE a SET UNLOGGED;",
            "CREATE INDEX CONCURRENTLY b ON a (c);\nDROP INDEX CONCURRENTLY IF EXISTS b;",
            "UPDATE a SET b = 1;",
            "UPDATE ONLY public.\"a\" SET b = 1 WHERE b IS NULL;",
            "DELETE FROM a;",
            "DELETE FROM a USING c WHERE a.b = c.b;",
            "CREATE TABLE c (d text);\nWITH gone AS (DELETE FROM a RETURNING d)"
                + " INSERT INTO c SELECT d FROM gone;",
            "CREATE TABLE c (d text);\nWITH e AS (SELECT 1) UPDATE a SET b = 1;",
            "MERGE INTO a USING c ON a.b = c.b WHEN MATCHED THEN DELETE;",
            "DO $$ BEGIN PERFORM 1; END $$;",
            "CALL a();",
            "REINDEX TABLE a;",
            "REINDEX (VERBOSE) INDEX b;",
            "CLUSTER a USING b;",
            "VACUUM FULL a;",
            "VACUUM (ANALYZE, FULL) a;",
            "REFRESH MATERIALIZED VIEW a;",
            "LOCK TABLE a IN SHARE MODE;",
            "LOCK a;",
            "ALTER TABLE a ADD b text;\nALTER TABLE c ADD b text;",
            "ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES d (e) NOT VALID;",
            "CREATE TABLE a (b text REFERENCES c (d), e text REFERENCES f (g));",
            "ALTER TABLE a ADD b text;\n"
                + "CREATE TRIGGER d BEFORE UPDATE OF e ON c FOR EACH ROW EXECUTE FUNCTION f();",
            "DROP POLICY b ON a;\nTRUNCATE c;",
            "-- lock: it is small\nCREATE INDEX b ON a (c);")) {
      assertThat(longLock(locking)).as(locking).isPresent();
    }
    for (String gentle :
        List.of(
            "CREATE TABLE a (b text PRIMARY KEY); CREATE INDEX c ON a (b);"
                + " ALTER TABLE a ADD CONSTRAINT d CHECK (b <> '');",
            "DROP INDEX CONCURRENTLY IF EXISTS b;\nCREATE INDEX CONCURRENTLY b ON a (c);",
            "ALTER TABLE a ADD COLUMN b text;",
            "ALTER TABLE a ADD COLUMN b numeric(10, 2) NOT NULL DEFAULT 0::numeric(10, 2);",
            "ALTER TABLE a ADD COLUMN b timestamptz NOT NULL DEFAULT now();",
            "ALTER TABLE a ALTER COLUMN b SET DEFAULT gen_random_uuid();",
            "ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0) NOT VALID;",
            "ALTER TABLE a VALIDATE CONSTRAINT b;",
            "ALTER TABLE a ADD CONSTRAINT b UNIQUE USING INDEX c;",
            "ALTER TABLE a DROP CONSTRAINT b;",
            "-- CREATE INDEX b ON a (c);\nALTER TABLE a ADD b text;",
            "CREATE TABLE a (b text);\nUPDATE a SET b = 'c';\nDELETE FROM a;",
            "UPDATE a SET b = 1 WHERE c IN (SELECT c FROM a WHERE b IS NULL LIMIT 1000);",
            "INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1;",
            "CREATE FUNCTION a() RETURNS void LANGUAGE sql AS $f$\n"
                + "UPDATE b SET c = 1; DELETE FROM d;\n$f$;",
            "CREATE POLICY b ON a FOR UPDATE USING (true);\nGRANT UPDATE, DELETE ON a TO c;",
            "REINDEX INDEX CONCURRENTLY b;",
            "VACUUM (ANALYZE) a;",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY a;",
            "ALTER TABLE a ADD b text;\nALTER TABLE public.\"a\" ADD c text;",
            "CREATE TABLE a (b text REFERENCES a (b), c text REFERENCES d (e));\n"
                + "ALTER TABLE a ADD f text;",
            "-- lock: both hold one row for each account.\n"
                + "ALTER TABLE a ADD b text;\nALTER TABLE c ADD b text;",
            "-- lock: one row for each account, and read at the start alone.\n"
                + "CREATE INDEX b ON a (c);")) {
      assertThat(longLock(gentle)).as(gentle).isEmpty();
    }
  }

  /** The first reason why the migration takes something away, if it does not say why it may. */
  static Optional<String> contraction(String sql) {
    if (ALLOWED.matcher(sql).find()) {
      return Optional.empty();
    }
    String statements = statements(sql);
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
