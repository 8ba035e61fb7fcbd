package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.net.ClientAddress;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A card that is to be charged or set up, as far as it matters here.
 *
 * @param account whose attempt
 * @param livemode whether it is about real money
 * @param fingerprint the card
 * @param bin the issuer's number, or null if it is not known
 * @param amount what is asked for; nothing for a set-up
 * @param key the API key's id, or null if it is not known any more
 * @param customer the customer, or null without one
 * @param address the shopper's, or null where a server speaks for the shopper
 */
record Attempt(
    String account,
    boolean livemode,
    String fingerprint,
    @Nullable String bin,
    Money amount,
    @Nullable String key,
    @Nullable String customer,
    @Nullable Address address) {

  /**
   * Where a shopper is.
   *
   * @param text the address itself
   * @param hash the keyed hash of its network, under which it is counted and stored
   */
  record Address(String text, String hash) {

    private static final String COLUMN = "risk_watches.name";

    static Address of(BlindIndex blind, String account, String text) {
      return new Address(text, blind.value(account, COLUMN, ClientAddress.network(text)));
    }

    /** What of it is shown: the network that is counted as one. */
    String network() {
      return ClientAddress.network(text);
    }

    /** Never the address. */
    @Override
    public String toString() {
      return hash;
    }
  }

  private static final long SMALL = 1_000;
  private static final long MEDIUM = 10_000;

  Attempt withBin(@Nullable String known) {
    return new Attempt(account, livemode, fingerprint, known, amount, key, customer, address);
  }

  /** The attempt's scopes, the narrow ones first. */
  SortedMap<Scope.Kind, Scope> scopes() {
    SortedMap<Scope.Kind, Scope> scopes = new TreeMap<>();
    add(scopes, Scope.Kind.CARD, fingerprint);
    add(scopes, Scope.Kind.CUSTOMER, customer);
    add(scopes, Scope.Kind.ADDRESS, address == null ? null : address.hash());
    add(scopes, Scope.Kind.BIN, bin);
    add(scopes, Scope.Kind.AMOUNT, amount.currency().code() + " " + size(amount.minorUnits()));
    add(scopes, Scope.Kind.KEY, key);
    return scopes;
  }

  private void add(SortedMap<Scope.Kind, Scope> scopes, Scope.Kind kind, @Nullable String value) {
    if (value != null) {
      scopes.put(kind, new Scope(account, livemode, kind, value));
    }
  }

  private static String size(long minorUnits) {
    if (minorUnits == 0) {
      return "nothing"; // a card that is set up or attached
    }
    if (minorUnits <= SMALL) {
      return "small";
    }
    return minorUnits <= MEDIUM ? "medium" : "large";
  }
}
