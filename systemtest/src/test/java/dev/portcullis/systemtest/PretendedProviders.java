package dev.portcullis.systemtest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Accounts at real providers that the sandbox's simulator stands in for, connected as operators do
 * it: a policy that two people install in the vault, secrets, the account at the gateway, and rules
 * that route to all of them alike.
 */
final class PretendedProviders {

  /** One whose list lags and one that is asked for a token first. */
  private static final List<String> CONNECTORS = List.of("stripe", "braintree");

  private static final Map<String, List<String>> PARAMETERS =
      Map.of(
          "braintree", List.of("merchant-account-id=shop", "currency=usd"),
          "adyen", List.of("merchant-account=ShopECOM"),
          "checkoutcom", List.of("processing-channel-id=pc_abcdefghijklmnopqrstuvwxyz"),
          "paypal", List.of("webhook-id=8PT597110X687430LKGECATA"));

  /** Where payments go then, as the simulator names them: the sandbox's own stays. */
  static final List<String> PROVIDERS = List.of("sandbox", "stripe", "braintree");

  /** Those whose notifications come, besides answers and look-ups. */
  static final List<String> NOTIFYING = List.of("stripe");

  private final Portcullis portcullis;
  private final Administrator ann;
  private final Administrator ben;
  private final Path folder;
  private final String account;

  private PretendedProviders(Portcullis portcullis) throws IOException, InterruptedException {
    this.portcullis = portcullis;
    this.folder = Files.createTempDirectory("providers");
    this.ann = Administrator.named(portcullis, "ann", "vault");
    ann.enroll(Administrator.setupCode(portcullis, "vault"));
    ann.signIn();
    JsonObject invited =
        ann.json("people", "add", "ben", "--role", "administrator", "--zone", "vault");
    this.ben = Administrator.named(portcullis, "ben", "vault");
    ben.enroll(invited.get("enrollment_code").getAsString());
    ben.signIn();
    this.account =
        Http.get(portcullis.api() + "/v1/account", portcullis.secretKey())
            .json()
            .get("id")
            .getAsString();
  }

  /** Connects all of them; payments go to each by an equal share. */
  static void connect(Portcullis portcullis) throws Exception {
    PretendedProviders providers = new PretendedProviders(portcullis);
    for (String connector : CONNECTORS) {
      providers.connect(connector, Map.of(), true);
      if (NOTIFYING.contains(connector)) {
        providers.notify(connector, Files.readString(providers.key()).strip());
      }
    }
    providers.route();
  }

  /**
   * Connects some that nothing is sent to, each with what its notifications are signed by.
   *
   * @param signing by the connector: secrets by what their names end with
   * @return where each one's notifications go, by the connector
   */
  static Map<String, String> receiving(
      Portcullis portcullis, Map<String, Map<String, String>> signing)
      throws IOException, InterruptedException {
    PretendedProviders providers = new PretendedProviders(portcullis);
    Map<String, String> addresses = new LinkedHashMap<>();
    for (String connector : signing.keySet()) {
      Map<String, Path> secrets = new LinkedHashMap<>();
      signing
          .get(connector)
          .forEach(
              (suffix, value) ->
                  secrets.put(name(connector) + suffix, Path.of(Administrator.file(value))));
      providers.connect(connector, secrets, true);
      addresses.put(connector, portcullis.api() + providers.path(connector));
    }
    return addresses;
  }

  /** Connects some that have not been told yet where their notifications go. */
  static PretendedProviders unregistered(Portcullis portcullis, List<String> connectors)
      throws IOException, InterruptedException {
    PretendedProviders providers = new PretendedProviders(portcullis);
    for (String connector : connectors) {
      providers.connect(connector, Map.of(), false);
    }
    return providers;
  }

  /** What {@code providers notifications} says, whatever it ends with. */
  String notifications(String verb, String connector) throws IOException, InterruptedException {
    return told(verb, connector).said();
  }

  /** The same with what it ends with. */
  CommandResult told(String verb, String connector) throws IOException, InterruptedException {
    return ann.run(about(verb, connector));
  }

  private String[] about(String verb, String connector) {
    return new String[] {
      "providers",
      "notifications",
      verb,
      name(connector),
      "--account",
      account,
      "--url",
      portcullis.api() + path(connector)
    };
  }

  /** Has a removal proposed by one and confirmed by the other; it is not done by that. */
  void agreeOnRemoval(String connector) throws IOException, InterruptedException {
    confirm(ann.json(about("remove", connector)).getAsJsonObject("change"));
  }

  private void confirm(JsonObject change) throws IOException, InterruptedException {
    ben.run(
            "vault",
            "changes",
            "confirm",
            change.get("id").getAsString(),
            "--hash",
            change.get("hash").getAsString())
        .succeeded();
  }

  /** Has every payment go there. */
  void routeTo(String connector) throws IOException {
    activate(Map.of("default", Map.of("providers", List.of(name(connector)))));
  }

  private static String name(String connector) {
    return connector + "_shop";
  }

  private Path key() {
    return portcullis.home().resolve("vault/secrets/provider-sandbox");
  }

  /**
   * Connects one.
   *
   * @param secrets files by the names of secrets that are other ones than the simulator's key
   * @param byHand whether a secret that registering would bring is entered too
   */
  private void connect(String connector, Map<String, Path> secrets, boolean byHand)
      throws IOException, InterruptedException {
    String name = name(connector);
    Path file = folder.resolve(name + ".json");
    List<String> draft =
        new ArrayList<>(
            List.of(
                "providers",
                "policy",
                connector,
                "--name",
                name,
                "--simulator",
                "--out",
                file.toString()));
    for (String parameter : PARAMETERS.getOrDefault(connector, List.of())) {
      draft.addAll(List.of("--set", parameter));
    }
    JsonObject drafted = ann.json(draft.toArray(String[]::new));
    JsonArray needed = drafted.getAsJsonArray("missing_secrets");
    if (byHand) {
      needed.addAll(drafted.getAsJsonArray("registered_secrets"));
    }
    for (JsonElement secret : needed) {
      ann.run(
              "vault",
              "secrets",
              "put",
              secret.getAsString(),
              "--account",
              account,
              "--provider",
              name,
              "--host",
              drafted.get("host").getAsString(),
              "--value-file",
              secrets.getOrDefault(secret.getAsString(), key()).toString())
          .succeeded();
    }
    String policy = name.replace('_', '-') + "-test";
    confirm(ann.json("vault", "policies", "install", policy, file.toString()));
    Administrator.of(portcullis)
        .run("providers", "add", name, "--connector", connector)
        .succeeded();
  }

  private String path(String connector) {
    return "/webhooks/%s/%s/test/%s".formatted(connector, account, name(connector));
  }

  private void notify(String connector, String secret) throws IOException, InterruptedException {
    portcullis.simulator().notifyAt(connector, portcullis.api() + path(connector), secret);
  }

  private void route() throws IOException {
    List<Map<String, Object>> shares = new ArrayList<>();
    for (String provider : PROVIDERS) {
      Map<String, Object> share = new LinkedHashMap<>();
      share.put("provider", provider.equals("sandbox") ? provider : name(provider));
      share.put("weight", shares.isEmpty() ? 34 : 33);
      shares.add(share);
    }
    activate(Map.of("default", Map.of("split", shares)));
  }

  private void activate(Map<String, Object> said) throws IOException {
    Path rules = folder.resolve("rules.json");
    Files.writeString(rules, new com.google.gson.Gson().toJson(said));
    Administrator operator = Administrator.of(portcullis);
    String version =
        operator.json("routing", "propose", rules.toString()).get("version").getAsString();
    operator.run("routing", "activate", version).succeeded();
  }
}
