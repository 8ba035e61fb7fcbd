package dev.portcullis.gateway.limits;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.LimitReached.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * How many bytes of requests' bodies are in memory at once. Who sends large bodies and withholds
 * their last byte would otherwise fill the heap, since bodies are read before a request has a
 * place.
 *
 * <p>A holder has a quarter of all at most: the account of a secret key, or one address with a
 * publishable key. Everybody has publishable keys, so that all pages, and all who have no key,
 * together have half.
 */
public final class BodyBudget {

  private final long most;
  private final Counter refusedToAll;
  private final Counter refusedToOne;
  private final Map<String, Long> holders = new HashMap<>();
  private long taken;
  private long takenByPages;

  /**
   * @param most bytes at once, a part of the heap
   */
  public BodyBudget(long most, MeterRegistry meters) {
    this.most = most;
    this.refusedToAll = refusals(meters, "bodies");
    this.refusedToOne = refusals(meters, "holder-bodies");
    Gauge.builder("portcullis.limits.bodies", this, BodyBudget::taken)
        .description("Bytes of requests' bodies in memory")
        .baseUnit("bytes")
        .register(meters);
  }

  private static Counter refusals(MeterRegistry meters, String limit) {
    return Counter.builder("portcullis.limits.refused")
        .description("Requests that a limit refused")
        .tag("limit", limit)
        .tag("class", "any")
        .register(meters);
  }

  /**
   * What one request will take; nothing yet.
   *
   * @param network the address that it comes from
   */
  public Share share(Principal principal, String network) {
    boolean page = principal.isPublishable();
    return new Share(page ? principal.account() + " " + network : principal.account(), page);
  }

  /**
   * The same of somebody without a key: one address, and a page's at most.
   *
   * @param network the address that it comes from
   */
  public Share shareOfStranger(String network) {
    return new Share("stranger " + network, true);
  }

  /** Bytes that are taken now. */
  public synchronized long taken() {
    return taken;
  }

  /** For how many there is an account: of those that hold something, and of no others. */
  synchronized int holders() {
    return holders.size();
  }

  private synchronized void take(Share share, int bytes) {
    long own = holders.getOrDefault(share.holder, 0L) + bytes;
    if (own > most / 4) {
      refusedToOne.increment();
      throw LimitReached.tooMany(Reason.GLOBAL_CONCURRENCY, 1);
    }
    if (taken + bytes > most || (share.page && takenByPages + bytes > most / 2)) {
      refusedToAll.increment();
      throw LimitReached.tooBusy();
    }
    holders.put(share.holder, own);
    add(share, bytes);
  }

  private synchronized void giveBack(Share share) {
    holders.computeIfPresent(
        share.holder, (_, held) -> held > share.bytes ? Long.valueOf(held - share.bytes) : null);
    add(share, -share.bytes);
  }

  private void add(Share share, int bytes) {
    taken += bytes;
    takenByPages += share.page ? bytes : 0;
    share.bytes += bytes;
  }

  /** What one request has taken, to be given back when it ends, however it ends. */
  public final class Share implements AutoCloseable {

    private final String holder;
    private final boolean page;
    private int bytes;

    private Share(String holder, boolean page) {
      this.holder = holder;
      this.page = page;
    }

    /**
     * Takes so many more bytes, before there is room made for them.
     *
     * @throws LimitReached 429 if its holder has enough, 503 if all have
     */
    public void take(int more) {
      BodyBudget.this.take(this, more);
    }

    @Override
    public void close() {
      giveBack(this);
    }
  }
}
