package dev.portcullis.connectors.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a provider may offer beside the {@link Connector}'s verbs: a list of the operations that it
 * was asked for since a time. A gateway that was restored from a backup has forgotten some of them.
 * Pure, like a connector.
 */
public interface OperationFeed {

  /** Where a list begins. */
  String BEGINNING = "0";

  /**
   * What to send through the vault for the page after that place.
   *
   * @param since operations that the provider took before then need not be in it
   * @param cursor {@link #BEGINNING}, or what the page before gave; letters, digits, {@code _} and
   *     {@code -}
   */
  ForwardRequest operationsSince(Instant since, String cursor);

  /**
   * The page that the provider answered with, or empty if the answer is not understood: nothing may
   * be concluded from it. Never throws for anything a provider can send.
   */
  Optional<Page> readOperations(ForwardAnswer answer);

  /**
   * A part of the list.
   *
   * @param operations in the order in which the provider took them
   * @param cursor where the next page begins
   * @param more whether there are more
   */
  record Page(List<ProviderRecord> operations, String cursor, boolean more) {
    /** Takes a copy. */
    public Page {
      operations = List.copyOf(operations);
    }
  }
}
