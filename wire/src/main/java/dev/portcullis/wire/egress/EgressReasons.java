package dev.portcullis.wire.egress;

/**
 * Why a call came to nothing, in words for a person. Logs and answers have the short names that
 * {@link EgressResult.NotSent} and {@link EgressResult.NoAnswer} give; some are those of classes.
 */
public final class EgressReasons {

  private EgressReasons() {}

  /**
   * Whether the call was not made for want of something of our own: it says nothing of whom it was
   * for.
   *
   * @param reason that of an {@link EgressResult.NotSent}
   */
  public static boolean isOwn(String reason) {
    return switch (reason) {
      case "NamesBusyException", "ConnectionRequestTimeoutException", "interrupted" -> true;
      default -> false;
    };
  }

  /** A part of a sentence for a short name; one that is plain already stays as it is. */
  public static String inWords(String reason) {
    return switch (reason) {
      case "UnknownHostException" -> "the name of its host is not known";
      case "AddressNotAllowedException" -> "its host's address is none that may be called";
      case "HttpHostConnectException", "ConnectException" -> "nobody answers there";
      case "NoRouteToHostException" -> "no way leads there";
      case "ConnectTimeoutException" -> "no connection came about in time";
      case "ConnectionRequestTimeoutException" -> "too many calls wait already";
      case "SocketTimeoutException", "deadline" -> "it took too long";
      case "SSLHandshakeException", "SSLPeerUnverifiedException" ->
          "its certificate is not trusted, or no version of TLS fits";
      case "NoHttpResponseException", "ConnectionClosedException", "SocketException" ->
          "the connection broke";
      case "MessageConstraintException" -> "the head of its answer is too long";
      case "NamesBusyException" -> "too many names are looked up already";
      case "interrupted" -> "this process stops";
      default ->
          reason.endsWith("Exception") || reason.endsWith("Error") ? "the call failed" : reason;
    };
  }
}
