package dev.portcullis.gateway.search;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a row can be found by, each as a number of 64 bits: a hash of account, mode, field and value
 * in lower case. So the index is small, and one account's rows are apart from another's; what is
 * written is hashed once more under a key ({@link dev.portcullis.gateway.sealing.BlindIndex}), so
 * that nobody's data can be guessed from it. Two values with one hash do no harm where the object
 * itself can be compared with what was asked; a sealed value is what its hash says, of which two
 * are alike once in some 10^19.
 *
 * <p>They stand in a column of their own and say nothing that changes while a payment goes on, so
 * that the updates of a payment touch no index.
 */
public final class SearchTerms {

  private static final int GRAM = 3;

  private final String scope;
  private final Set<Long> terms = new TreeSet<>();

  /** Made for the first term: most payments have none. */
  private @Nullable MessageDigest digest;

  private SearchTerms(String account, boolean livemode) {
    this.scope = account + (livemode ? "\0l\0" : "\0t\0");
  }

  /** None yet, of a row of that account and mode. */
  public static SearchTerms in(String account, boolean livemode) {
    return new SearchTerms(account, livemode);
  }

  /** The field has that value, if it is a text. */
  public SearchTerms value(String field, @Nullable Object value) {
    if (value instanceof String text) {
      add("=" + field, text);
    }
    return this;
  }

  /** The field has that value, if it is a text, and is found by parts of it too. */
  private SearchTerms text(String field, @Nullable Object value) {
    value(field, value);
    if (value instanceof String text) {
      parts(field, text);
    }
    return this;
  }

  /** The sealed field has that value, if it is a text; that it has one is found too. */
  public SearchTerms personal(String field, @Nullable Object value) {
    if (value instanceof String) {
      present(field);
    }
    return value(field, value);
  }

  /** The same for a text that is found by parts of it too. */
  public SearchTerms personalText(String field, @Nullable Object value) {
    if (value instanceof String) {
      present(field);
    }
    return text(field, value);
  }

  SearchTerms present(String field) {
    add("+" + field, "");
    return this;
  }

  /** Each part of three characters. */
  SearchTerms parts(String field, String text) {
    int[] characters = lower(text).codePoints().toArray();
    for (int start = 0; start + GRAM <= characters.length; start++) {
      add("~" + field, new String(characters, start, GRAM));
    }
    return this;
  }

  /** The metadata has these entries. */
  public SearchTerms metadata(@Nullable Object metadata) {
    if (metadata instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            metadataKey((String) key);
            metadataEntry((String) key, String.valueOf(value));
          });
    }
    return this;
  }

  SearchTerms metadataKey(String key) {
    add("?", key + "\0");
    return this;
  }

  SearchTerms metadataEntry(String key, String value) {
    // The key's case counts, the value's does not; the length parts the one from the other.
    add("!" + key.length() + "\0" + key, value);
    return this;
  }

  private void add(String field, String value) {
    String text = scope + field + "\0" + (field.equals("?") ? value : lower(value));
    byte[] hash = digest().digest(text.getBytes(StandardCharsets.UTF_8));
    terms.add(ByteBuffer.wrap(hash).getLong());
  }

  private MessageDigest digest() {
    if (digest == null) {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JDK has no SHA-256", e);
      }
    }
    return digest;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  void addAll(SearchTerms more) {
    terms.addAll(more.terms);
  }

  boolean isEmpty() {
    return terms.isEmpty();
  }

  /** The value of the column: an array as PostgreSQL reads it, or null for no terms. */
  public @Nullable String column() {
    return terms.isEmpty()
        ? null
        : terms.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
