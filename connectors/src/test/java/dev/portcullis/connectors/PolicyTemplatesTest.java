package dev.portcullis.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ProviderSetup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The templates that forward policies are made from, and what connecting an account needs. */
class PolicyTemplatesTest {

  static List<Connector> connectors() {
    return Connectors.all();
  }

  static List<Connector> real() {
    return Connectors.all().stream().filter(c -> c.manifest().setup().live() != null).toList();
  }

  private static ProviderSetup setup(Connector connector) {
    return connector.manifest().setup();
  }

  @Test
  void thereIsMoreThanTheSandbox() {
    assertThat(real().stream().map(c -> c.manifest().name()))
        .contains("stripe", "adyen", "checkoutcom", "paypal", "braintree", "authorizenet");
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void everyPointerIsInTheFormThatThePolicyTakes(Connector connector) {
    Policies.operations(connector)
        .forEach(
            (name, operation) -> {
              Map<?, ?> rule = (Map<?, ?>) Objects.requireNonNull(operation);
              assertThat(Policies.texts(rule, "answer"))
                  .doesNotHaveDuplicates()
                  .allMatch(pointer -> pointer.matches("(/[0-9A-Za-z_-]{1,64}){1,8}"));
              assertThat(String.valueOf(rule.get("path")))
                  .matches("/(?!/)[0-9A-Za-z_.{}/-]{1,255}");
            });
  }

  @ParameterizedTest
  @MethodSource("real")
  void eachModeHasItsPolicy(Connector connector) {
    for (boolean livemode : new boolean[] {false, true}) {
      Map<String, @Nullable Object> policy = Policies.policy(connector, livemode);
      assertThat(policy)
          .containsEntry("provider", "shop")
          .containsEntry("mode", livemode ? "live" : "test");
      assertThat(String.valueOf(policy.get("origin")))
          .matches("https://[0-9A-Za-z.-]+\\.(com|net)");
      assertThat(policy.toString()).doesNotContain("${");
      assertThat(Policies.object(policy, "notifications").get("scheme"))
          .isEqualTo(setup(connector).notifications());
    }
  }

  @ParameterizedTest
  @MethodSource("real")
  void itsSecretsAreThoseThatOneIsToldOf(Connector connector) {
    Set<String> named =
        Pattern.compile("secret://([^\"]+)")
            .matcher(Policies.template(connector))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toSet());
    assertThat(setup(connector).secrets().stream().map(ProviderSetup.SecretNeed::name))
        .containsExactlyInAnyOrderElementsOf(named);
    setup(connector)
        .secrets()
        .forEach(secret -> assertThat(secret.what() + secret.where()).isNotBlank());
  }

  /** A value that could end a text of the policy would write the policy. */
  @ParameterizedTest
  @MethodSource("connectors")
  void noParameterCanBreakOut(Connector connector) {
    for (ProviderSetup.Parameter parameter : setup(connector).parameters()) {
      for (String bad : List.of("a\"b", "a\\b", "", "a\nb", "${account}", "a b")) {
        assertThat(parameter.form().matcher(bad).matches()).as(bad).isFalse();
        Map<String, String> given = new LinkedHashMap<>(Policies.parameters(connector));
        given.put(parameter.name(), bad);
        assertThatThrownBy(
                () -> setup(connector).policy(Policies.template(connector), false, "shop", given))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(parameter.name());
      }
    }
  }

  @Test
  void aPolicyIsMadeOfWhatIsKnownAlone() {
    Connector adyen = Connectors.find("adyen").orElseThrow();
    String template = Policies.template(adyen);
    Map<String, String> given = Policies.parameters(adyen);
    assertThatThrownBy(() -> setup(adyen).policy(template, true, "Shop\"", given))
        .hasMessageContaining("name");
    assertThatThrownBy(() -> setup(adyen).policy(template, true, "shop", Map.of()))
        .hasMessageContaining("merchant-account is missing");
    Map<String, String> more = new LinkedHashMap<>(given);
    more.put("merchantAccount", "Shop");
    assertThatThrownBy(() -> setup(adyen).policy(template, true, "shop", more))
        .hasMessageContaining("no parameter merchantAccount");
    assertThat(setup(adyen).policy(template, false, "shop", Map.of("merchant-account", "Shop")))
        .contains("\"/merchantAccount\": \"Shop\"")
        .contains("\"https://checkout-test.adyen.com\"");
    assertThat(setup(adyen).policy(template, true, "shop", given))
        .contains("\"https://1797a841fbb37ca7-Shop-checkout-live.adyenpayments.com\"")
        .contains("\"/checkout/v71/payments\"");
    assertThatThrownBy(
            () ->
                setup(Connectors.find("sandbox").orElseThrow())
                    .policy("{}", true, "shop", Map.of()))
        .hasMessageContaining("no live mode");
  }

  @Test
  void placeholdersAreThoseOfTheSetUp() {
    for (Connector connector : real()) {
      Set<String> known =
          setup(connector).parameters().stream()
              .map(ProviderSetup.Parameter::name)
              .collect(Collectors.toSet());
      known.addAll(Set.of("origin", "base", "mode", "account"));
      known.addAll(Objects.requireNonNull(setup(connector).live()).more().keySet());
      assertThat(
              Pattern.compile("\\$\\{([^}]*)}")
                  .matcher(Policies.template(connector))
                  .results()
                  .map((MatchResult match) -> match.group(1)))
          .allMatch(known::contains);
    }
  }
}
