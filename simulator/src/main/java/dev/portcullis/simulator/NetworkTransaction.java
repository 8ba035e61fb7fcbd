package dev.portcullis.simulator;

/** The network's name for an authorization: here, the authorization's id in another dress. */
public final class NetworkTransaction {
  private static final String PREFIX = "ntx_";

  private NetworkTransaction() {}

  /** Its name. */
  public static String of(Operation.Authorization authorization) {
    return PREFIX + authorization.identity().id().substring(Acquirer.AUTHORIZATION_PREFIX.length());
  }

  /** The id of the authorization that was so named; some text for any other. */
  static String authorizationId(String networkTransactionId) {
    return networkTransactionId.startsWith(PREFIX)
        ? Acquirer.AUTHORIZATION_PREFIX + networkTransactionId.substring(PREFIX.length())
        : "";
  }
}
