package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.provider.Provider;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an operation goes.
 *
 * @param provider where
 * @param tried the names of the provider accounts that have failed at the same thing before, in
 *     order; often empty
 */
public record Way(Provider provider, List<String> tried) {

  /** Takes a copy. */
  public Way {
    tried = List.copyOf(tried);
  }

  /** There, without a choice: what follows an authorization stays with its provider. */
  public static Way to(Provider provider) {
    return new Way(provider, List.of());
  }

  /** Those that have failed, once this one has too. */
  List<String> failed() {
    List<String> failed = new ArrayList<>(tried);
    failed.add(provider.name());
    return failed;
  }
}
