package dev.portcullis.vault.forward;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which headers a policy may name, and what for. Names are compared as HTTP does, in any case. */
final class HeaderRules {

  /** A token (RFC 9110, 5.6.2) of the characters that providers use. */
  static final Pattern NAME = Pattern.compile("[0-9A-Za-z-]{1,64}");

  static final Pattern VALUE =
      Pattern.compile("(?!.*\\{\\{)[\\x21-\\x7e]([\\x20-\\x7e]{0,254}[\\x21-\\x7e])?");

  /**
   * What frames a message, holds for one connection alone (RFC 9110, 7.6.1), says where it goes, or
   * would make another method of it: the vault's own.
   */
  private static final Set<String> TRANSPORT =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "date",
          "expect",
          "forwarded",
          "host",
          "http2-settings",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "via",
          "x-http-method",
          "x-http-method-override",
          "x-method-override");

  private static final List<String> TRANSPORTS = List.of("content-", "proxy-", "x-forwarded-");

  /** In the name of a header that carries a credential. */
  private static final List<String> CREDENTIALS =
      List.of("auth", "cookie", "credential", "key", "password", "secret", "signature", "token");

  /** In the name of a header that knows a request again: always the same, it would name all. */
  private static final List<String> KEYS = List.of("idempoten", "request-id");

  private HeaderRules() {}

  /** Whether HTTP's own work needs the header, so that no policy may name it. */
  static boolean isTransport(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return TRANSPORT.contains(lower) || TRANSPORTS.stream().anyMatch(lower::startsWith);
  }

  /** Whether the header may have a value that is always the same and that the policy shows. */
  static boolean isConstant(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !isTransport(name)
        && Stream.concat(CREDENTIALS.stream(), KEYS.stream()).noneMatch(lower::contains);
  }
}
