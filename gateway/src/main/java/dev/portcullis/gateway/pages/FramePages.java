package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.provider.VaultLink.Said;
import dev.portcullis.wire.config.ZoneConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The frames that cards are typed into, as the vault says over the link between the zones that it
 * serves them: what lies in front of its public address has no part in that.
 */
@Component
final class FramePages implements OwnPage.Source {

  private static final Logger LOG = Logger.getLogger(FramePages.class.getName());
  private static final String ASK = "/internal/v1/card_fields";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String PURPOSE =
      "Formats and checks what is typed of the card, and hands it to the vault.";

  private final VaultLink vault;
  private final URI cards;

  FramePages(VaultLink vault, ZoneConfig config) {
    this.vault = vault;
    this.cards = URI.create(config.string("cards-url"));
  }

  @Override
  public List<OwnPage> pages() {
    return switch (vault.call(ASK, Map.of(), PATIENCE)) {
      case Said.Answer answer when answer.status() == 200 -> pages(answer.body());
      case Said.Answer answer -> none(answer.errorCode());
      case Said.NotSent(String reason) -> none(reason);
      case Said.NoAnswer(String reason) -> none(reason);
    };
  }

  private static List<OwnPage> none(String reason) {
    LOG.log(Level.INFO, "the vault does not say what its frames are: {0}", reason);
    return List.of();
  }

  private List<OwnPage> pages(Map<String, @Nullable Object> body) {
    Map<String, String> hashes = texts(body.get("files"));
    Map<String, String> purposes = new HashMap<>();
    hashes.keySet().stream()
        .filter(path -> path.endsWith(".js"))
        .forEach(path -> purposes.put(path, PURPOSE));
    List<OwnPage> pages = new ArrayList<>();
    if (body.get("pages") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> page
            && page.get("path") instanceof String path
            && page.get("html") instanceof String html) {
          pages.add(
              new OwnPage(
                  "frame_" + path.substring(path.lastIndexOf('/') + 1),
                  cards.resolve(path),
                  texts(page.get("headers")),
                  html.getBytes(StandardCharsets.UTF_8),
                  hashes,
                  purposes));
        }
      }
    }
    return pages;
  }

  private static Map<String, String> texts(@Nullable Object json) {
    Map<String, String> texts = new HashMap<>();
    if (json instanceof Map<?, ?> map) {
      map.forEach((name, value) -> texts.put(String.valueOf(name), String.valueOf(value)));
    }
    return texts;
  }
}
