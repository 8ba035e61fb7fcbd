package dev.portcullis.gateway.provider;

import org.jspecify.annotations.Nullable;

/**
 * Where an operation goes.
 *
 * @param name the merchant's name for its account at the provider, which the vault's policies know
 *     it by too
 * @param connector what speaks to it
 */
public record Provider(String name, String connector) {

  /** The name of the sandbox and of its connector. */
  public static final String SANDBOX_NAME = "sandbox";

  /** The simulated provider, which every account has in test mode, and no real money. */
  public static final Provider SANDBOX = new Provider(SANDBOX_NAME, SANDBOX_NAME);

  /** As it was stored; what is from before there were names has the connector's alone. */
  public static Provider stored(@Nullable String name, String connector) {
    return new Provider(name == null ? connector : name, connector);
  }
}
