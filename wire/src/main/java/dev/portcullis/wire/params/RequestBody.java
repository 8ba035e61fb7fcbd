package dev.portcullis.wire.params;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request's body by its media type: one reading of {@code Content-Type} for every origin. */
public final class RequestBody {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JSON = "application/json";

  private RequestBody() {}

  /**
   * Decodes a body; an empty one has no parameters, whatever its type.
   *
   * @param contentType the header as it came, or null
   * @throws ApiException 415 unless the type is a form or JSON in UTF-8, or 400 that names the
   *     parameter
   */
  public static ParamTree decode(@Nullable String contentType, byte[] body) {
    if (body.length == 0) {
      return ParamTree.EMPTY;
    }
    return switch (mediaType(contentType)) {
      case FORM -> FormDecoder.decode(body);
      case JSON -> JsonParams.decode(body);
      default -> throw new ApiException(ApiErrors.unsupportedMediaType());
    };
  }

  /**
   * The type, or an empty text. A charset other than UTF-8, or two of them, would make two readers
   * see two bodies, so that the type is none that is understood. No other parameter has a meaning
   * for the two types (RFC 8259, 11; URL Standard, 5.2).
   */
  private static String mediaType(@Nullable String contentType) {
    if (contentType == null) {
      return "";
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    int charsets = 0;
    for (int at = 1; at < parts.length; at++) {
      String parameter = parts[at].strip();
      if (parameter.startsWith("charset")) {
        charsets++;
        if (!parameter.equals("charset=utf-8") && !parameter.equals("charset=\"utf-8\"")) {
          return "";
        }
      }
    }
    return charsets <= 1 ? parts[0].strip() : "";
  }
}
