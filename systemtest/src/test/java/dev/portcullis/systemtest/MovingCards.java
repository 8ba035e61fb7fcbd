package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Cards come in from elsewhere, are paid with, and are handed over, as PORTABILITY.md says: two
 * administrators at the command line, and GnuPG at the other end.
 */
final class MovingCards implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int CARDS = 3;
  private static final String ELSEWHERE = "cards@processor.example";

  private final Portcullis portcullis;
  private final Administrator ann;
  private final Administrator ben;

  /** A socket's path has to be short, so this is in no folder of a test's. */
  private final Path folder;

  MovingCards(Portcullis portcullis) throws IOException {
    this.portcullis = portcullis;
    this.folder =
        Files.createTempDirectory(
            Path.of("/tmp"),
            "gpg",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    this.ann = Administrator.named(portcullis, "ann", "vault");
    ann.enroll(Administrator.setupCode(portcullis, "vault"));
    ann.signIn();
    JsonObject invited =
        ann.json("people", "add", "ben", "--role", "administrator", "--zone", "vault");
    this.ben = Administrator.named(portcullis, "ben", "vault");
    ben.enroll(invited.get("enrollment_code").getAsString());
    ben.signIn();
  }

  void comeInArePaidWithAndGo() throws Exception {
    String account = api("/v1/account").get("id").getAsString();
    List<String> imported = comeIn(account);
    for (String card : imported) {
      Http.Answer paid =
          Http.post(
              portcullis.api() + "/v1/payment_intents",
              portcullis.secretKey(),
              Map.of(
                  "amount", "1999", "currency", "usd", "payment_method", card, "confirm", "true"));
      assertThat(paid.status()).as(paid.body()).isEqualTo(200);
      assertThat(paid.json().get("status").getAsString()).isEqualTo("succeeded");
      JsonObject shown = api("/v1/payment_methods/" + card);
      assertThat(shown.getAsJsonObject("billing_details").get("name").getAsString())
          .isEqualTo("Jenny Rosen");
    }
    assertThat(go(account)).containsAllEntriesOf(numbers(imported));
  }

  private List<String> comeIn(String account) throws Exception {
    Path key = Files.writeString(folder.resolve("vault.asc"), armoured());
    gpg("--import", key.toString());
    Path cards = folder.resolve("cards.jsonl");
    Files.write(cards, IntStream.rangeClosed(1, CARDS).mapToObj(MovingCards::line).toList());
    Path file = folder.resolve("cards.pgp");
    String fingerprint = ann.json("vault", "import-key").get("fingerprint").getAsString();
    gpg("--recipient", fingerprint, "--output", file.toString(), "--encrypt", cards.toString());
    JsonObject proposed =
        ann.json(
            "vault",
            "import",
            account,
            file.toString(),
            "--mode",
            "test",
            "--purpose",
            "from a processor");
    confirm(proposed);
    String transfer = proposed.get("id").getAsString();
    ann.run("vault", "transfers", "show", transfer, "--wait").succeeded();
    Path mapping = folder.resolve("mapping.csv");
    ann.run("vault", "transfers", "mapping", transfer, "--out", mapping.toString()).succeeded();
    List<String> lines = Files.readAllLines(mapping);
    int column = List.of(lines.getFirst().split(",", -1)).indexOf("payment_method");
    List<String> imported =
        lines.stream().skip(1).map(line -> line.split(",", -1)[column]).toList();
    assertThat(imported).hasSize(CARDS).allMatch(id -> id.startsWith("pm_"));
    return imported;
  }

  private static String line(int n) {
    return """
    {"id":"old_%d","number":"%s","exp_month":9,"exp_year":2041,"name":"Jenny Rosen"}\
    """
        .formatted(n, TestCards.generated(n));
  }

  private String armoured() {
    return ann.run("vault", "import-key").succeeded();
  }

  /** Only somebody else can: whoever proposed it is refused. */
  private void confirm(JsonObject proposed) {
    JsonObject proposal = proposed.getAsJsonObject("proposal");
    String[] confirm = {
      "vault",
      "changes",
      "confirm",
      proposal.get("id").getAsString(),
      "--hash",
      proposal.get("hash").getAsString()
    };
    assertThat(ann.run(confirm).exitCode()).isNotZero();
    ben.run(confirm).succeeded();
  }

  /** The number of each card that was handed over, by what it is called here. */
  private Map<String, String> go(String account) throws Exception {
    gpg("--quick-generate-key", ELSEWHERE, "rsa3072", "encr", "never");
    Path theirs = folder.resolve("theirs.asc");
    gpg("--armor", "--output", theirs.toString(), "--export", ELSEWHERE);
    JsonObject proposed =
        ann.json(
            "vault",
            "export",
            account,
            "--mode",
            "test",
            "--purpose",
            "to a processor",
            "--to",
            theirs.toString());
    confirm(proposed);
    String transfer = proposed.get("id").getAsString();
    ann.run("vault", "transfers", "show", transfer, "--wait").succeeded();
    Path parts = Files.createDirectory(folder.resolve("parts"));
    ben.run("vault", "transfers", "fetch", transfer, "--out", parts.toString()).succeeded();
    Map<String, String> numbers = new HashMap<>();
    try (Stream<Path> files = Files.list(parts)) {
      for (Path part : files.toList()) {
        Path plain = folder.resolve("plain");
        gpg("--output", plain.toString(), "--decrypt", part.toString());
        for (String line : Files.readAllLines(plain)) {
          JsonObject card = JsonParser.parseString(line).getAsJsonObject();
          numbers.put(card.get("id").getAsString(), card.get("number").getAsString());
        }
      }
    }
    return numbers;
  }

  private static Map<String, String> numbers(List<String> imported) {
    Map<String, String> numbers = new HashMap<>();
    IntStream.rangeClosed(1, CARDS)
        .forEach(n -> numbers.put(imported.get(n - 1), TestCards.generated(n)));
    return numbers;
  }

  private JsonObject api(String path) throws IOException, InterruptedException {
    Http.Answer answer = Http.get(portcullis.api() + path, portcullis.secretKey());
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private void gpg(String... arguments) {
    List<String> command = new ArrayList<>(List.of("gpg", "--homedir", folder.toString()));
    command.addAll(List.of("--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback"));
    command.addAll(List.of("--passphrase", "", "--trust-model", "always"));
    command.addAll(List.of(arguments));
    Commands.run(LIMIT, Map.of(), command).succeeded();
  }

  @Override
  public void close() {
    Commands.run(LIMIT, "gpgconf", "--homedir", folder.toString(), "--kill", "all");
    try {
      Portcullis.delete(folder);
    } catch (UncheckedIOException e) {
      throw new AssertionError("the agent of GnuPG still writes to " + folder, e);
    }
  }
}
