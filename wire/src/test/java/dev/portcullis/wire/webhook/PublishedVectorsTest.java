package dev.portcullis.wire.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.webhook.StandardSignature.Received;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is published of both schemes is judged as it is published: the file beside this test, and
 * where the system property {@code portcullis.vectors} or the variable {@code PORTCULLIS_VECTORS}
 * names a folder, its {@code webhook-vectors.json}.
 */
class PublishedVectorsTest {

  private static final Duration NO_LIMIT = Duration.ofDays(36_500);

  @Test
  void oursAreJudgedAsPublished() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(getClass().getResourceAsStream("published.json"))) {
      assertThat(judgeAll(file.readAllBytes())).isEqualTo(19);
    }
  }

  @Test
  void theFoldersAreJudgedAsPublished() throws IOException {
    String folder = System.getProperty("portcullis.vectors", System.getenv("PORTCULLIS_VECTORS"));
    Path file =
        Path.of(folder == null || folder.isEmpty() ? "/nowhere" : folder, "webhook-vectors.json");
    assumeTrue(Files.isRegularFile(file), "PORTCULLIS_VECTORS names no folder with vectors");
    assertThat(judgeAll(Files.readAllBytes(file))).isPositive();
  }

  /** The same keys sign what they verify. */
  @Test
  void thePublishedKeysMakeThePublishedSignatures() {
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    SigningKey key =
        SigningKey.parse(
                "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==")
            .orElseThrow();
    assertThat(
            StandardSignature.sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1_614_265_330),
                body,
                List.of(
                    SigningSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow()),
                List.of(key)))
        .isEqualTo(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
                + " v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==");
    assertThat(key.publicHalf().text())
        .isEqualTo("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
    assertThat(SigningKey.parse("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc="))
        .map(SigningKey::publicHalf)
        .contains(key.publicHalf());
  }

  /** How many there were. */
  private static int judgeAll(byte[] file) {
    List<?> vectors =
        (List<?>)
            Objects.requireNonNull(
                Json.readObject("{\"all\":" + new String(file, StandardCharsets.UTF_8) + "}")
                    .get("all"));
    int judged = 0;
    for (Object each : vectors) {
      Map<?, ?> vector = (Map<?, ?>) each;
      Optional<Verdict> verdict = verdict(vector);
      if (verdict.isPresent()) {
        judged++;
        assertThat(verdict.get().isGenuine()).as(vector.toString()).isEqualTo(vector.get("valid"));
      }
    }
    return judged;
  }

  private static Optional<Verdict> verdict(Map<?, ?> vector) {
    return switch (text(vector.get("scheme"))) {
      case "stripe" -> Optional.of(stripe(vector));
      case "standard-webhooks" -> Optional.of(standard(vector));
      default -> Optional.empty();
    };
  }

  private static Verdict stripe(Map<?, ?> vector) {
    Object tolerance = vector.get("tolerance");
    return StripeSignature.verify(
        present(vector.get("header")),
        body(vector),
        List.of(SigningSecret.ofText(text(vector.get("secret")).getBytes(StandardCharsets.UTF_8))),
        Instant.ofEpochSecond((Long) Objects.requireNonNull(vector.get("now"))),
        Long.valueOf(0).equals(tolerance)
            ? NO_LIMIT // in Stripe's libraries 0 stands for no limit
            : Duration.ofSeconds((Long) Objects.requireNonNull(tolerance)));
  }

  private static Verdict standard(Map<?, ?> vector) {
    String secret = text(vector.get("secret"));
    StandardKey key =
        secret.startsWith(VerificationKey.PREFIX)
            ? VerificationKey.parse(secret).orElseThrow()
            : SigningSecret.parse(secret).orElseThrow();
    return StandardSignature.verify(
        new Received(
            present(vector.get("id")),
            present(vector.get("timestamp")),
            present(vector.get("signature"))),
        body(vector),
        List.of(key),
        Instant.ofEpochSecond(1_614_265_330),
        Duration.ofMinutes(5));
  }

  private static List<String> present(@Nullable Object value) {
    String text = text(value);
    return Stream.of(text).filter(each -> !each.isEmpty()).toList();
  }

  private static byte[] body(Map<?, ?> vector) {
    return text(vector.get("payload")).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(@Nullable Object value) {
    return Objects.toString(value, "");
  }
}
