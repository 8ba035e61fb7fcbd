package dev.portcullis.cli.webhooks;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an account's hosted pages look, as the API shows it, in the key's mode. */
public final class PageBranding {

  private static final String PATH = "/v1/page_branding";

  private final Api api;

  public PageBranding(Api api) {
    this.api = api;
  }

  /** What was said of it. */
  public Map<String, @Nullable Object> get() {
    return Endpoints.done(() -> api.get(PATH, Map.of()));
  }

  /**
   * Changes what is given.
   *
   * @param members by the API's names; an empty text takes back what was said
   */
  public Map<String, @Nullable Object> set(Map<String, String> members) {
    return Endpoints.done(() -> api.post(PATH, members));
  }
}
