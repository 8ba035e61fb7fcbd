package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Authenticator;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.BodyBudget;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.Guess;
import dev.portcullis.gateway.limits.Limits;
import dev.portcullis.gateway.limits.RouteClass;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.net.ClientAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who asks, from where, and whether it may: all before anything of the request is looked at. */
@Component
final class Gatekeeper {

  private final Authenticator authenticator;
  private final ClientAddress addresses;
  private final Limits limits;
  private final BodyBudget bodies;
  private final Duration bodyTime;

  Gatekeeper(
      Authenticator authenticator,
      ClientAddress addresses,
      Limits limits,
      BodyBudget bodies,
      ZoneConfig config) {
    this.limits = limits;
    this.bodies = bodies;
    this.bodyTime = config.duration("api.body-time");
    this.authenticator = authenticator;
    this.addresses = addresses;
  }

  /** Where the request comes from: the socket's peer, or what a trusted proxy says of its own. */
  InetAddress address(HttpServletRequest http) {
    InetAddress peer = InetAddress.ofLiteral(http.getRemoteAddr());
    return addresses.of(peer, name -> Collections.list(http.getHeaders(name)));
  }

  /**
   * Whose key the request carries. Who shares an address with somebody who guesses keys is stopped
   * with a key that was not used lately, and with no other.
   *
   * @throws ApiException 401 or 403 as {@link Authenticator#authenticate}
   * @throws dev.portcullis.gateway.limits.LimitReached 429 for an address that guesses keys
   */
  Principal authenticate(HttpServletRequest http, InetAddress address) {
    Guess guess = limits.guess(address);
    try {
      Principal principal =
          authenticator.authenticate(http.getHeader("Authorization"), address, guess::begin);
      guess.isKey();
      return principal;
    } catch (ApiException e) {
      if (e.error().status() == 401) {
        guess.isNone();
      } else {
        guess.isKey();
      }
      throw e;
    }
  }

  /**
   * Counts a request.
   *
   * @return its class
   * @throws dev.portcullis.gateway.limits.LimitReached 429
   */
  RouteClass admit(Principal principal, InetAddress address, Route route) {
    RouteClass kind = RouteClass.of(route.method().name(), route.path(), route.result().list());
    limits.admit(principal, ClientAddress.network(address), kind);
    return kind;
  }

  /**
   * Counts a payment by a page of our own, which has its key within this process.
   *
   * @throws dev.portcullis.gateway.limits.LimitReached 429
   */
  void admitPayment(Principal page, InetAddress address) {
    limits.admit(page, ClientAddress.network(address), RouteClass.PAYMENTS);
  }

  /**
   * Counts a request that is answered without a key.
   *
   * @throws dev.portcullis.gateway.limits.LimitReached 429
   */
  void admitStranger(Errand errand, InetAddress address) {
    limits.admitStranger(errand, address);
  }

  /**
   * Lets a request begin, as soon as there is a place for it.
   *
   * @throws dev.portcullis.gateway.limits.LimitReached 429 or 503
   */
  Limits.Ticket enter(Principal principal, RouteClass kind) {
    return limits.enter(principal, kind);
  }

  /** The memory that a request's body will take, to be given back when it ends. */
  BodyBudget.Share body(Principal principal, InetAddress address) {
    return bodies.share(principal, ClientAddress.network(address));
  }

  /** The same of somebody without a key. */
  BodyBudget.Share bodyOfStranger(InetAddress address) {
    return bodies.shareOfStranger(ClientAddress.network(address));
  }

  /** How long a body may take to come. */
  Duration bodyTime() {
    return bodyTime;
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
