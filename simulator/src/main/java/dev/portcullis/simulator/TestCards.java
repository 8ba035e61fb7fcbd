package dev.portcullis.simulator;

import dev.portcullis.kit.Luhn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Which story each test card tells. */
final class TestCards {

  /** The range reserved for generated load: sixteen digits, the last a check digit. */
  private static final String GENERATED = "40000099[0-9]{8}";

  private static final Map<String, Story> STORIES = load();

  private TestCards() {}

  /** The story of that number; {@link Story#NOT_A_TEST_CARD} for any other. */
  static Story storyOf(String number) {
    Story story = STORIES.get(number);
    if (story != null) {
      return story;
    }
    return number.matches(GENERATED) && Luhn.isValid(number)
        ? Story.APPROVE
        : Story.NOT_A_TEST_CARD;
  }

  private static Map<String, Story> load() {
    try (InputStream in = TestCards.class.getResourceAsStream("test-cards.txt")) {
      if (in == null) {
        throw new IllegalStateException("the table of test cards is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .collect(
              Collectors.toUnmodifiableMap(
                  words -> words[0], words -> Story.valueOf(words[1].toUpperCase(Locale.ROOT))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
