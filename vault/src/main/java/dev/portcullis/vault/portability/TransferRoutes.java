package dev.portcullis.vault.portability;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeRoutes;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.portability.Desk.Beginner;
import dev.portcullis.vault.portability.Transfer.Act;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Handing in files, proposing, seeing how far it is, fetching what came of it. */
final class TransferRoutes {

  private static final String PATH = "/admin/v1/transfers";
  private static final int LONGEST_KEY = 64 << 10;
  private static final int LONGEST_PIECE = Desk.PIECE / 3 * 4 + 4;
  private static final int LINES = 2_000;
  private static final Param ACCOUNT =
      Param.string("account", Pattern.compile("[0-9A-Za-z_]{1,64}"), "an account's id");
  private static final Param PURPOSE = Param.string("purpose").max(200);
  private static final Param DIGEST =
      Param.string("sha256", Pattern.compile("[0-9a-f]{64}"), "a SHA-256 in hexadecimal");
  private static final Param BASE64 =
      Param.string("data", Pattern.compile("[0-9A-Za-z+/]+={0,2}"), "base64").max(LONGEST_PIECE);

  private final Desk desk;
  private final TransferStore store;
  private final FourEyes changes;

  TransferRoutes(Desk desk, TransferStore store, FourEyes changes) {
    this.desk = desk;
    this.store = store;
    this.changes = changes;
  }

  List<AdminRoute> routes() {
    String one = PATH + "/{id}";
    return List.of(
        AdminRoute.post("/admin/v1/import_key", Right.MANAGE_VAULT, Shape.NONE, this::importKey),
        AdminRoute.get(PATH, Right.READ_VAULT, Shape.NONE, this::list),
        AdminRoute.get(one, Right.READ_VAULT, Shape.NONE, this::show),
        AdminRoute.post(
            PATH + "/imports",
            Right.MANAGE_VAULT,
            Shape.of(ACCOUNT.required(), Param.bool("livemode").required(), PURPOSE.required()),
            this::beginImport),
        AdminRoute.post(
            PATH + "/exports",
            Right.MANAGE_VAULT,
            Shape.of(
                ACCOUNT.required(),
                Param.bool("livemode").required(),
                PURPOSE.required(),
                Param.lines("recipient_key").max(LONGEST_KEY).required(),
                Param.timestamp("created_from"),
                Param.timestamp("created_before")),
            this::beginExport),
        AdminRoute.post(
            one + "/content",
            Right.MANAGE_VAULT,
            Shape.of(
                Param.integer("offset").range(0, Desk.LONGEST_FILE).required(), BASE64.required()),
            this::append),
        AdminRoute.post(
            one + "/received",
            Right.MANAGE_VAULT,
            Shape.of(
                Param.integer("bytes").range(1, Desk.LONGEST_FILE).required(), DIGEST.required()),
            this::received),
        AdminRoute.post(one + "/propose", Right.MANAGE_VAULT, Shape.NONE, this::propose),
        AdminRoute.post(one + "/abandon", Right.MANAGE_VAULT, Shape.NONE, this::abandon),
        AdminRoute.get(
            one + "/parts/{number}",
            Right.MANAGE_VAULT,
            Shape.of(Param.integer("offset")),
            this::piece),
        AdminRoute.get(
            one + "/lines", Right.READ_VAULT, Shape.of(Param.integer("after")), this::lines));
  }

  private Map<String, @Nullable Object> importKey(AdminRequest request) {
    VaultKeys.Stored key = desk.importKey(request.session().person());
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "openpgp_key");
    tree.put("fingerprint", key.fingerprint());
    tree.put("created", key.created().getEpochSecond());
    tree.put("armoured", key.armoured());
    return tree;
  }

  private Map<String, @Nullable Object> list(AdminRequest request) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "list");
    tree.put("data", store.list().stream().map(TransferRoutes::body).toList());
    return tree;
  }

  private Map<String, @Nullable Object> show(AdminRequest request) {
    return body(store.find(request.variable("id")));
  }

  private static Owner owner(Arguments sent) {
    return new Owner(sent.requiredString("account"), sent.bool("livemode").orElseThrow());
  }

  private static Beginner beginner(AdminRequest request) {
    return new Beginner(
        request.session().person(),
        request.address(),
        request.arguments().requiredString("purpose"));
  }

  private Map<String, @Nullable Object> beginImport(AdminRequest request) {
    return body(desk.beginImport(owner(request.arguments()), beginner(request)));
  }

  private Map<String, @Nullable Object> beginExport(AdminRequest request) {
    Arguments sent = request.arguments();
    Recipient recipient =
        desk.recipient(sent.requiredString("recipient_key").getBytes(StandardCharsets.UTF_8));
    Transfer made =
        desk.beginExport(
            owner(sent),
            beginner(request),
            recipient,
            time(sent, "created_from"),
            time(sent, "created_before"));
    return proposed(made, recipient, request);
  }

  private static @Nullable Instant time(Arguments sent, String name) {
    return sent.has(name) ? Instant.ofEpochSecond(sent.requiredInteger(name)) : null;
  }

  private Map<String, @Nullable Object> append(AdminRequest request) {
    byte[] piece;
    try {
      piece = Base64.getDecoder().decode(request.arguments().requiredString("data"));
    } catch (IllegalArgumentException e) {
      throw new ApiException(
          ApiErrors.invalid("data", "parameter_invalid", "This is not base64."), e);
    }
    long received =
        desk.append(
            request.variable("id"),
            request.arguments().requiredInteger("offset"),
            piece,
            request.session().person());
    return Map.of("object", "transfer_content", "received", received);
  }

  private Map<String, @Nullable Object> received(AdminRequest request) {
    return body(
        desk.received(
            request.variable("id"),
            request.arguments().requiredInteger("bytes"),
            request.arguments().requiredString("sha256"),
            request.session().person()));
  }

  private Map<String, @Nullable Object> propose(AdminRequest request) {
    Transfer transfer = desk.toPropose(request.variable("id"), request.session().person());
    byte[] ring = transfer.to().ring();
    return proposed(transfer, ring == null ? null : desk.recipient(ring), request);
  }

  private Map<String, @Nullable Object> proposed(
      Transfer transfer, @Nullable Recipient recipient, AdminRequest request) {
    Change change =
        changes.propose(
            TransferChange.action(transfer.kind()),
            transfer.id(),
            TransferChange.content(transfer, recipient),
            request.session().person(),
            request.address());
    store.proposed(transfer, change.id());
    Map<String, @Nullable Object> tree = body(store.find(transfer.id()));
    tree.put("proposal", ChangeRoutes.body(change));
    return tree;
  }

  private Map<String, @Nullable Object> abandon(AdminRequest request) {
    return body(desk.abandon(request.variable("id"), request.session().person()));
  }

  private Map<String, @Nullable Object> piece(AdminRequest request) {
    String number = request.variable("number");
    if (!number.matches("[0-9]{1,6}")) {
      throw new ApiException(ApiErrors.noSuch("part", number, "number"));
    }
    byte[] piece =
        desk.piece(
            request.variable("id"),
            Long.parseLong(number),
            request.arguments().integer("offset").orElse(0L),
            request.session());
    return Map.of("object", "transfer_piece", "data", Base64.getEncoder().encodeToString(piece));
  }

  /**
   * A stretch of the mapping from old ids to cards, as CSV; no more of a card than may be shown.
   */
  private Map<String, @Nullable Object> lines(AdminRequest request) {
    Transfer transfer = store.find(request.variable("id"));
    long after = request.arguments().integer("after").orElse(0L);
    List<Mapping> lines = Mapping.page(store.sql(), transfer, after, LINES);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "transfer_lines");
    tree.put("csv", Mapping.csv(lines, after == 0));
    tree.put("last", lines.isEmpty() ? null : lines.getLast().line());
    tree.put("has_more", lines.size() == LINES);
    return tree;
  }

  private static Map<String, @Nullable Object> body(Transfer transfer) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Act confirmed = transfer.confirmed();
    tree.put("object", "transfer");
    tree.put("id", transfer.id());
    tree.put("kind", transfer.kind().wireName());
    tree.put("account", transfer.owner().account());
    tree.put("livemode", transfer.owner().livemode());
    tree.put("status", transfer.state().wireName());
    tree.put("purpose", transfer.purpose());
    tree.put("created", transfer.begun().at().getEpochSecond());
    tree.put("proposed_by", transfer.begun().by());
    tree.put("confirmed_by", confirmed == null ? null : confirmed.by());
    tree.put("started_at", confirmed == null ? null : confirmed.at().getEpochSecond());
    tree.put("finished_at", seconds(transfer.finished()));
    tree.put("change", transfer.texts().change());
    tree.put("bytes", transfer.file().bytes());
    tree.put("sha256", transfer.file().digest());
    tree.put("recipient", transfer.to().fingerprint());
    tree.put("created_from", seconds(transfer.to().from()));
    tree.put("created_before", seconds(transfer.to().before()));
    tree.put("total", transfer.progress().total());
    tree.put("moved", transfer.progress().moved());
    tree.put("findings", read(transfer.texts().findings()));
    tree.put("report", read(transfer.texts().report()));
    return tree;
  }

  private static @Nullable Long seconds(@Nullable Instant time) {
    return time == null ? null : time.getEpochSecond();
  }

  private static @Nullable Object read(@Nullable String json) {
    return json == null ? null : Json.readObject(json);
  }
}
