package dev.portcullis.connectors.sandbox;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkAdvice;
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
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import dev.portcullis.kit.Money;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the simulator's answers. Whatever is not exactly as the protocol says is Unknown: an answer
 * that is half right may come from something that charged.
 */
final class SandboxAnswers {

  private SandboxAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    int status = answer.status();
    if (status == 200) {
      return answer.body() == null
          ? new Unknown("the provider answered 200 without a JSON object")
          : verdict(operation, body);
    }
    JsonTree code = body.at("error", "code");
    if (operation instanceof ProviderOperation.Lookup && status == 404 && code.is("not_found")) {
      return new NotFound();
    }
    return Refusals.of(operation, status, new ProviderWords(code.text(), null));
  }

  private static ProviderResult verdict(ProviderOperation operation, JsonTree body) {
    if (!body.at("reference").is(operation.id())) {
      return new Unknown("the provider's answer is about another operation");
    }
    @Nullable String id = body.at("id").id();
    @Nullable String status = body.at("status").text();
    if (id == null || status == null) {
      return new Unknown("the provider's answer has no id or no status");
    }
    return switch (status) {
      case "approved" ->
          isItsMoney(operation, body)
              ? new Approved(id, details(body))
              : new Unknown("the provider approved another amount");
      case "declined" -> new Declined(declineCode(body), id, details(body).advised(advice(body)));
      case "requires_action" -> action(operation, id, body.at("redirect_url").url());
      case "pending" -> new Pending(id);
      default -> new Pending(id, "the provider's answer has a status that is not in the protocol");
    };
  }

  private static ProviderResult action(
      ProviderOperation operation, String id, @Nullable String redirectUrl) {
    if (operation.kind() != OperationKind.AUTHORIZE) {
      return new Unknown("the provider asks for an action where there is none");
    }
    return redirectUrl != null
        ? new RequiresAction(id, redirectUrl)
        : new Unknown("the provider asks for an action and does not say where");
  }

  /** An approval counts only for the amount that was asked for; a void is of all there is. */
  private static boolean isItsMoney(ProviderOperation operation, JsonTree body) {
    Money asked = operation.amount();
    return asked == null
        || operation.kind() == OperationKind.CANCEL
        || SandboxConnector.MANIFEST
            .amounts()
            .isExactly(asked, body.at("amount"), body.at("currency"));
  }

  /** A refusal whose reason is new to us is still a refusal. */
  private static DeclineCode declineCode(JsonTree body) {
    return Optional.ofNullable(body.at("decline_code").text())
        .flatMap(DeclineCode::find)
        .orElse(DeclineCode.GENERIC_DECLINE);
  }

  private static NetworkAdvice advice(JsonTree body) {
    return NetworkAdvice.of(
        body.at("advice_code").text(),
        body.at("network_advice_code").text(),
        body.at("network_decline_code").text());
  }

  private static Details details(JsonTree body) {
    JsonTree checks = body.at("checks");
    return new Details(
        new Checks(
            check(checks.at("cvc")),
            check(checks.at("address_line1")),
            check(checks.at("postal_code"))),
        body.at("network_transaction_id").text(),
        body.at("authorization_code").text(),
        threeDSecure(body.at("three_d_secure")),
        body.at("failure_reason").text(),
        body.at("funds_available").isTrue(),
        new ProviderWords(body.at("decline_code").text(), null));
  }

  private static @Nullable ThreeDSecure threeDSecure(JsonTree given) {
    String version = given.at("version").text();
    String result = given.at("result").text();
    return version != null && result != null ? new ThreeDSecure(version, result) : null;
  }

  private static @Nullable Check check(JsonTree word) {
    for (Check check : Check.values()) {
      if (word.is(check.wire())) {
        return check;
      }
    }
    return null;
  }
}
