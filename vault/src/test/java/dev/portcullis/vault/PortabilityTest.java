package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.crypto.Sha256;
import dev.portcullis.vault.portability.PgpFiles;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cards in bulk, in and out of a whole vault, by its people. */
class PortabilityTest {

  private static final int PIECE = 100_000;
  private static final String MASTERCARD = "5555555555554444";
  private static final String OTHER = "acct_bulk_other";

  private static final Map<String, String> TOKENS = new HashMap<>();

  private static RunningVault vault;
  private static Administrators people;
  private static String importKey;

  @BeforeAll
  static void start(@TempDir Path home) throws IOException {
    vault = new RunningVault(home, TestDatabase.fresh("bulk"));
    people = Administrators.of(vault, "ann");
    people.add("bob", "administrator", "ann");
    people.add("cid", "administrator", "ann");
    people.add("eve", "auditor", "ann");
    vault.clock.advance(Duration.ofHours(25));
    know(OTHER);
    importKey = ok(people.post("import_key", token("ann"), Map.of())).text("armoured");
  }

  /** Sessions outlive the tests; a sign-in hashes a password. */
  private static String token(String name) {
    return TOKENS.computeIfAbsent(name, people::token);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  /** The vault takes cards for accounts alone of which it knows a key. */
  private static void know(String account) {
    ApiKey key = ApiKey.generate(KeyKind.SECRET, false, new SecureRandom());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", "key_" + account);
    row.put("version", 1);
    row.put("account", account);
    row.put("livemode", false);
    row.put("kind", "secret");
    row.put("hash", vault.hash(key));
    row.put("revoked", false);
    ok(vault.call("/internal/v1/keys", Map.of("keys", List.of(row))));
  }

  private static Got ok(Got got) {
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got;
  }

  private static Map<String, Object> beginning(String account) {
    Map<String, Object> body = new HashMap<>();
    body.put("account", account);
    body.put("livemode", false);
    body.put("purpose", "moving house");
    return body;
  }

  /** Uploads a file; the transfer's id. */
  private static String upload(String account, byte[] file, String token) {
    String id = ok(people.post("transfers/imports", token, beginning(account))).text("id");
    for (int at = 0; at < file.length; at += PIECE) {
      byte[] piece = Arrays.copyOfRange(file, at, Math.min(file.length, at + PIECE));
      ok(
          people.post(
              "transfers/" + id + "/content",
              token,
              Map.of("offset", at, "data", Base64.getEncoder().encodeToString(piece))));
    }
    ok(
        people.post(
            "transfers/" + id + "/received",
            token,
            Map.of("bytes", file.length, "sha256", Sha256.hex(file))));
    return id;
  }

  private static Got until(String id, String token, String... states) {
    return await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> ok(people.get("transfers/" + id, token)),
            got -> List.of(states).contains(got.text("status")));
  }

  private static Got confirm(Got proposed, String token) {
    return people.post(
        "changes/" + proposed.text("proposal.id") + "/confirm",
        token,
        Map.of("hash", proposed.text("proposal.hash")));
  }

  private static Got propose(String id, String token) {
    return ok(people.post("transfers/" + id + "/propose", token, Map.of()));
  }

  /** Imports a file by ann and bob; the transfer at its end. */
  private static Got imported(String account, byte[] file) {
    String ann = token("ann");
    String id = upload(account, file, ann);
    until(id, ann, "checked");
    ok(confirm(propose(id, ann), token("bob")));
    return until(id, ann, "done");
  }

  private static Got export(String account, String recipient) {
    Map<String, Object> body = beginning(account);
    body.put("recipient_key", recipient);
    return people.post("transfers/exports", token("ann"), body);
  }

  private static byte[] part(String id, long number, String token) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] piece;
    do {
      Got got =
          ok(
              people.get(
                  "transfers/%s/parts/%d?offset=%d".formatted(id, number, file.size()), token));
      piece = Base64.getDecoder().decode(got.text("data"));
      file.writeBytes(piece);
    } while (piece.length == 128 << 10);
    return file.toByteArray();
  }

  private static List<Map<String, String>> mapping(String id) {
    String csv = ok(people.get("transfers/" + id + "/lines", token("eve"))).text("csv");
    List<String> lines = csv.lines().toList();
    String[] names = lines.getFirst().split(",", -1);
    return lines.stream()
        .skip(1)
        .map(
            line -> {
              String[] values = line.split(",", -1);
              Map<String, String> row = new LinkedHashMap<>();
              for (int at = 0; at < names.length; at++) {
                row.put(names[at], values[at]);
              }
              return row;
            })
        .toList();
  }

  private static Got lookup(String account, @Nullable String id) {
    return vault.call(
        "/internal/v1/payment_methods/lookup",
        Map.of("account", account, "livemode", false, "id", Objects.requireNonNull(id)));
  }

  private static String row(String id, String number) {
    return "{\"id\":\"%s\",\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2034,\"name\":\"Jo Bloggs\",\"address_zip\":\"E1 6AN\",\"customer\":\"cus_1\"}\n"
        .formatted(id, number);
  }

  @Test
  void whatOneVaultExportsAnotherOneImports() {
    List<String> cards =
        Stream.of(RunningVault.VISA, MASTERCARD, "378282246310005", RunningVault.VISA)
            .map(
                number ->
                    ok(vault.post(
                            "/v1/payment_methods",
                            vault.secretKey,
                            RunningVault.card(
                                number,
                                "billing_details[name]",
                                "Jo Bloggs",
                                "card[cvc]",
                                number.startsWith("3") ? "1234" : "123")))
                        .text("id"))
            .toList();
    Got proposed = ok(export(vault.account, importKey));
    assertThat(proposed.text("proposal.content"))
        .contains(vault.account, "fingerprint: ", "Portcullis vault", "moving house", "mode: test");
    String id = proposed.text("id");
    assertThat(confirm(proposed, token("ann")).status()).as("one alone").isEqualTo(403);
    assertThat(ok(people.get("transfers/" + id, token("eve"))).text("status"))
        .isEqualTo("proposed");
    ok(confirm(proposed, token("bob")));
    vault.clock.advance(Duration.ofSeconds(11));
    Got done = until(id, token("ann"), "done");
    assertThat(done.at("report.exported")).isEqualTo((long) cards.size());
    assertThat(done.at("report.cards_at_begin")).isEqualTo((long) cards.size());
    assertThat(people.get("transfers/" + id + "/parts/1", token("cid")).status())
        .as("neither of the two")
        .isEqualTo(403);
    assertThat(people.get("transfers/" + id + "/parts/1", token("eve")).status()).isEqualTo(403);

    String piece = "transfers/" + id + "/parts/1?offset=";
    assertThat(people.get(piece + 1, token("ann")).text("error.param")).isEqualTo("offset");
    ok(people.get(piece + (128 << 10), token("ann")));
    assertThat(trail("cards.export_fetched", id)).as("whatever piece is first").isEqualTo("1");
    byte[] file = part(id, 1, token("bob"));
    assertThat(done.json().toString()).contains(Sha256.hex(file));
    Got imported = imported(OTHER, file);
    assertThat(imported.at("report.imported")).isEqualTo((long) cards.size());
    assertThat(imported.at("report.invalid")).isEqualTo(0L);
    assertThat(imported.at("report.different_cards")).isEqualTo(3L);
    List<Map<String, String>> mapping = mapping(imported.text("id"));
    assertThat(mapping).extracting(row -> row.get("old_id")).containsExactlyElementsOf(cards);
    for (Map<String, String> row : mapping) {
      Got card = ok(lookup(OTHER, row.get("payment_method")));
      assertThat(card.text("card.last4")).isEqualTo(row.get("last4"));
      assertThat(card.text("billing_details.name")).isEqualTo("Jo Bloggs");
      assertThat(card.at("card.cvc_present")).isEqualTo(false);
    }
    assertThat(trail("cards.export_fetched", id)).isEqualTo("2");
    assertThat(trail("cards.import_done", imported.text("id"))).isEqualTo("1");
    assertThat(
            vault.database.query(
                "select detail from audit_entry where action = 'cards.import_confirmed' and subject"
                    + " = '%s'".formatted(imported.text("id"))))
        .contains("moving house", Sha256.hex(file), "by ann and bob");
  }

  private static String trail(String action, String subject) {
    return vault.database.query(
        "select count(*) from audit_entry where action = '%s' and subject = '%s'"
            .formatted(action, subject));
  }

  @Test
  void aCardThatCameInIsSentOutLikeAnyOther() {
    Got done = imported(vault.account, PgpFiles.to(importKey).of(row("old_1", MASTERCARD)));
    String token = mapping(done.text("id")).getFirst().get("payment_method");
    vault.provider.behave(
        e -> FakeProvider.answer(e, 200, Map.of("id", "auth_7", "status", "approved")));
    assertThat(
            ok(vault.call("/internal/v1/forward", vault.authorization(String.valueOf(token))))
                .at("outcome"))
        .isEqualTo("answered");
    assertThat(vault.provider.received.getLast().body()).contains(MASTERCARD, "2034");
  }

  @Test
  void stripesOwnExportIsReadAndItsBadRowsAreNamed() {
    String csv =
        """
        description,name,email,id,card.address_line1,card.address_zip,card.address_country,card.exp_month,card.exp_year,card.id,card.name,card.number,default_source
        x,Jenny,j@example.com,cus_1,"1, High St",90210,US,9,2031,card_1,Jenny Rosen,4242 4242 4242 4242,card_1
        x,Ann,a@example.com,cus_2,,,,9,2020,card_2,Ann,5555555555554444,card_2
        x,Bo,b@example.com,cus_3,,,,9,2031,card_3,Bo,4242424242424241,card_3
        x,Cy,c@example.com,cus_4,,,,13,2031,card_4,Cy,4242424242424242,card_4
        x,Di,d@example.com,cus_5,,,,9,2031,card_1,Di,4242424242424242,card_1
        x,Ed 4242424242424242,e@example.com,cus_6,,,,9,2031,card_6,,378282246310005,card_6
        x,Fy,f@example.com,cus_7,,,,9,2031,card_7,Fy,4539578763621486,card_7
        short,row
        """;
    Got done = imported(OTHER, PgpFiles.to(importKey).of(csv));
    assertThat(done.at("findings.rows")).isEqualTo(8L);
    assertThat(done.at("findings.cards")).isEqualTo(2L);
    assertThat(done.at("findings.expired")).isEqualTo(1L);
    assertThat(done.at("findings.ignored_columns"))
        .isEqualTo(List.of("default_source", "description"));
    assertThat(done.at("report.reasons"))
        .isEqualTo(
            Map.of(
                "card_number_in_text", 1L,
                "duplicate_id", 1L,
                "incorrect_number", 1L,
                "invalid_expiry_month", 1L,
                "line_malformed", 1L,
                "test_mode_live_card", 1L));
    List<Map<String, String>> mapping = mapping(done.text("id"));
    assertThat(mapping.getFirst())
        .containsEntry("line", "2")
        .containsEntry("customer", "cus_1")
        .containsEntry("last4", "4242");
    Got card = ok(lookup(OTHER, mapping.getFirst().get("payment_method")));
    assertThat(card.text("billing_details.address.line1")).isEqualTo("1, High St");
    assertThat(card.text("billing_details.name")).isEqualTo("Jenny Rosen");
    assertThat(card.text("billing_details.email")).isEqualTo("j@example.com");
  }

  @Test
  void aFileWithSecurityCodesIsRefusedAndGoes() throws IOException {
    String ann = token("ann");
    byte[] file =
        PgpFiles.to(importKey)
            .of("id,number,exp_month,exp_year,CVV2\nold_c,4242424242424242,9,2031,\n");
    String id = upload(OTHER, file, ann);
    Got refused = until(id, ann, "refused");
    assertThat(refused.text("findings.code")).isEqualTo("sensitive_authentication_data");
    assertThat(refused.text("findings.message")).contains("Line 1", "cvv2");
    assertThat(people.post("transfers/" + id + "/propose", ann, Map.of()).status()).isEqualTo(400);
    assertThat(vault.home.resolve("transfers").resolve(id)).doesNotExist();
  }

  @Test
  void noNumberIsWrittenAnywhereInTheClear() throws IOException {
    String generated = "4000009912345678";
    String ann = token("ann");
    String in = upload(OTHER, PgpFiles.to(importKey).of(row("old_leak", generated)), ann);
    until(in, ann, "checked");
    Got waiting = propose(in, ann);
    requireNoneInTheClear(generated, in);
    ok(confirm(waiting, token("bob")));
    assertThat(until(in, ann, "done").at("report.imported")).isEqualTo(1L);
    Got out = ok(export(OTHER, importKey));
    ok(confirm(out, token("bob")));
    vault.clock.advance(Duration.ofSeconds(11));
    until(out.text("id"), token("ann"), "done");
    requireNoneInTheClear(generated, out.text("id"));
  }

  /** While files of that transfer lie there. */
  private static void requireNoneInTheClear(String generated, String transfer) throws IOException {
    for (String table :
        List.of(
            "card_transfer",
            "card_transfer_line",
            "card_transfer_part",
            "audit_entry",
            "card",
            "pending_change")) {
      assertThat(
              vault.database.query(
                  "select count(*) from %s t where t::text like '%%%s%%' or t::text like '%%%s%%'"
                      .formatted(table, generated, hex(generated))))
          .as(table)
          .isEqualTo("0");
    }
    try (Stream<Path> own = Files.list(vault.home.resolve("transfers").resolve(transfer))) {
      assertThat(own).isNotEmpty();
    }
    try (Stream<Path> files = Files.walk(vault.home.resolve("transfers"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(generated);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
      }
    }
  }

  private static String hex(String digits) {
    return digits.chars().mapToObj(c -> Integer.toHexString(c)).collect(Collectors.joining());
  }

  @Test
  void whoMayDoWhatIsLooked() {
    String ann = token("ann");
    String id = ok(people.post("transfers/imports", ann, beginning(OTHER))).text("id");
    Map<String, Object> piece = Map.of("offset", 0, "data", "wUJD");
    assertThat(people.post("transfers/" + id + "/content", token("bob"), piece).text("error.code"))
        .isEqualTo("not_your_transfer");
    assertThat(people.post("transfers/imports", token("eve"), beginning(OTHER)).status())
        .isEqualTo(403);
    assertThat(people.post("transfers/imports", token("ann"), beginning("acct_nobody")).status())
        .isEqualTo(404);
    String later = token("ann");
    assertThat(
            people
                .post(
                    "transfers/" + id + "/content", later, Map.of("offset", 0, "data", "eyJpZCI6"))
                .text("error.code"))
        .isEqualTo("file_not_encrypted");
    ok(people.post("transfers/" + id + "/content", later, piece));
    assertThat(people.post("transfers/" + id + "/content", later, piece).text("error.code"))
        .as("the same piece twice")
        .isEqualTo("offset_mismatch");
    assertThat(
            people
                .post(
                    "transfers/" + id + "/received",
                    later,
                    Map.of("bytes", 4, "sha256", Sha256.hex("ABCD")))
                .text("error.code"))
        .isEqualTo("file_incomplete");
    assertThat(ok(people.post("transfers/" + id + "/abandon", later, Map.of())).text("status"))
        .isEqualTo("abandoned");
    assertThat(
            export(OTHER, PgpFiles.armoured(PgpFiles.key(vault.clock.instant(), false)))
                .text("error.param"))
        .isEqualTo("recipient_key");
  }
}
