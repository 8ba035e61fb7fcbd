package dev.portcullis.connectors.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a provider may offer beside the {@link Connector}'s verbs: a list of the disputes at it that
 * are new or have changed, to be read again and again from where one left off. Pure, like a
 * connector.
 */
public interface DisputeFeed {

  /** Where a feed begins. */
  String BEGINNING = "0";

  /**
   * What to send through the vault for the page after that place.
   *
   * @param cursor {@link #BEGINNING}, or what the page before gave; letters, digits, {@code _} and
   *     {@code -}
   */
  ForwardRequest disputesAfter(String cursor);

  /**
   * The page that the provider answered with, or empty if the answer is no page: then it is asked
   * for again later, and nothing is skipped. Never throws for anything a provider can send.
   *
   * @param cursor the place that was asked for
   */
  Optional<Page> read(String cursor, ForwardAnswer answer);

  /**
   * One element of {@link Page#unread()}, which a later version may understand; empty if it still
   * is not understood. Never throws for anything a provider can send.
   */
  Optional<DisputeNotice> readAgain(@Nullable Object unread);

  /**
   * A part of the feed.
   *
   * @param notices disputes in the order in which they changed, each as it stands
   * @param unread what stands among them and is not understood, as it came: one such dispute must
   *     not hold the others up
   * @param cursor where the next page begins
   * @param more whether the provider has more right now
   */
  record Page(
      List<DisputeNotice> notices, List<@Nullable Object> unread, String cursor, boolean more) {
    /** Takes copies. */
    public Page {
      notices = List.copyOf(notices);
      unread = Collections.unmodifiableList(new ArrayList<>(unread));
    }
  }
}
