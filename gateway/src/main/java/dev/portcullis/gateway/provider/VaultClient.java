package dev.portcullis.gateway.provider;

import dev.portcullis.gateway.keys.KeyRecord;
import dev.portcullis.gateway.keys.KeyRegister;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.CardVault;
import dev.portcullis.gateway.paymentmethods.VaultCard;
import dev.portcullis.gateway.provider.VaultLink.Said;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The vault as the keeper of cards and keys. */
public final class VaultClient implements CardVault, KeyRegister {

  private static final Logger LOG = Logger.getLogger(VaultClient.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String METHODS = "/internal/v1/payment_methods/";

  private final VaultLink link;

  public VaultClient(VaultLink link) {
    this.link = link;
  }

  @Override
  public Optional<VaultCard> lookup(Principal principal, String id) {
    return card(link.call(METHODS + "lookup", body(principal, "id", id), PATIENCE));
  }

  @Override
  public void release(Principal principal, String id) {
    Said said = link.call(METHODS + "release", body(principal, "id", id), PATIENCE);
    if (!(said instanceof Said.Answer answer && answer.status() == 200)) {
      // Only a copy stays behind, which the vault deletes by its own rule later.
      LOG.warning("the vault did not release the billing details of " + id);
    }
  }

  @Override
  public Optional<VaultCard> fromToken(Principal principal, String token) {
    Said said = link.call(METHODS + "from_token", body(principal, "token", token), PATIENCE);
    if (said instanceof Said.Answer answer && answer.status() == 409) {
      throw new ApiException(
          ApiErrors.badRequest(
                  "You cannot use a token more than once: " + ApiErrors.shown(token) + ".")
              .withCode("token_already_used"));
    }
    return card(said);
  }

  @Override
  public Optional<Map<String, @Nullable Object>> token(Principal principal, String id) {
    return object(link.call("/internal/v1/tokens/lookup", body(principal, "id", id), PATIENCE));
  }

  @Override
  public Optional<VaultCard> testPaymentMethod(Principal principal, String name) {
    if (principal.livemode()) {
      return Optional.empty();
    }
    return card(
        link.call("/internal/v1/test_payment_methods", body(principal, "name", name), PATIENCE));
  }

  @Override
  public Optional<String> alias(Principal principal, String id) {
    return text(link.call(METHODS + "alias", body(principal, "id", id), PATIENCE), "alias");
  }

  @Override
  public Optional<String> ofAlias(Principal principal, String alias) {
    return text(link.call(METHODS + "by_alias", body(principal, "alias", alias), PATIENCE), "id");
  }

  private static Optional<String> text(Said said, String member) {
    return object(said)
        .map(
            body -> {
              if (body.get(member) instanceof String text) {
                return text;
              }
              throw new ApiException(ApiErrors.unavailable());
            });
  }

  @Override
  public List<Held> push(List<KeyRecord> keys) {
    List<Object> list = new ArrayList<>();
    for (KeyRecord key : keys) {
      list.add(json(key));
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("keys", list);
    Said said = link.call("/internal/v1/keys", body, PATIENCE);
    if (!(said instanceof Said.Answer answer && answer.status() == 200)) {
      throw unavailable(said);
    }
    List<Held> held = new ArrayList<>();
    if (answer.body().get("applied") instanceof List<?> applied) {
      applied.forEach(each -> held.add(held(each)));
    }
    if (held.size() != keys.size()) {
      throw new ApiException(ApiErrors.unavailable());
    }
    return held;
  }

  private static Held held(@Nullable Object told) {
    if (told instanceof Map<?, ?> key
        && key.get("account") instanceof String account
        && key.get("id") instanceof String id
        && key.get("version") instanceof Long version
        && key.get("taken") instanceof Boolean taken
        && key.get("revoked") instanceof Boolean revoked) {
      return new Held(account, id, version, taken, revoked);
    }
    LOG.warning("the vault's answer to a push of keys was not understood");
    throw new ApiException(ApiErrors.unavailable());
  }

  @Override
  public List<Use> uses(List<Use> written) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (!written.isEmpty()) {
      body.put(
          "written",
          written.stream()
              .map(
                  use ->
                      Map.of(
                          "account", use.account(), "id", use.id(), "at", use.at().toEpochMilli()))
              .toList());
    }
    Said said = link.call("/internal/v1/key_uses", body, PATIENCE);
    if (!(said instanceof Said.Answer answer && answer.status() == 200)) {
      throw unavailable(said);
    }
    List<Use> uses = new ArrayList<>();
    if (answer.body().get("uses") instanceof List<?> told) {
      told.forEach(each -> uses.add(use(each)));
    }
    return uses;
  }

  private static Use use(@Nullable Object told) {
    if (told instanceof Map<?, ?> use
        && use.get("account") instanceof String account
        && use.get("id") instanceof String id
        && use.get("at") instanceof Long at
        && use.get("address") instanceof String address) {
      return new Use(account, id, Instant.ofEpochMilli(at), address);
    }
    LOG.warning("the vault's answer about the use of keys was not understood");
    throw new ApiException(ApiErrors.unavailable());
  }

  private static Map<String, @Nullable Object> json(KeyRecord key) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", key.id());
    map.put("version", key.version());
    map.put("account", key.account());
    map.put("livemode", key.livemode());
    map.put("kind", key.kind().name().toLowerCase(Locale.ROOT));
    map.put("hash", key.hash());
    map.put("scopes", key.terms().permissions().names());
    map.put("expires_at", key.terms().expiresAt().map(Instant::toString).orElse(null));
    map.put("cidrs", key.terms().cidrs().stream().map(Object::toString).toList());
    map.put("revoked", key.revoked());
    return map;
  }

  private static Map<String, @Nullable Object> body(
      Principal principal, String name, String value) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("account", principal.account());
    body.put("livemode", principal.livemode());
    body.put(name, value);
    return body;
  }

  private static Optional<VaultCard> card(Said said) {
    return object(said).map(VaultClient::card);
  }

  /** Outside it is only away; why, its operator reads under the request's id. */
  private static ApiException unavailable(Said said) {
    LOG.warning(
        switch (said) {
          case Said.NotSent(String reason) -> "the vault could not be asked: " + reason;
          case Said.NoAnswer(String reason) -> "the vault did not answer: " + reason;
          case Said.Answer answer ->
              "the vault answered " + answer.status() + " " + answer.errorCode();
        });
    return new ApiException(ApiErrors.unavailable());
  }

  private static Optional<Map<String, @Nullable Object>> object(Said said) {
    if (!(said instanceof Said.Answer answer)) {
      throw unavailable(said);
    }
    return switch (answer.status()) {
      case 200 -> Optional.of(answer.body());
      case 400, 404 -> Optional.empty();
      default -> throw unavailable(said);
    };
  }

  private static VaultCard card(Map<String, @Nullable Object> body) {
    if (body.get("id") instanceof String id
        && body.get("created") instanceof Long created
        && body.get("card") instanceof Map<?, ?> card) {
      Map<String, @Nullable Object> billing =
          body.get("billing_details") instanceof Map<?, ?> details ? copy(details) : null;
      return new VaultCard(
          id,
          Instant.ofEpochSecond(created),
          copy(card),
          billing,
          body.get("metadata") instanceof Map<?, ?> metadata ? copy(metadata) : copy(Map.of()),
          body.get("allow_redisplay") instanceof String redisplay ? redisplay : "unspecified");
    }
    throw new ApiException(ApiErrors.unavailable());
  }

  private static Map<String, @Nullable Object> copy(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((name, value) -> copy.put((String) name, value));
    return copy;
  }
}
