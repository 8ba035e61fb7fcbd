package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.scan.ScanReport;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code keys revoke-leaked}: the report names places and hashes. The keys are read anew where they
 * were found and go to the gateway alone, over its administration: it stores only keyed hashes, so
 * nothing less would tell it which keys they are.
 */
@Command(name = "revoke-leaked", description = "Revoke each key that keys scan --json has found.")
final class RevokeLeakedCommand extends AdminCommand {

  private static final int BATCH = 50;
  private static final int MAX_REPORT = 64 << 20;

  @Parameters(paramLabel = "FILE", description = "The report (- for standard input).")
  private String file = "-";

  @Override
  public Integer call() {
    Map<String, Optional<ApiKey>> keys = ScanReport.parse(report()).keys();
    List<Map<String, @Nullable Object>> outcomes = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    keys.forEach(
        (hash, key) -> {
          if (key.isPresent()) {
            texts.add(key.get().text());
          } else {
            outcomes.add(Map.of("sha256", hash, "key", "sha256:" + hash, "outcome", "not_found"));
          }
        });
    if (!texts.isEmpty()) {
      AdminClient gateway = signedIn(Zone.GATEWAY);
      for (int from = 0; from < texts.size(); from += BATCH) {
        List<String> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
        outcomes.addAll(data(gateway.post("keys/leaked", Map.of("keys", batch))));
      }
    }
    tell(outcomes);
    return outcomes.stream().allMatch(RevokeLeakedCommand::isRevoked) ? 0 : 1;
  }

  private static boolean isRevoked(Map<String, @Nullable Object> outcome) {
    return text(outcome, "outcome").endsWith("revoked");
  }

  private byte[] report() {
    try {
      return file.equals("-")
          ? System.in.readNBytes(MAX_REPORT)
          : Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw HomeFiles.failure("read the report " + file, e);
    }
  }

  private void tell(List<Map<String, @Nullable Object>> outcomes) {
    if (json()) {
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("object", "list");
      tree.put("data", outcomes);
      print(Json.writeString(tree));
      return;
    }
    for (Map<String, @Nullable Object> outcome : outcomes) {
      String what =
          switch (text(outcome, "outcome")) {
            case "revoked" -> "revoked (" + text(outcome, "id") + ")";
            case "already_revoked" -> "was revoked already (" + text(outcome, "id") + ")";
            case "unknown" -> "unknown here: it is no key of this installation";
            default -> "is not in its place any more; search again";
          };
      print("%s: %s".formatted(text(outcome, "key"), what));
    }
    if (outcomes.isEmpty()) {
      print("The report names no key.");
    }
  }
}
