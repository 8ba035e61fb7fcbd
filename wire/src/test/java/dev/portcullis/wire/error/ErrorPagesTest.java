package dev.portcullis.wire.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ErrorPagesTest {

  /** However a code is written down: where an error is made, or as a constant's text. */
  private static final List<Pattern> CODES =
      List.of(
          Pattern.compile("withCode\\(\\s*\"([a-z_]+)\""),
          Pattern.compile("ApiErrors\\.invalid\\([^;]{0,160}?,\\s*\"([a-z_]+)\","),
          Pattern.compile("ApiErrors\\.card\\(\\s*\"([a-z_]+)\""),
          Pattern.compile("\"(amount_too_[a-z]+)\""),
          Pattern.compile("\"([a-z_]+_authentication_failure)\""),
          Pattern.compile("[A-Z_]\\(\"([a-z_]+)\", \"[A-Z][^\"]*\\.\"\\)"),
          Pattern.compile("\"(parameters?_[a-z_]+)\""),
          Pattern.compile("\"([a-z_]+_unexpected_state)\""));

  @Test
  void thePageTellsOfEveryCode() throws IOException {
    SortedSet<String> used = new TreeSet<>();
    for (String module : List.of("wire", "vault", "gateway", "connectors")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          collect(Files.readString(file), used);
        }
      }
    }
    assertThat(used).hasSizeGreaterThan(45).contains("card_declined", "resource_missing");
    assertThat(anchors()).containsAll(used);
  }

  private static void collect(String source, SortedSet<String> used) {
    for (Pattern pattern : CODES) {
      Matcher matcher = pattern.matcher(source);
      while (matcher.find()) {
        used.add(matcher.group(1));
      }
    }
  }

  private static SortedSet<String> anchors() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "errors.md")).stream()
        .filter(line -> line.startsWith("## "))
        .map(line -> line.substring(3))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void anErrorLeadsToItsCodeOnlyWhereThePageIsPublished() {
    ApiError error = ApiErrors.missing("amount");
    assertThat(page(error)).isNull();
    try {
      ErrorPages.publishedAt("https://docs.example/errors");
      assertThat(page(error)).isEqualTo("https://docs.example/errors#parameter_missing");
      assertThat(page(ApiErrors.internal())).as("an error without a code").isNull();
    } finally {
      ErrorPages.publishedAt(null);
    }
  }

  private static @Nullable Object page(ApiError error) {
    return error.body().get("error") instanceof Map<?, ?> member ? member.get("doc_url") : "none";
  }
}
