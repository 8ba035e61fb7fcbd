package dev.portcullis.vault.audit;

import dev.portcullis.vault.audit.TrailPage.StoredHead;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailEntry;
import dev.portcullis.wire.audit.TrailFault;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What the trail says of itself: whether it is whole, its newest head, and its keys, for whoever is
 * on this machine, since none of it names anybody; and all that it says, page by page, for people
 * who may read it.
 */
public final class AuditReport {

  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** From where and how far a check goes; without any of it, over everything. */
  private static final Shape STEP =
      Shape.of(
          Param.integer("after"),
          Param.string("root", HASH, "64 hexadecimal digits"),
          Param.integer("limit").range(1, TrailPage.MOST));

  private static final Shape HELD =
      Shape.of(
          Param.string("held", Pattern.compile("pah1\\.[0-9A-Za-z_-]{1,2000}"), "a signed head"));

  private static final Shape PAGE =
      Shape.of(Param.integer("after"), Param.integer("limit").range(1, TrailPage.MOST));

  private final DataSource database;
  private final HeadKeys keys;
  private final HeadSigner signer;

  /**
   * Reports on the trail in that database.
   *
   * @param signer who knows what it has signed, whatever the database says
   */
  public AuditReport(DataSource database, HeadKeys keys, HeadSigner signer) {
    this.database = database;
    this.keys = keys;
    this.signer = signer;
  }

  /**
   * What a check found.
   *
   * @param entries how many entries follow from one another, from the first on
   * @param root the hash of the last of them, in hexadecimal; zeros where there is none
   * @param signed how many of them a signed head vouches for
   * @param fault the first thing that is wrong, or null
   * @param hasMore whether there are entries after those that it looked at
   */
  public record Verdict(
      long entries, String root, long signed, @Nullable TrailFault fault, boolean hasMore) {}

  /** Computes every entry's hash anew, in little memory. */
  public Verdict verify() throws SQLException {
    Verdict verdict = verify(0, ChainHash.start(), TrailPage.MOST);
    while (verdict.fault() == null && verdict.hasMore()) {
      verdict = verify(verdict.entries(), HEX.parseHex(verdict.root()), TrailPage.MOST);
    }
    return verdict;
  }

  /**
   * The same for a stretch.
   *
   * @param after how many entries an earlier check has found to be whole
   * @param root the hash of the last of them
   * @param most at most so many entries
   */
  public Verdict verify(long after, byte[] root, int most) throws SQLException {
    TrailPage page = page(after, most);
    TrailCheck check = page.check(keys.all(), after, root);
    return new Verdict(
        check.entries(),
        check.root(),
        check.vouched(),
        check.fault().orElse(null),
        !page.isLast() && check.fault().isEmpty());
  }

  /**
   * A page's entries and heads are of one moment: a head that is newer than them looks like a cut.
   */
  private TrailPage page(long after, int most) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try {
        return TrailPage.read(connection, after, most);
      } finally {
        connection.rollback();
      }
    }
  }

  /**
   * Answers {@code GET /audit}: what the trail says of itself, and at its end what the signer says
   * of it, who remembers heads that the database may not have any more.
   *
   * @throws dev.portcullis.wire.error.ApiException if a parameter is not right
   */
  public Map<String, @Nullable Object> verify(ParamTree parameters) throws SQLException {
    Arguments given = STEP.read(parameters);
    Verdict verdict =
        given.has("after") || given.has("limit")
            ? verify(
                given.integer("after").orElse(0),
                given.string("root").map(HEX::parseHex).orElseGet(ChainHash::start),
                Math.toIntExact(given.integer("limit").orElse(TrailPage.MOST)))
            : verify();
    TrailFault fault = verdict.fault();
    if (fault == null && !verdict.hasMore()) {
      fault = signer.look().orElse(null);
    }
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("entries", verdict.entries());
    tree.put("head", verdict.root());
    tree.put("signed", verdict.signed());
    tree.put("broken", fault == null ? null : fault.entry());
    tree.put("fault", fault == null ? null : fault.text());
    tree.put("has_more", verdict.hasMore());
    return tree;
  }

  /**
   * Answers {@code GET /audit/head}: the newest head, to be carried away, and the keys; and whether
   * the trail still has one that somebody holds.
   *
   * @throws dev.portcullis.wire.error.ApiException if a parameter is not right
   */
  public Map<String, @Nullable Object> head(ParamTree parameters) throws SQLException {
    Optional<SignedHead> held = HELD.read(parameters).string("held").flatMap(SignedHead::parse);
    Optional<StoredHead> stored;
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    try (Connection connection = database.getConnection()) {
      stored = TrailPage.lastHead(connection, Long.MAX_VALUE);
      if (held.isPresent()) {
        tree.put("has_held", TrailPage.has(connection, held.get()));
      }
    }
    tree.put("head", stored.map(StoredHead::text).orElse(null));
    stored
        .flatMap(head -> SignedHead.parse(head.text()))
        .ifPresent(
            head -> {
              tree.put("size", head.size());
              tree.put("at", head.at().toString());
              tree.put("root", head.root());
              tree.put("key", head.key());
            });
    tree.put("keys", keys.all().stream().map(HeadKey::pem).toList());
    return tree;
  }

  /** All that the trail says, for those who may read it. */
  public List<AdminRoute> routes() {
    return List.of(AdminRoute.get("/admin/v1/audit", Right.READ_AUDIT, PAGE, this::list));
  }

  private Map<String, @Nullable Object> list(AdminRequest request) {
    TrailPage page;
    try {
      page =
          page(
              request.arguments().integer("after").orElse(0),
              Math.toIntExact(request.arguments().integer("limit").orElse(TrailPage.MOST)));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "list");
    tree.put("data", page.entries().stream().map(AuditReport::body).toList());
    tree.put(
        "heads",
        page.heads().stream()
            .map(head -> Map.of("size", head.size(), "head", head.text()))
            .toList());
    tree.put("has_more", !page.isLast());
    return tree;
  }

  private static Map<String, @Nullable Object> body(TrailEntry entry) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("seq", entry.seq());
    body.put("at", entry.at().toString());
    body.put("action", entry.texts().get(0));
    body.put("subject", entry.texts().get(1));
    body.put("detail", entry.texts().get(2));
    body.put("previous", HEX.formatHex(entry.previous()));
    body.put("hash", HEX.formatHex(entry.hash()));
    return body;
  }
}
