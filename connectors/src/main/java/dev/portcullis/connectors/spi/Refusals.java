package dev.portcullis.connectors.spi;

import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import java.util.Set;

/** What an HTTP status that is no success means by itself, the same for every provider. */
public final class Refusals {

  /**
   * Refusals of the request that do not prove that nothing happened: a time-out while it was being
   * read, a conflict with an earlier request of the same key, a plea to come later.
   */
  private static final Set<Integer> INDEFINITE = Set.of(408, 409, 425, 429);

  private Refusals() {}

  /** Whether the status says that this request was refused and did nothing. */
  public static boolean isDefinite(int status) {
    return status >= 400 && status < 500 && !INDEFINITE.contains(status);
  }

  /**
   * What the status says: {@link Rejected}, or {@link Unknown} where it proves nothing. A look-up
   * that was refused tells nothing of the operation and is always Unknown.
   */
  public static ProviderResult of(ProviderOperation operation, int status, ProviderWords said) {
    return of(operation, status, kind(status), said);
  }

  /** The same where the answer tells what kind of refusal it is. */
  public static ProviderResult of(
      ProviderOperation operation, int status, Rejected.Kind kind, ProviderWords said) {
    if (operation instanceof ProviderOperation.Lookup) {
      return new Unknown("the provider answered a lookup with " + status);
    }
    return isDefinite(status)
        ? new Rejected(kind, "the provider refused the request with " + status, said)
        : new Unknown("the provider answered with " + status);
  }

  private static Rejected.Kind kind(int status) {
    return switch (status) {
      case 401, 403 -> Rejected.Kind.CREDENTIAL;
      case 404, 410 -> Rejected.Kind.UNKNOWN_REFERENCE;
      case 400, 405, 413, 414, 415, 422 -> Rejected.Kind.MALFORMED;
      default -> Rejected.Kind.OTHER;
    };
  }
}
