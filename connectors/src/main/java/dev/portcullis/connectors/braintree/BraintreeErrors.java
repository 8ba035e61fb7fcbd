package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the errors of a GraphQL answer, which comes with 200 all the same. */
final class BraintreeErrors {

  private static final int MOST_ERRORS = 20;

  private BraintreeErrors() {}

  static boolean isThere(JsonTree body) {
    return body.at("errors").each().findAny().isPresent();
  }

  /** What they say of the request: {@link Unknown} where they prove nothing. */
  static ProviderResult read(ProviderOperation operation, JsonTree body) {
    List<JsonTree> errors = body.at("errors").each().limit(MOST_ERRORS).toList();
    JsonTree first = errors.getFirst();
    String type = first.at("extensions", "errorClass").text();
    String code = first.at("extensions", "legacyCode").text();
    ProviderWords said = new ProviderWords(code == null ? type : code, first.at("message").text());
    if (operation instanceof ProviderOperation.Lookup) {
      return new Unknown("Braintree answered a look-up with an error: " + said.line());
    }
    return switch (type) {
      case "AUTHENTICATION", "AUTHORIZATION" ->
          rejected(Rejected.Kind.CREDENTIAL, "its key is refused", said);
      case "NOT_FOUND" ->
          rejected(Rejected.Kind.UNKNOWN_REFERENCE, "it does not know the transaction", said);
      case "NOT_IMPLEMENTED", "UNSUPPORTED_CLIENT" ->
          rejected(Rejected.Kind.UNSUPPORTED, "it does not do this", said);
      case "VALIDATION" -> validation(operation, errors, said);
      // INTERNAL, SERVICE_AVAILABILITY and RESOURCE_LIMIT among them.
      case null, default -> new Unknown("Braintree answered with an error: " + said.line());
    };
  }

  private static ProviderResult rejected(Rejected.Kind kind, String why, ProviderWords said) {
    return new Rejected(kind, "Braintree refused the request: " + why, said);
  }

  private static ProviderResult validation(
      ProviderOperation operation, List<JsonTree> errors, ProviderWords said) {
    List<String> codes =
        errors.stream()
            .map(error -> error.at("extensions", "legacyCode").text())
            .filter(Objects::nonNull)
            .toList();
    if (codes.stream().anyMatch(BraintreeCodes.USED::contains)) {
      return new Unknown("Braintree has seen this token before: " + said.line());
    }
    Optional<DeclineCode> fault =
        codes.stream().map(BraintreeCodes.CARD_FAULTS::get).filter(Objects::nonNull).findFirst();
    if (operation instanceof ProviderOperation.Authorize && fault.isPresent()) {
      return new Declined(fault.get(), null, Details.said(said));
    }
    @Nullable String code = codes.isEmpty() ? null : codes.getFirst();
    return rejected(
        code == null ? Rejected.Kind.MALFORMED : BraintreeCodes.kind(code),
        "validation failed",
        said);
  }
}
