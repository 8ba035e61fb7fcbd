package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.BodyBudget;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.Limits;
import dev.portcullis.gateway.limits.RouteClass;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Bodies that come without a key: who sends them is limited, and so is what they take. */
@Component
public final class Strangers {

  /** Beside the body there are what it is decoded into and what is sent on of it. */
  private static final int COPIES = 3;

  private final Gatekeeper gatekeeper;

  Strangers(Gatekeeper gatekeeper) {
    this.gatekeeper = gatekeeper;
  }

  /**
   * Counts a request.
   *
   * @return where it comes from
   * @throws dev.portcullis.gateway.limits.LimitReached 429
   */
  public InetAddress admit(HttpServletRequest http, Errand errand) {
    InetAddress address = gatekeeper.address(http);
    gatekeeper.admitStranger(errand, address);
    return address;
  }

  /**
   * Does what moves money for a shopper at a page of our own, under the limits of any page's key.
   *
   * @throws dev.portcullis.gateway.limits.LimitReached 429 or 503
   */
  public <T> T paying(Principal page, InetAddress address, Supplier<T> work) {
    gatekeeper.admitPayment(page, address);
    try (Limits.Ticket ticket = gatekeeper.enter(page, RouteClass.PAYMENTS)) {
      Objects.requireNonNull(ticket);
      return work.get();
    }
  }

  /** Who sent it, as far as HTTP tells. */
  public Sender sender(HttpServletRequest http) {
    return Sender.of(gatekeeper.address(http).getHostAddress(), http);
  }

  /**
   * Does something with the body, which counts as memory that is taken until that is done.
   *
   * @param most how many bytes it has at most
   * @throws dev.portcullis.wire.error.ApiException 400 if it ends early, 408 if it does not come in
   *     time, 413 if it is too large
   * @throws dev.portcullis.gateway.limits.LimitReached 429 or 503 if there is no room
   * @throws IOException if the connection is lost
   */
  public <T> T withBody(
      HttpServletRequest http, InetAddress address, int most, Function<byte[], T> work)
      throws IOException {
    try (BodyBudget.Share memory = gatekeeper.bodyOfStranger(address)) {
      byte[] body =
          Parameters.readBody(http, new Parameters.Room(gatekeeper.bodyTime(), most, memory));
      memory.take(COPIES * body.length);
      return work.apply(body);
    }
  }
}
