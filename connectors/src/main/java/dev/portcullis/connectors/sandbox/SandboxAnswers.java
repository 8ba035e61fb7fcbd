package dev.portcullis.connectors.sandbox;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.kit.Money;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the simulator's answers. Whatever is not exactly as the protocol says is Unknown: an answer
 * that is half right may come from something that charged.
 */
final class SandboxAnswers {

  /**
   * Refusals of the request that do not prove that nothing happened: a time-out while it was being
   * read, a conflict with an earlier request of the same key, a plea to come later.
   */
  private static final Set<Integer> INDEFINITE_REFUSALS = Set.of(408, 409, 425, 429);

  private SandboxAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    int status = answer.status();
    if (status == 200) {
      return answer.body() == null
          ? new Unknown("the provider answered 200 without a JSON object")
          : verdict(operation, answer.body());
    }
    if (operation instanceof ProviderOperation.Lookup) {
      return status == 404 && "not_found".equals(errorCode(answer))
          ? new NotFound()
          : new Unknown("the provider answered a lookup with " + status);
    }
    if (status >= 400 && status < 500 && !INDEFINITE_REFUSALS.contains(status)) {
      return new Rejected("the provider refused the request with " + status + because(answer));
    }
    return new Unknown("the provider answered with " + status);
  }

  private static ProviderResult verdict(
      ProviderOperation operation, Map<String, @Nullable Object> body) {
    if (!operation.id().equals(text(body, "reference"))) {
      return new Unknown("the provider's answer is about another operation");
    }
    @Nullable String id = text(body, "id");
    @Nullable String status = text(body, "status");
    if (id == null || status == null) {
      return new Unknown("the provider's answer has no id or no status");
    }
    return switch (status) {
      case "approved" ->
          sameMoney(operation, body)
              ? new Approved(id, details(body))
              : new Unknown("the provider approved another amount");
      case "declined" -> new Declined(declineCode(body), id, details(body));
      case "requires_action" -> action(operation, id, text(body, "redirect_url"));
      case "pending" -> new Pending(id);
      default -> new Unknown("the provider's answer has a status that is not in the protocol");
    };
  }

  private static ProviderResult action(
      ProviderOperation operation, String id, @Nullable String redirectUrl) {
    if (kind(operation) != OperationKind.AUTHORIZE) {
      return new Unknown("the provider asks for an action where there is none");
    }
    return redirectUrl != null && isWebAddress(redirectUrl)
        ? new RequiresAction(id, redirectUrl)
        : new Unknown("the provider asks for an action and does not say where");
  }

  private static OperationKind kind(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize -> OperationKind.AUTHORIZE;
      case ProviderOperation.Capture capture -> OperationKind.CAPTURE;
      case ProviderOperation.Cancel cancel -> OperationKind.CANCEL;
      case ProviderOperation.Refund refund -> OperationKind.REFUND;
      case ProviderOperation.SubmitEvidence evidence -> OperationKind.SUBMIT_EVIDENCE;
      case ProviderOperation.AcceptDispute accept -> OperationKind.ACCEPT_DISPUTE;
      case ProviderOperation.Lookup lookup -> lookup.kind();
    };
  }

  /** An approval counts only for the amount that was asked for. */
  private static boolean sameMoney(
      ProviderOperation operation, Map<String, @Nullable Object> body) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize -> isAmount(authorize.amount(), body);
      case ProviderOperation.Capture capture -> isAmount(capture.amount(), body);
      case ProviderOperation.Refund refund -> isAmount(refund.amount(), body);
      case ProviderOperation.Cancel cancel -> true;
      case ProviderOperation.SubmitEvidence evidence -> true;
      case ProviderOperation.AcceptDispute accept -> true;
      case ProviderOperation.Lookup lookup ->
          lookup.amount() == null || isAmount(lookup.amount(), body);
    };
  }

  private static boolean isAmount(Money expected, Map<String, @Nullable Object> body) {
    return body.get("amount") instanceof Long amount
        && amount == expected.minorUnits()
        && expected.currency().code().equals(text(body, "currency"));
  }

  /** A refusal whose reason is new to us is still a refusal. */
  private static DeclineCode declineCode(Map<String, @Nullable Object> body) {
    return Optional.ofNullable(text(body, "decline_code"))
        .flatMap(DeclineCode::find)
        .orElse(DeclineCode.GENERIC_DECLINE);
  }

  private static Details details(Map<String, @Nullable Object> body) {
    Checks checks =
        body.get("checks") instanceof Map<?, ?> given
            ? new Checks(
                check(given.get("cvc")),
                check(given.get("address_line1")),
                check(given.get("postal_code")))
            : Checks.NONE;
    return new Details(
        checks,
        text(body, "network_transaction_id"),
        text(body, "authorization_code"),
        threeDSecure(body.get("three_d_secure")),
        text(body, "failure_reason"),
        Boolean.TRUE.equals(body.get("funds_available")));
  }

  private static @Nullable ThreeDSecure threeDSecure(@Nullable Object given) {
    return given instanceof Map<?, ?> map
            && map.get("version") instanceof String version
            && map.get("result") instanceof String result
        ? new ThreeDSecure(version, result)
        : null;
  }

  private static @Nullable Check check(@Nullable Object word) {
    for (Check check : Check.values()) {
      if (check.wire().equals(word)) {
        return check;
      }
    }
    return null;
  }

  private static String because(ForwardAnswer answer) {
    String code = errorCode(answer);
    // Only a plain code is passed on: an operator's log is no place for a provider's free text.
    return code != null && code.matches("[a-z_]{1,64}") ? ": " + code : "";
  }

  private static @Nullable String errorCode(ForwardAnswer answer) {
    return answer.body() != null
            && answer.body().get("error") instanceof Map<?, ?> error
            && error.get("code") instanceof String code
        ? code
        : null;
  }

  private static @Nullable String text(Map<String, @Nullable Object> body, String name) {
    return body.get(name) instanceof String text && !text.isBlank() ? text : null;
  }

  private static boolean isWebAddress(String address) {
    try {
      URI uri = URI.create(address);
      return uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }
}
