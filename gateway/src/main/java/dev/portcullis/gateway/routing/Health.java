package dev.portcullis.gateway.routing;

import java.util.HashSet;
import java.util.Set;

/**
 * How provider accounts stand where the card was issued, as a value: the same for the same decision
 * whenever it is looked at.
 *
 * @param down the provider accounts that are out of the route, as not answering or not connected
 */
public record Health(Set<String> down) {

  /** All of them answer. */
  public static final Health WELL = new Health(Set.of());

  /** Takes a copy. */
  public Health {
    down = Set.copyOf(down);
  }

  /** The same with one more that is down. */
  Health with(String provider) {
    Set<String> more = new HashSet<>(down);
    more.add(provider);
    return new Health(more);
  }
}
