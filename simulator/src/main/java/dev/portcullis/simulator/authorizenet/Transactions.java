package dev.portcullis.simulator.authorizenet;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.AuthorizationRequest;
import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Story;
import dev.portcullis.simulator.Tree;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code createTransactionRequest}. */
final class Transactions {
  private static final Set<String> CURRENCIES =
      Set.of("aud", "cad", "chf", "dkk", "eur", "gbp", "nok", "nzd", "pln", "sek", "usd");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,4})?");

  /** {@code 2034-12}, {@code 12/34}, {@code 1234}, {@code 12/2034}, {@code 122034}. */
  private static final Pattern EXPIRY =
      Pattern.compile("([0-9]{4})-([0-9]{2})|([0-9]{2})/?([0-9]{2}|[0-9]{4})");

  /** Seconds; what a request without a window of its own gets. */
  private static final long USUAL_WINDOW = 120;

  private static final long LONGEST_WINDOW = 28_800;
  private static final int MOST_COMPARED = 1_000;

  private final Desk desk;
  private final View view;

  Transactions(Desk desk) {
    this.desk = desk;
    this.view = new View(desk);
  }

  /**
   * What makes one request another.
   *
   * @param refId the merchant's name for it, or null
   * @param key a text that was never there: it has no idempotency key
   */
  record Asked(@Nullable String refId, String key) {
    private String name() {
      return refId == null ? "" : refId;
    }
  }

  Map<String, @Nullable Object> create(Tree wanted, Asked asked) {
    Order.require(wanted);
    Map<String, @Nullable Object> response =
        switch (wanted.at("transactionType").orEmpty()) {
          case "authCaptureTransaction" -> pay(wanted, asked, true);
          case "authOnlyTransaction" -> pay(wanted, asked, false);
          case "priorAuthCaptureTransaction" -> capture(wanted, asked);
          case "voidTransaction" -> cancel(wanted, asked);
          case "refundTransaction" -> refund(wanted, asked);
          default ->
              throw new Refused(200, "E00013", "The field transactionType is invalid.", null);
        };
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("transactionResponse", response);
    return body;
  }

  private Map<String, @Nullable Object> pay(Tree wanted, Asked asked, boolean capture) {
    String currency =
        wanted.at("currencyCode").isAbsent()
            ? "usd"
            : wanted.at("currencyCode").orEmpty().toLowerCase(Locale.ROOT);
    if (!CURRENCIES.contains(currency)) {
      return failed(Reason.CURRENCY);
    }
    Long amount = amount(wanted, currency);
    if (amount == null || (capture && amount == 0)) {
      return failed(Reason.AMOUNT);
    }
    Tree given = wanted.at("payment", "creditCard");
    String[] expiry = expiry(given.at("expirationDate").orEmpty());
    String number = given.at("cardNumber").orEmpty();
    if (!number.matches("[0-9]{13,19}")) {
      return failed(Reason.NUMBER);
    }
    CardData card = new CardData(number, expiry[0], expiry[1], given.at("cardCode").text());
    Reason flaw = flaw(card);
    if (flaw != null) {
      return failed(flaw);
    }
    Operation.Terms terms =
        new Operation.Terms(amount, currency, capture, stores(wanted), card.last4(), card.story());
    Operation.Notes notes = notes(wanted, card, asked);
    return isRepeated(wanted, terms, notes)
        ? failed(Reason.DUPLICATE)
        : paid(authorize(wanted, asked, terms, card, notes));
  }

  private Authorization authorize(
      Tree wanted, Asked asked, Operation.Terms terms, CardData card, Operation.Notes notes) {
    boolean subsequent = wanted.at("processingOptions", "isSubsequentAuth").isTrue();
    boolean authenticated =
        !wanted.at("cardholderAuthentication", "cardholderAuthenticationValue").isAbsent();
    return desk.books()
        .authorize(
            new AuthorizationRequest(
                asked.key(),
                terms,
                card,
                false,
                subsequent
                    ? wanted.at("subsequentAuthInformation", "originalNetworkTransId").text()
                    : null,
                "https://www.authorize.net/",
                new AuthorizationRequest.Way(false, true, notes, authenticated)));
  }

  private static boolean stores(Tree wanted) {
    Tree options = wanted.at("processingOptions");
    return options.at("isFirstSubsequentAuth").isTrue()
        || options.at("isFirstRecurringPayment").isTrue();
  }

  private static Operation.Notes notes(Tree wanted, CardData card, Asked asked) {
    return new Operation.Notes(
        wanted.at("order", "invoiceNumber").text(),
        Map.of(
            "ref_id",
            asked.name(),
            "brand",
            card.brand(),
            "expiry",
            card.expiry(),
            "address",
            wanted.at("billTo").isAbsent() ? "" : "given"));
  }

  private static @Nullable Long amount(Tree wanted, String currency) {
    String text = wanted.at("amount").scalar();
    if (!AMOUNT.matcher(text).matches()) {
      return null;
    }
    BigDecimal units = new BigDecimal(text).movePointRight(Currency.of(currency).exponent());
    return units.stripTrailingZeros().scale() > 0 ? null : units.longValueExact();
  }

  private static String[] expiry(String text) {
    Matcher matcher = EXPIRY.matcher(text);
    if (!matcher.matches()) {
      return new String[] {"", ""};
    }
    if (matcher.group(1) != null) {
      return new String[] {matcher.group(2), matcher.group(1)};
    }
    String year = matcher.group(4);
    return new String[] {matcher.group(3), year.length() == 2 ? "20" + year : year};
  }

  private @Nullable Reason flaw(CardData card) {
    if (card.story() == Story.NOT_A_TEST_CARD) {
      return Reason.NUMBER;
    }
    String flaw = card.flaw(YearMonth.from(desk.clock().instant().atZone(ZoneOffset.UTC)));
    return switch (flaw) {
      case null -> null;
      case "invalid_expiry_month", "invalid_expiry_year" -> Reason.EXPIRY;
      case "invalid_cvc" -> Reason.CARD_CODE;
      case "expired_card" -> Reason.of(flaw);
      default -> Reason.NUMBER;
    };
  }

  /** Whether it came within the window before: card, amount, invoice and type are the same. */
  private boolean isRepeated(Tree wanted, Operation.Terms terms, Operation.Notes notes) {
    return before(wanted, notes.alias()).stream()
        .anyMatch(
            earlier ->
                earlier instanceof Authorization payment
                    && payment.terms().equals(terms)
                    && payment.notes().get("expiry").equals(notes.get("expiry"))
                    && Objects.equals(payment.notes().alias(), notes.alias()));
  }

  private List<Operation> before(Tree wanted, @Nullable String invoice) {
    long oldest = desk.clock().instant().getEpochSecond() - window(wanted);
    List<Operation> candidates =
        invoice == null ? desk.books().newest(MOST_COMPARED) : desk.books().allNamed(invoice);
    return candidates.stream().filter(one -> one.identity().created() > oldest).toList();
  }

  private static long window(Tree wanted) {
    Tree settings = wanted.at("transactionSettings", "setting");
    List<Tree> each = settings.each().isEmpty() ? List.of(settings) : settings.each();
    for (Tree setting : each) {
      if (setting.at("settingName").orEmpty().equals("duplicateWindow")) {
        Long seconds = setting.at("settingValue").number();
        if (seconds == null || seconds < 0 || seconds > LONGEST_WINDOW) {
          throw new Refused(200, "E00013", "The field settingValue is invalid.", null);
        }
        return seconds;
      }
    }
    return USUAL_WINDOW;
  }

  private @Nullable Authorization payment(Tree wanted) {
    return view.find(wanted.at("refTransId").scalar()).orElse(null)
            instanceof Authorization authorization
        ? authorization
        : null;
  }

  private Map<String, @Nullable Object> capture(Tree wanted, Asked asked) {
    Authorization payment = payment(wanted);
    if (payment == null) {
      return failed(Reason.NOT_FOUND);
    }
    switch (view.status(payment)) {
      case "authorizedPendingCapture" -> {
        // Goes on below.
      }
      case "capturedPendingSettlement", "settledSuccessfully" -> {
        return response(Reason.ALREADY_CAPTURED, View.id(payment), payment);
      }
      default -> {
        return failed(Reason.NOT_FOUND);
      }
    }
    Long amount =
        wanted.at("amount").isAbsent()
            ? Long.valueOf(payment.terms().amount())
            : amount(wanted, payment.terms().currency());
    if (amount == null || amount == 0) {
      return failed(Reason.AMOUNT);
    }
    if (amount > payment.terms().amount()) {
      return failed(Reason.TOO_MUCH);
    }
    move(Kind.CAPTURE, payment, amount, null, asked);
    return response(Reason.APPROVED, View.id(payment), payment);
  }

  private Map<String, @Nullable Object> cancel(Tree wanted, Asked asked) {
    Authorization payment = payment(wanted);
    if (payment == null) {
      return failed(Reason.NOT_FOUND);
    }
    return switch (view.status(payment)) {
      case "authorizedPendingCapture", "capturedPendingSettlement" -> {
        move(Kind.VOID, payment, 0, null, asked);
        yield response(Reason.APPROVED, View.id(payment), payment);
      }
      case "voided" -> response(Reason.ALREADY_VOIDED, View.id(payment), payment);
      default -> failed(Reason.NOT_FOUND);
    };
  }

  private Map<String, @Nullable Object> refund(Tree wanted, Asked asked) {
    Authorization payment = payment(wanted);
    if (payment == null) {
      return failed(Reason.NOT_FOUND);
    }
    Long amount = amount(wanted, payment.terms().currency());
    if (amount == null || amount == 0) {
      return failed(Reason.AMOUNT);
    }
    String number = wanted.at("payment", "creditCard", "cardNumber").orEmpty();
    if (!view.status(payment).equals("settledSuccessfully")
        || !number.endsWith(payment.terms().last4())) {
      return failed(Reason.NO_CREDIT);
    }
    String invoice = wanted.at("order", "invoiceNumber").text();
    boolean repeated =
        before(wanted, invoice).stream()
            .anyMatch(
                earlier ->
                    earlier instanceof Movement movement
                        && movement.kind() == Kind.REFUND
                        && movement.authorization().equals(payment.identity().id())
                        && movement.amount() == amount
                        && Objects.equals(movement.notes().alias(), invoice));
    if (repeated) {
      return failed(Reason.DUPLICATE);
    }
    if (amount > payment.funds().captured() - payment.funds().refunded()) {
      return failed(Reason.OVER_CREDIT);
    }
    Movement refund = move(Kind.REFUND, payment, amount, invoice, asked);
    return response(Reason.APPROVED, View.id(refund), payment);
  }

  private Movement move(
      Kind kind, Authorization payment, long amount, @Nullable String invoice, Asked asked) {
    Operation.Notes notes = new Operation.Notes(invoice, Map.of("ref_id", asked.name()));
    return desk.books()
        .move(
            new MovementRequest(
                kind,
                asked.key(),
                payment.identity().id(),
                amount,
                null,
                new MovementWay(true, false, notes)));
  }

  private static Map<String, @Nullable Object> paid(Authorization payment) {
    Map<String, @Nullable Object> response =
        response(View.reason(payment), View.id(payment), payment);
    response.put("avsResultCode", View.avs(payment));
    response.put("cvvResultCode", View.cardCode(payment));
    if (View.approved(payment)) {
      response.put("authCode", CardChecks.authorizationCode(payment));
      response.put("networkTransId", NetworkTransaction.of(payment));
    }
    return response;
  }

  /** A transaction that is not made is called 0. */
  private static Map<String, @Nullable Object> failed(Reason reason) {
    return response(reason, "0", null);
  }

  private static Map<String, @Nullable Object> response(
      Reason reason, String id, @Nullable Authorization payment) {
    Map<String, @Nullable Object> response = new LinkedHashMap<>();
    response.put("responseCode", reason.responseCode());
    response.put("authCode", "");
    response.put("avsResultCode", "P");
    response.put("cvvResultCode", "");
    response.put("cavvResultCode", "");
    response.put("transId", id);
    response.put("refTransID", "");
    response.put("testRequest", "0");
    response.put("accountNumber", payment == null ? "" : "XXXX" + payment.terms().last4());
    response.put("accountType", payment == null ? "" : View.brand(payment));
    if (reason.responseCode().equals("1")) {
      response.put(
          "messages", List.of(Map.of("code", reason.code(), "description", reason.text())));
    } else {
      response.put(
          "errors", List.of(Map.of("errorCode", reason.code(), "errorText", reason.text())));
    }
    return response;
  }
}
