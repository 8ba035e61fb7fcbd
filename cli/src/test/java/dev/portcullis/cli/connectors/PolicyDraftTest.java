package dev.portcullis.cli.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyDraftTest {

  private static final String SIMULATOR = "https://localhost:4249";

  private static final Map<String, String> VALUES =
      Map.of(
          "merchant-account", "ShopECOM",
          "live-prefix", "1797a841fbb37ca7-Shop",
          "processing-channel-id", "pc_abcdefghijklmnopqrstuvwxyz",
          "api-prefix", "vkuhvk4v",
          "webhook-id", "8PT597110X687430LKGECATA",
          "merchant-account-id", "shop_usd",
          "currency", "usd");

  static List<Connector> real() {
    return Connectors.all().stream().filter(c -> c.manifest().setup().live() != null).toList();
  }

  private static Map<String, String> values(Connector connector) {
    return connector.manifest().setup().parameters().stream()
        .map(ProviderSetup.Parameter::name)
        .collect(java.util.stream.Collectors.toMap(name -> name, VALUES::get));
  }

  @ParameterizedTest
  @MethodSource("real")
  void aRealAccountsPolicyGoesToTheProviderAlone(Connector connector) {
    PolicyDraft draft = PolicyDraft.of(connector, true, "shop", values(connector));
    Map<String, ?> policy = Json.readObject(draft.json());
    assertThat(policy).doesNotContainKey("allow_loopback");
    assertThat(policy.get("mode")).isEqualTo("live");
    boolean adyens = connector.manifest().name().equals("adyen");
    assertThat("https://" + draft.host())
        .isEqualTo(policy.get("origin") + (adyens ? ",management-live.adyen.com" : ""));
    assertThat(draft.isRegistered()).isEqualTo(!connector.manifest().name().equals("braintree"));
    assertThat(draft.secrets()).isNotEmpty().allMatch(need -> !need.name().contains("$"));
    draft
        .secrets()
        .forEach(need -> assertThat(draft.json()).contains("secret://" + need.name() + "\""));
  }

  @ParameterizedTest
  @MethodSource("real")
  void namesTheOneAddressThatMayBeRegistered(Connector connector) {
    String url = "https://pay.example/webhooks/x/acct_1/live/shop";
    PolicyDraft draft = PolicyDraft.of(connector, true, "shop", values(connector)).notifying(url);
    Object registration = Json.readObject(draft.json()).get("registration");
    assertThat(registration instanceof Map<?, ?> object ? object.get("url") : null)
        .isEqualTo(draft.isRegistered() ? url : null);
    assertThatThrownBy(() -> draft.notifying("https://pay.example/\",\"x\":\""))
        .isInstanceOf(Refusal.class);
  }

  /** Only the origin is another; and no live policy is made that way. */
  @ParameterizedTest
  @MethodSource("real")
  void theSimulatorStandsInForEachProvider(Connector connector) {
    PolicyDraft draft = PolicyDraft.simulated(connector, SIMULATOR, "shop", values(connector));
    Map<String, ?> policy = Json.readObject(draft.json());
    assertThat(policy.get("allow_loopback")).isEqualTo(true);
    assertThat(policy.get("origin")).isEqualTo(SIMULATOR);
    assertThat(policy.get("mode")).isEqualTo("test");
    assertThat(draft.host()).isEqualTo("localhost:4249");
    Map<String, ?> usual =
        Json.readObject(PolicyDraft.of(connector, false, "shop", values(connector)).json());
    assertThat(policy.get("operations")).isEqualTo(usual.get("operations"));
    assertThat(policy.get("credential")).isEqualTo(usual.get("credential"));
  }

  @Test
  void saysWhatIsMissing() {
    Connector adyen = ConnectorsCommand.find("adyen");
    assertThatThrownBy(() -> PolicyDraft.of(adyen, true, "shop", Map.of()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("merchant-account is missing")
        .hasMessageContaining("connectors show adyen");
    assertThatThrownBy(
            () ->
                PolicyDraft.simulated(
                    ConnectorsCommand.find("sandbox"), SIMULATOR, "shop", Map.of()))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> ConnectorsCommand.find("nobody"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("authorizenet");
  }
}
