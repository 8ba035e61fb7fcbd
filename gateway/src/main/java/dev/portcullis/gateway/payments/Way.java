package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.provider.Provider;
import java.util.List;

/**
 * Where an operation goes, and where else it could.
 *
 * @param provider where it goes
 * @param number which attempt at the same thing it is, from 1
 * @param left who could be asked next if this one definitely fails, in order; often empty
 */
public record Way(Provider provider, int number, List<Provider> left) {

  /** Takes a copy. */
  public Way {
    left = List.copyOf(left);
  }

  /** There and nowhere else: what follows an authorization stays with its provider. */
  public static Way to(Provider provider) {
    return new Way(provider, 1, List.of());
  }

  /** The next attempt's, which is for whoever is first of those that are left. */
  Way next() {
    return new Way(left.getFirst(), number + 1, left.subList(1, left.size()));
  }
}
