package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/FORWARD_POLICY.md shows can be installed as it stands there. */
class PolicyDocumentTest {

  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  @Test
  void itsPoliciesAreRight() throws IOException {
    String document = Files.readString(Path.of("../docs/FORWARD_POLICY.md"));
    assertThat(
            EXAMPLE
                .matcher(document)
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```json\n".length(), block.length() - 3))
                .filter(block -> block.contains("\"provider\""))
                .map(
                    json ->
                        PolicyReader.read(
                            "FORWARD_POLICY.md", json.getBytes(StandardCharsets.UTF_8))))
        .extracting(Policy::provider)
        .containsExactly("adyen", "stripe", "paypal", "checkoutcom", "braintree", "authorizenet");
  }

  /** The templates that come with the connectors, filled in. */
  @ParameterizedTest
  @ValueSource(strings = {"test", "live"})
  void theConnectorsTemplatesAreRight(String mode) throws IOException {
    List<String> providers = new ArrayList<>();
    try (DirectoryStream<Path> templates =
        Files.newDirectoryStream(Path.of("../connectors/src/main/resources/policy"), "*.json")) {
      for (Path template : templates) {
        String name = String.valueOf(template.getFileName()).replace(".json", "");
        if (!name.equals("sandbox")) {
          providers.add(name);
          String filled =
              Files.readString(template)
                  .replace("${origin}", "https://api.example.com")
                  .replace("${base}", "/base")
                  .replace("${management}", "https://management.example.com")
                  .replace("${mode}", mode)
                  .replaceAll("\\$\\{certificate-(host|name)}", "certificates.example.com")
                  .replaceAll("\\$\\{[a-z-]+}", "filled-in");
          Policy policy =
              PolicyReader.read(template.toString(), filled.getBytes(StandardCharsets.UTF_8));
          assertThat(policy.livemode()).isEqualTo(mode.equals("live"));
          assertThat(policy.probe()).startsWith(name + ".");
        }
      }
    }
    assertThat(providers)
        .contains("adyen", "stripe", "checkoutcom", "paypal", "braintree", "authorizenet");
  }
}
