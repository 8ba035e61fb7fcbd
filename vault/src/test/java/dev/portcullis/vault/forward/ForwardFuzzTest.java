package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What reads policies and the gateway's calls, with any bytes. */
class ForwardFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void policiesAreReadOrRefusedByPlace(byte[] json) {
    try {
      Policy policy = PolicyReader.read("fuzz.json", json);
      assertThat(policy.origin().getScheme()).isEqualTo("https");
      assertThat(policy.livemode() && policy.allowLoopback()).isFalse();
    } catch (PolicyException e) {
      assertThat(e.faults()).isNotEmpty();
      assertThat(e.faults()).allSatisfy(fault -> assertThat(fault.where()).startsWith("/"));
    }
  }

  /**
   * Whatever a gateway sends, the vault's own members are the vault's and the card is in its slot.
   */
  @FuzzTest(maxDuration = "10m")
  void bodiesAreWrittenOrRefused(byte[] json) {
    for (Policy.Encoding encoding : Policy.Encoding.values()) {
      try {
        Policy.SlotRule number = new Policy.SlotRule(Slot.CARD_NUMBER, SlotForm.PLAIN, false);
        BodyTemplate template =
            BodyTemplate.read(
                new Policy.Body(
                    encoding, null, Map.of("/type", "fixed-type"), Map.of("/card/number", number)),
                new Policy.Credential.Body(List.of("/auth/key"), List.of("key")),
                Json.readObject(json));
        byte[] body =
            template.fill(
                Map.of(number, "the-number".getBytes(StandardCharsets.US_ASCII)),
                Map.of("/auth/key", "the-secret"));
        assertThat(read(encoding, body))
            .containsEntry("auth[key]", "the-secret")
            .containsEntry("type", "fixed-type");
        if (!template.slots().isEmpty()) {
          assertThat(read(encoding, body)).containsEntry("card[number]", "the-number");
        }
      } catch (MalformedJsonException _) {
        // Answered before anything is read.
      } catch (InternalException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  /** As a provider would read it: by another reader than what wrote it. */
  private static Map<String, String> read(Policy.Encoding encoding, byte[] body) {
    Map<String, String> texts = new HashMap<>();
    if (encoding == Policy.Encoding.FORM) {
      for (String pair : new String(body, StandardCharsets.US_ASCII).split("&")) {
        String[] both = pair.split("=", -1);
        assertThat(both).hasSize(2);
        assertThat(texts.put(decoded(both[0]), decoded(both[1]))).as(pair).isNull();
      }
    } else {
      Map<String, ?> tree = Json.readObject(body);
      for (String pointer : List.of("/auth/key", "/type", "/card/number")) {
        String name = pointer.substring(1).replaceFirst("/(.*)", "[$1]");
        JsonPointers.find(tree, pointer).forEach(found -> texts.put(name, found.toString()));
      }
    }
    return texts;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @FuzzTest(maxDuration = "10m")
  void callsAreReadOrRefusedByName(byte[] json) {
    try {
      ForwardCommand command = ForwardCommand.read(new InternalArguments(Json.readObject(json)));
      assertThat(command.timeoutMillis()).isPositive();
    } catch (MalformedJsonException _) {
      // Answered before anything is read.
    } catch (InternalException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
