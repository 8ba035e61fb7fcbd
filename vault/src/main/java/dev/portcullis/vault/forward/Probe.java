package dev.portcullis.vault.forward;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.TlsSeen;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A test call to a provider: whether it takes the credential. Nothing of its answer gets out. */
final class Probe {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Probe() {}

  /** What a provider account is, without its secret. */
  static Map<String, @Nullable Object> describe(Provider provider) {
    Policy policy = provider.policy();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "provider_account");
    tree.put("name", policy.provider());
    tree.put("account", provider.credentials().binding().account());
    tree.put("livemode", policy.livemode());
    tree.put("host", provider.credentials().binding().host());
    tree.put("secret", provider.credentials().version());
    tree.put("operations", policy.operations().keySet().stream().sorted().toList());
    tree.put("can_be_tested", policy.probe() != null);
    tree.put("tls", tls(policy, provider.client().seen(policy.origin().getHost())));
    return tree;
  }

  /** How this vault's last connection came out; null where it has not tried one yet. */
  private static @Nullable Map<String, @Nullable Object> tls(
      Policy policy, @Nullable TlsSeen seen) {
    if (seen == null) {
      return null;
    }
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    switch (seen) {
      case TlsSeen.Verified verified -> {
        tree.put("verified", true);
        tree.put("protocol", verified.protocol());
        tree.put("cipher", verified.cipher());
        tree.put("certificate_expires_at", verified.certificateEnds().getEpochSecond());
        tree.put("seen_at", verified.agreedAt().getEpochSecond());
      }
      case TlsSeen.Failed(String reason) -> {
        tree.put("verified", false);
        tree.put("reason", reason);
      }
    }
    tree.put("pinned", !policy.pins().isEmpty());
    return tree;
  }

  /**
   * Makes the call.
   *
   * @return {@code outcome} and the HTTP {@code status}, or why there is none
   */
  static Map<String, @Nullable Object> send(Provider provider) {
    Policy policy = provider.policy();
    Map<String, @Nullable Object> tree = describe(provider);
    String probe = policy.probe();
    if (probe == null) {
      tree.put("outcome", "no_test_call");
      return tree;
    }
    Operation operation = Objects.requireNonNull(policy.operations().get(probe));
    URI uri = OutgoingRequest.uri(policy.origin(), operation.request(), Map.of());
    Owner owner = new Owner(provider.credentials().binding().account(), policy.livemode());
    EgressResult result =
        switch (provider.authorize(owner, uri, PATIENCE)) {
          case Authorization.Missing(String reason) -> new EgressResult.NotSent(reason);
          case Authorization.Granted granted ->
              provider.client().send(request(policy, operation, uri, granted), PATIENCE);
        };
    switch (result) {
      case EgressResult.Answered answered -> {
        int status = answered.status();
        tree.put(
            "outcome",
            status == 401 || status == 403
                ? "refused"
                : status >= 300 ? "answered" : said(operation, answered.body()));
        tree.put("status", status);
      }
      case EgressResult.NotSent(String reason) -> {
        tree.put("outcome", "not_sent");
        tree.put("reason", reason);
      }
      case EgressResult.NoAnswer(String reason) -> {
        tree.put("outcome", "no_answer");
        tree.put("reason", reason);
      }
    }
    return tree;
  }

  /** Some providers refuse a credential with a 200, and say so in the answer alone. */
  private static String said(Operation operation, byte[] body) {
    if (operation.definite().isEmpty()) {
      return "works";
    }
    try {
      return operation.isEndedBy(Json.readObject(body)) ? "works" : "refused";
    } catch (MalformedJsonException _) {
      return "refused";
    }
  }

  private static EgressRequest request(
      Policy policy, Operation operation, URI uri, Authorization.Granted granted) {
    BodyTemplate body = BodyTemplate.read(operation.body(), policy.credential(), null);
    return OutgoingRequest.of(operation, uri, null, body, Map.of(), granted);
  }
}
