package dev.portcullis.wire.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a person reads about an error's code; nowhere, unless the installation says where. */
public final class ErrorPages {

  private static volatile @Nullable String base;

  private ErrorPages() {}

  /**
   * Says where the page docs/errors.md is published, for the whole process.
   *
   * @param url its address, or null where it is not published
   */
  public static void publishedAt(@Nullable String url) {
    base = url;
  }

  static Optional<String> of(@Nullable String code) {
    String page = base;
    return page == null || code == null ? Optional.empty() : Optional.of(page + "#" + code);
  }
}
