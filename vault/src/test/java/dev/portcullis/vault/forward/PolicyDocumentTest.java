package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

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
        .containsExactly("adyen", "stripe", "paypal", "checkout", "braintree", "authorizenet");
  }
}
