package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Authenticator;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.net.ClientAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who asks, from where, and whether it may: all before anything of the request is looked at. */
@Component
final class Gatekeeper {

  private final Authenticator authenticator;
  private final ClientAddress addresses;

  Gatekeeper(Authenticator authenticator, ClientAddress addresses) {
    this.authenticator = authenticator;
    this.addresses = addresses;
  }

  /** Where the request comes from: the socket's peer, or what a trusted proxy says of its own. */
  InetAddress address(HttpServletRequest http) {
    InetAddress peer = InetAddress.ofLiteral(http.getRemoteAddr());
    return addresses.of(peer, name -> Collections.list(http.getHeaders(name)));
  }

  /**
   * Whose key the request carries.
   *
   * @throws ApiException 401 or 403 as {@link Authenticator#authenticate}
   */
  Principal authenticate(HttpServletRequest http, InetAddress address) {
    return authenticator.authenticate(http.getHeader("Authorization"), address);
  }

  /**
   * Lets the principal's request pass, or not.
   *
   * @throws ApiException 403 for a key that may not, or that names another account
   */
  static void authorize(HttpServletRequest http, Route route, Principal principal) {
    route.access().check(principal);
    refuseOther(http.getHeader("Stripe-Account"), principal);
    refuseOther(http.getHeader("Stripe-Context"), principal);
  }

  /** A key acts for its own account; one that was named by mistake must not be acted for. */
  private static void refuseOther(@Nullable String account, Principal principal) {
    if (account != null && !account.isEmpty() && !account.equals(principal.account())) {
      throw new ApiException(
          ApiErrors.forbidden(
              "The provided key does not have access to account '"
                  + ApiErrors.shown(account)
                  + "' (or that account does not exist)."));
    }
  }
}
