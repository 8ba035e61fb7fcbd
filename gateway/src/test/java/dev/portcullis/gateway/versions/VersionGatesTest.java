package dev.portcullis.gateway.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.params.FormDecoder;
import dev.portcullis.wire.params.ParamTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionGatesTest {

  private static Version version(String text) {
    return Version.find(text).orElseThrow();
  }

  private static Map<String, @Nullable Object> session() {
    Map<String, @Nullable Object> session = new LinkedHashMap<>();
    session.put("object", "checkout.session");
    session.put("collected_information", Map.of("shipping_details", Map.of("name", "Ada")));
    session.put("ui_mode", "hosted_page");
    return session;
  }

  @Test
  void gates_stand_newest_first_and_within_the_supported_versions() {
    assertThat(VersionGates.all())
        .isSortedAccordingTo((one, other) -> other.since().compareTo(one.since()))
        .allSatisfy(
            gate -> {
              assertThat(gate.since()).isAfter(Version.OLDEST.date());
              assertThat(gate.since()).isBeforeOrEqualTo(Version.NEWEST.date());
            });
  }

  @Test
  void an_answer_in_the_newest_version_is_not_even_copied() {
    Map<String, @Nullable Object> session = session();
    assertThat(VersionGates.render(Version.NEWEST, session)).isSameAs(session);
  }

  @Test
  void a_session_passes_every_gate_that_is_younger_than_the_version() {
    Map<String, @Nullable Object> clover =
        VersionGates.render(version("2025-11-17.clover"), session());
    assertThat(clover).containsEntry("ui_mode", "hosted").doesNotContainKey("shipping_details");
    Map<String, @Nullable Object> oldest = VersionGates.render(Version.OLDEST, session());
    assertThat(oldest)
        .containsEntry("ui_mode", "hosted")
        .containsEntry("shipping_details", Map.of("name", "Ada"));
    assertThat(session()).containsEntry("ui_mode", "hosted_page");
  }

  @Test
  void objects_in_lists_pass_and_those_of_an_event_do_not() {
    Map<String, @Nullable Object> list =
        VersionGates.render(
            Version.OLDEST, Map.of("object", "list", "data", List.of(Map.of("object", "charge"))));
    assertThat((List<?>) list.get("data"))
        .first()
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("invoice", null);
    Map<String, @Nullable Object> event =
        VersionGates.render(
            Version.OLDEST,
            Map.of("object", "event", "data", Map.of("object", Map.of("object", "charge"))));
    assertThat(event.get("data")).isEqualTo(Map.of("object", Map.of("object", "charge")));
  }

  @Test
  void a_request_is_put_into_the_newest_words() {
    String operation = "POST /v1/checkout/sessions";
    ParamTree sent = FormDecoder.decode("ui_mode=embedded");
    assertThat(VersionGates.read(version("2025-11-17.clover"), operation, sent).members())
        .isEqualTo(FormDecoder.decode("ui_mode=embedded_page").members());
    assertThat(VersionGates.read(version("2026-03-25.dahlia"), operation, sent)).isSameAs(sent);
    assertThat(VersionGates.read(version("2025-11-17.clover"), "POST /v1/refunds", sent))
        .isSameAs(sent);
  }
}
