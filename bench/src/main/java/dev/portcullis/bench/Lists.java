package dev.portcullis.bench;

import dev.portcullis.kit.Ids;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Whether lists and searches stay as quick as they were when there are many more payments: each is
 * timed through the API with 1,000 payments and again with the number asked for, in one run.
 *
 * <p>The payments are copies of two that the API made, with ids and times of their own.
 */
final class Lists {

  private static final int FEW = 1_000;
  private static final int COPIES_AT_ONCE = 10_000;
  private static final int WARM_UPS = 200;
  private static final int LOOKS = 200;

  /** One in so many copies is found by the rare word. */
  private static final int RARE = 500;

  private final Shop shop;
  private final Connection database;
  private final PrintStream out;
  private final AtomicLong clock =
      new AtomicLong(Instant.now().minus(30, ChronoUnit.DAYS).toEpochMilli());
  private final Ids ids =
      new Ids(() -> Instant.ofEpochMilli(clock.getAndIncrement()), new SecureRandom());
  private final List<String> made = new ArrayList<>();

  Lists(Shop shop, Connection database, PrintStream out) {
    this.shop = shop;
    this.database = database;
    this.out = out;
  }

  /** Measures with few and with that many payments, and prints both. */
  void measure(int many) throws SQLException {
    if (many <= FEW) {
      throw new IllegalArgumentException("more than " + FEW + " payments are needed");
    }
    String common = shop.createUnpaid("kind", "common");
    String rare = shop.createUnpaid("kind", "rare");
    fill(common, rare, FEW);
    Map<String, Double> few = timed();
    fill(common, rare, many);
    Map<String, Double> after = timed();
    out.println();
    out.printf(
        Locale.ROOT, "%-44s %12s %12s %8s%n", "median ms", FEW + " rows", many + " rows", "ratio");
    few.forEach(
        (name, before) -> {
          double now = after.getOrDefault(name, Double.NaN);
          out.printf(Locale.ROOT, "%-44s %12.2f %12.2f %8.2f%n", name, before, now, now / before);
        });
  }

  /** Copies until there are so many, the newest last. */
  private void fill(String common, String rare, int rows) throws SQLException {
    out.println("Filling up to " + rows + " payments ...");
    String insert = insert();
    while (made.size() < rows) {
      int batch = Math.min(COPIES_AT_ONCE, rows - made.size());
      List<String> ordinary = new ArrayList<>();
      List<String> special = new ArrayList<>();
      for (int n = 0; n < batch; n++) {
        String id = ids.next("pi");
        (made.size() % RARE == 0 ? special : ordinary).add(id);
        made.add(id);
      }
      copy(insert, common, ordinary);
      copy(insert, rare, special);
      if (made.size() % 100_000 == 0) {
        out.println("  " + made.size());
      }
    }
    try (Statement statement = database.createStatement()) {
      // What autovacuum does by itself a minute later.
      statement.execute("VACUUM ANALYZE payment_intents");
    }
  }

  private String insert() throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    try (ResultSet columns =
        database.getMetaData().getColumns(null, "public", "payment_intents", null)) {
      while (columns.next()) {
        String name = columns.getString("COLUMN_NAME");
        names.add(name);
        values.add(
            switch (name) {
              case "id" -> "u.id";
              case "created" -> "u.created";
              case "doc" -> "t.doc || jsonb_build_object('id', u.id)";
              default -> "t." + name;
            });
      }
    }
    return "INSERT INTO payment_intents ("
        + String.join(", ", names)
        + ") SELECT "
        + String.join(", ", values)
        + " FROM payment_intents t, unnest(?::text[], ?::timestamptz[]) AS u (id, created)"
        + " WHERE t.id = ?";
  }

  private void copy(String insert, String template, List<String> copies) throws SQLException {
    String[] times =
        copies.stream()
            .map(id -> Ids.createdAt(id).orElseThrow().toString())
            .toArray(String[]::new);
    try (PreparedStatement statement = database.prepareStatement(insert)) {
      statement.setArray(1, database.createArrayOf("text", copies.toArray()));
      statement.setArray(2, database.createArrayOf("text", times));
      statement.setString(3, template);
      int inserted = statement.executeUpdate();
      if (inserted != copies.size()) {
        throw new IllegalStateException(inserted + " of " + copies.size() + " were copied");
      }
    }
  }

  private Map<String, Double> timed() {
    Map<String, String> paths = new LinkedHashMap<>();
    paths.put("list, first page", "/v1/payment_intents?limit=20");
    paths.put(
        "list, a page from the middle",
        "/v1/payment_intents?limit=20&starting_after=" + made.get(made.size() / 2));
    paths.put(
        "list, the last page",
        "/v1/payment_intents?limit=20&starting_after=" + made.get(Math.min(20, made.size() - 1)));
    paths.put("search, a word that one in 500 has", search("metadata['kind']:'rare'"));
    paths.put("search, a word that nearly all have", search("metadata['kind']:'common'"));
    paths.put("search, a word that none has", search("metadata['kind']:'none'"));
    Map<String, Double> figures = new LinkedHashMap<>();
    paths.forEach((name, path) -> figures.put(name, median(name, path)));
    return figures;
  }

  private static String search(String query) {
    return "/v1/payment_intents/search?limit=20&query="
        + URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  private double median(String name, String path) {
    Histogram latency = new Histogram(60_000_000L, 3);
    for (int n = 0; n < WARM_UPS + LOOKS; n++) {
      long start = System.nanoTime();
      Map<String, @Nullable Object> answer = shop.get(path);
      long took = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
      if (!(answer.get("data") instanceof List<?> data)
          || data.isEmpty() != name.endsWith("none has")) {
        throw new IllegalStateException(name + ": not the answer that was expected: " + answer);
      }
      if (n >= WARM_UPS) {
        latency.recordValue(took);
      }
    }
    return latency.getValueAtPercentile(50) / 1_000.0;
  }
}
