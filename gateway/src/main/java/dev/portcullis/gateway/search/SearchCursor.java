package dev.portcullis.gateway.search;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/** {@code page} and {@code next_page}: the id after which the next page begins, for one query. */
final class SearchCursor {

  private static final int MARK = 8;
  private static final Pattern ID = Pattern.compile("[a-z]{1,20}_[0-9A-Za-z_]{1,100}");

  private SearchCursor() {}

  static String write(String object, String query, String id) {
    byte[] mark = mark(object, query);
    byte[] position = id.getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(mark, MARK + position.length);
    System.arraycopy(position, 0, all, MARK, position.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  /**
   * The id in a token.
   *
   * @throws ApiException 400 that names {@code page}, if it is none of this query
   */
  static String read(String object, String query, String token) {
    try {
      byte[] all = Base64.getUrlDecoder().decode(token);
      if (all.length > MARK
          && MessageDigest.isEqual(Arrays.copyOf(all, MARK), mark(object, query))) {
        String id = new String(all, MARK, all.length - MARK, StandardCharsets.US_ASCII);
        if (ID.matcher(id).matches()) {
          return id;
        }
      }
    } catch (IllegalArgumentException _) {
      // Answered below, like any other token that is none.
    }
    throw new ApiException(
        ApiErrors.invalid(
            "page",
            "parameter_invalid",
            "Invalid page: it must be the next_page of a search with the same query."));
  }

  private static byte[] mark(String object, String query) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest((object + "\0" + query).getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(hash, MARK);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
