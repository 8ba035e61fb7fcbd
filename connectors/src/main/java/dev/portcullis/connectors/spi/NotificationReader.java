package dev.portcullis.connectors.spi;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a provider may offer beside the {@link Connector}'s verbs: it tells by itself what became of
 * operations. Pure, like a connector.
 */
public interface NotificationReader {

  /**
   * Whether the provider sends forms; else JSON. The sender's own word for it is not signed, and
   * the vault has verified what the scheme says.
   */
  default boolean sendsForms() {
    return false;
  }

  /**
   * What a notification says; more than one thing where the provider sends them in batches. Never
   * throws for anything a provider can send.
   *
   * @param body the JSON of a notification whose signature the vault has verified, or, where the
   *     provider sends a form, its fields
   */
  List<Notification> read(Map<String, @Nullable Object> body);
}
