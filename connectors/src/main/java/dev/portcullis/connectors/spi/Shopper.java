package dev.portcullis.connectors.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who pays, as far as it is known: an issuer compares the address (AVS), and its own risk checks
 * weigh the rest. All of it is personal data, so none of it stands in {@link #toString()}.
 *
 * @param name on the card or of the person, or null
 * @param email or null
 * @param phone or null
 * @param address where the card's statements go
 * @param ip the address that the shopper's browser came from, or null
 */
public record Shopper(
    @Nullable String name,
    @Nullable String email,
    @Nullable String phone,
    Address address,
    @Nullable String ip) {

  /** Nothing is known. */
  public static final Shopper UNKNOWN = new Shopper(null, null, null, Address.NONE, null);

  /** Refuses a missing address; {@link Address#NONE} says that there is none. */
  public Shopper {
    Objects.requireNonNull(address);
  }

  @Override
  public String toString() {
    return "Shopper[]";
  }

  /**
   * A billing address.
   *
   * @param line1 street and number, or null
   * @param line2 or null
   * @param city or null
   * @param state or province, or null
   * @param postalCode or null
   * @param country two letters (ISO 3166-1), or null
   */
  public record Address(
      @Nullable String line1,
      @Nullable String line2,
      @Nullable String city,
      @Nullable String state,
      @Nullable String postalCode,
      @Nullable String country) {

    /** Nothing of it is known. */
    public static final Address NONE = new Address(null, null, null, null, null, null);

    /** Whether nothing of it is known. */
    public boolean isEmpty() {
      return equals(NONE);
    }

    @Override
    public String toString() {
      return "Address[]";
    }
  }
}
