package dev.portcullis.gateway;

import dev.portcullis.gateway.keys.KeyRecord;
import dev.portcullis.gateway.keys.KeyRegister;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.CardVault;
import dev.portcullis.gateway.paymentmethods.VaultCard;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A vault that keeps cards in memory and knows what it was told. */
final class FakeVault implements CardVault, KeyRegister {

  private record Kept(Principal owner, VaultCard card) {}

  private final Ids ids = new Ids(InstantSource.system(), new SecureRandom());
  private final Map<String, Kept> cards = new ConcurrentHashMap<>();
  private final Map<String, String> aliases = new ConcurrentHashMap<>();
  private final Map<String, VaultCard> tokens = new ConcurrentHashMap<>();
  private final Set<String> usedTokens = ConcurrentHashMap.newKeySet();
  final Set<String> released = ConcurrentHashMap.newKeySet();

  /** Whether it takes no keys. */
  volatile boolean away;

  final Map<String, KeyRecord> keys = new ConcurrentHashMap<>();

  /** What it has noted of keys, by the key's id. */
  final Map<String, Use> uses = new ConcurrentHashMap<>();

  /** Takes a card as the cards origin would; the gateway has not heard of it yet. */
  String card(Principal owner, @Nullable Map<String, @Nullable Object> billingDetails) {
    VaultCard card = make(billingDetails);
    cards.put(card.id(), new Kept(owner, card));
    return card.id();
  }

  /** Takes a card of that fingerprint and those first digits. */
  String card(Principal owner, String fingerprint, String bin) {
    VaultCard card = make(null);
    card.card().put("fingerprint", fingerprint);
    card.card().put("bin", bin);
    cards.put(card.id(), new Kept(owner, card));
    return card.id();
  }

  /** Takes a card for a token. */
  String token() {
    String token = ids.next("tok");
    tokens.put(token, make(null));
    return token;
  }

  private VaultCard make(@Nullable Map<String, @Nullable Object> billingDetails) {
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("brand", "visa");
    card.put("last4", "4242");
    card.put("exp_month", 12L);
    card.put("exp_year", 2034L);
    card.put("funding", "credit");
    card.put("country", "US");
    card.put("fingerprint", "fp");
    return new VaultCard(
        ids.next("pm"),
        InstantSource.system().instant(),
        card,
        billingDetails,
        Map.of("source", "page"),
        "limited");
  }

  @Override
  public Optional<VaultCard> lookup(Principal principal, String id) {
    return Optional.ofNullable(cards.get(id))
        .filter(kept -> kept.owner().account().equals(principal.account()))
        .filter(kept -> kept.owner().livemode() == principal.livemode())
        .map(Kept::card);
  }

  @Override
  public void release(Principal principal, String id) {
    released.add(id);
  }

  @Override
  public Optional<VaultCard> fromToken(Principal principal, String token) {
    if (token.equals("tok_visa")) {
      return Optional.of(make(null));
    }
    if (tokens.containsKey(token) && !usedTokens.add(token)) {
      throw new ApiException(
          ApiErrors.invalid("card[token]", "token_already_used", "The token was used before."));
    }
    return Optional.ofNullable(tokens.get(token));
  }

  @Override
  public Optional<Map<String, @Nullable Object>> token(Principal principal, String id) {
    boolean mine = principal.account().equals("acct_first") && !principal.livemode();
    if (!mine || !tokens.containsKey(id)) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> token = new LinkedHashMap<>();
    token.put("id", id);
    token.put("object", "token");
    token.put("used", usedTokens.contains(id));
    return Optional.of(token);
  }

  @Override
  public Optional<VaultCard> testPaymentMethod(Principal principal, String name) {
    return name.equals("pm_card_visa") && !principal.livemode()
        ? Optional.of(make(null))
        : Optional.empty();
  }

  @Override
  public Optional<String> alias(Principal principal, String id) {
    return lookup(principal, id)
        .map(card -> aliases.computeIfAbsent(id, _ -> "91000000000%05d".formatted(aliases.size())));
  }

  @Override
  public Optional<String> ofAlias(Principal principal, String alias) {
    return aliases.entrySet().stream()
        .filter(each -> each.getValue().equals(alias))
        .map(Map.Entry::getKey)
        .filter(id -> lookup(principal, id).isPresent())
        .findFirst();
  }

  @Override
  public List<Held> push(List<KeyRecord> changed) {
    if (away) {
      throw new ApiException(ApiErrors.unavailable());
    }
    return changed.stream().map(this::push).toList();
  }

  @Override
  public List<Use> uses(List<Use> written) {
    if (away) {
      throw new ApiException(ApiErrors.unavailable());
    }
    written.forEach(use -> uses.remove(use.id(), use));
    return uses.values().stream().sorted(Comparator.comparing(Use::at)).limit(USES).toList();
  }

  /** As the vault does: what stands at a version as new stays. */
  private Held push(KeyRecord key) {
    KeyRecord now =
        Objects.requireNonNull(
            keys.compute(
                key.id(), (_, old) -> old != null && old.version() >= key.version() ? old : key));
    return new Held(now.account(), now.id(), now.version(), isSame(now, key), now.revoked());
  }

  private static boolean isSame(KeyRecord one, KeyRecord other) {
    return one.version() == other.version()
        && one.terms().equals(other.terms())
        && one.revoked() == other.revoked();
  }
}
