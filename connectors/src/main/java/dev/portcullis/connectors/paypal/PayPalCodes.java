package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DeclineTable;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import java.util.Map;
import java.util.Set;

/**
 * PayPal's codes: those of the processor in a payment's {@code processor_response} (Orders v2,
 * {@code processor_response.response_code}), and the issues of an error.
 */
final class PayPalCodes {

  /** What a refused payment's {@code response_code} stands for. */
  static final DeclineTable PROCESSOR =
      DeclineTable.of(
          """
          AUTHENTICATION_FAILED: 7700 7710 PPD3
          AUTHENTICATION_REQUIRED: 5650
          CALL_ISSUER: 0100 9530
          CARD_NOT_SUPPORTED: 7800 PPAE PPCT PPDI PPMC PPPM
          CARD_VELOCITY_EXCEEDED: 5710 PPAX PPDT PPEL PPNL
          CURRENCY_NOT_SUPPORTED: 1320 PPCU PPS4 PPUC PPVC
          DO_NOT_HONOR: 0500 10BR
          DO_NOT_TRY_AGAIN: 9540 PPRN
          DUPLICATE_TRANSACTION: 5200 PPIF
          EXPIRED_CARD: 5400 PPEF
          FRAUDULENT: 9500 PPSC
          GENERIC_DECLINE: 1393 5100 9600 PCNR PPAR PPCR PPDV PPLS PPSD PPSE
          INCORRECT_ADDRESS: 5170 5190 PPAD PPAV
          INCORRECT_CVC: 00N7 5110 PCVV PPC2
          INCORRECT_PIN: 5500
          INSUFFICIENT_FUNDS: 5120
          INVALID_ACCOUNT: 0390 1330 1335 1352 5140 5930 6300 PP06 PPFI
          INVALID_AMOUNT: 1310 PPAI PPS6
          INVALID_CVC: 1382
          INVALID_EXPIRY_YEAR: 1380 PPEX
          INVALID_PIN: 0890 5130 7900
          ISSUER_NOT_AVAILABLE: 5910 5920
          LOST_CARD: 9520
          NEW_ACCOUNT_INFORMATION_AVAILABLE: 5950
          NOT_PERMITTED: 5160 PPUA
          PICKUP_CARD: 5150
          PIN_TRY_EXCEEDED: 5135
          PROCESSING_ERROR: 0800 0880 0960 1000 1300 1317 1340 1350 1360 1370 1384 1390 5800 5900
          PROCESSING_ERROR: 7600 8000 8010 8020 8030 8100 8110 8220 PPAU PPCE PPER PPFE PPFV PPGR
          PROCESSING_ERROR: PPH1 PPII PPIM PPIT PPLR PPMB PPMD PPNM PPNT PPPH PPPI PPRE PPRF PPRR
          PROCESSING_ERROR: PPS0 PPS1 PPS2 PPS3 PPS5 PPTE PPTF PPTI PPTR PPTV PPUE PPUP PPUR PPVE
          RESTRICTED_CARD: 5180 PPAB PPFR
          SECURITY_VIOLATION: 9510
          SERVICE_NOT_ALLOWED: PPDC PPNC PPTT PPUI PPVT
          STOP_PAYMENT_ORDER: 0R00
          TRANSACTION_NOT_ALLOWED: 0580 1312 5210 5700 PPAG PPBG PPCO PPQC
          TRY_AGAIN_LATER: 9100
          """);

  /** Issues of an error that say that this card is refused. */
  static final DeclineTable ISSUES =
      DeclineTable.of(
          """
          AUTHENTICATION_REQUIRED: PAYER_ACTION_REQUIRED
          CARD_NOT_SUPPORTED: CARD_BRAND_NOT_SUPPORTED CARD_TYPE_NOT_SUPPORTED
          CARD_NOT_SUPPORTED: DOMESTIC_TRANSACTION_REQUIRED
          CARD_VELOCITY_EXCEEDED: MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED TRANSACTION_LIMIT_EXCEEDED
          CURRENCY_NOT_SUPPORTED: CURRENCY_NOT_SUPPORTED_FOR_CARD_TYPE
          EXPIRED_CARD: CARD_EXPIRED REFERENCED_CARD_EXPIRED
          GENERIC_DECLINE: DECLINED_DUE_TO_RELATED_TXN INSTRUMENT_DECLINED PAYER_CANNOT_PAY
          GENERIC_DECLINE: PAYMENT_SOURCE_CANNOT_BE_USED PAYMENT_SOURCE_DECLINED_BY_PROCESSOR
          GENERIC_DECLINE: TRANSACTION_REFUSED
          INCORRECT_ADDRESS: BILLING_ADDRESS_INVALID PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED
          INCORRECT_ZIP: POSTAL_CODE_REQUIRED
          INVALID_CVC: INVALID_SECURITY_CODE_LENGTH
          INVALID_EXPIRY_YEAR: INVALID_EXPIRY_DATE
          MERCHANT_BLACKLIST: PAYEE_BLOCKED_TRANSACTION TRANSACTION_BLOCKED_BY_PAYEE
          RESTRICTED_CARD: PAYER_ACCOUNT_LOCKED_OR_CLOSED PAYER_ACCOUNT_RESTRICTED
          TRANSACTION_NOT_ALLOWED: COMPLIANCE_VIOLATION
          """);

  /** Fields of the card that validation may find fault with. */
  static final Map<String, DeclineCode> CARD_FIELDS =
      Map.of(
          "/payment_source/card/number", DeclineCode.INVALID_NUMBER,
          "/payment_source/card/expiry", DeclineCode.INVALID_EXPIRY_YEAR,
          "/payment_source/card/security_code", DeclineCode.INVALID_CVC);

  /**
   * The same request is under way, or something was done before that may have been this operation:
   * such an answer proves nothing.
   */
  static final Set<String> INDEFINITE =
      Set.of(
          "AUTHORIZATION_ALREADY_CAPTURED",
          "DUPLICATE_INVOICE_ID",
          "ORDER_ALREADY_AUTHORIZED",
          "ORDER_ALREADY_CAPTURED",
          "ORDER_COMPLETED_OR_VOIDED",
          "ORDER_COMPLETION_IN_PROGRESS",
          "PREVIOUSLY_CAPTURED",
          "PREVIOUSLY_VOIDED",
          "PREVIOUS_REQUEST_IN_PROGRESS");

  private static final Set<String> CREDENTIAL =
      Set.of(
          "CONSENT_NEEDED",
          "INVALID_ACCOUNT_STATUS",
          "NOT_ENABLED_FOR_CARD_PROCESSING",
          "PAYEE_ACCOUNT_INVALID",
          "PAYEE_ACCOUNT_LOCKED_OR_CLOSED",
          "PAYEE_ACCOUNT_RESTRICTED",
          "PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING",
          "PERMISSION_DENIED");

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "AUTH_CAPTURE_NOT_ENABLED",
          "DECIMALS_NOT_SUPPORTED",
          "DECIMAL_PRECISION",
          "INVALID_CURRENCY_CODE",
          "MAX_VALUE_EXCEEDED",
          "PARTIAL_REFUND_NOT_ALLOWED",
          "TRANSACTION_RECEIVING_LIMIT_EXCEEDED",
          "UNSUPPORTED_INTENT");

  /** The payment is not in a state for it, or not any more. */
  private static final Set<String> STATE =
      Set.of(
          "ACTION_DOES_NOT_MATCH_INTENT",
          "AUTHORIZATION_DENIED",
          "AUTHORIZATION_EXPIRED",
          "AUTHORIZATION_VOIDED",
          "CANNOT_BE_VOIDED",
          "CAPTURE_FULLY_REFUNDED",
          "MAX_CAPTURE_AMOUNT_EXCEEDED",
          "MAX_CAPTURE_COUNT_EXCEEDED",
          "MAX_NUMBER_OF_REFUNDS_EXCEEDED",
          "ORDER_EXPIRED",
          "ORDER_NOT_APPROVED",
          "PENDING_CAPTURE",
          "REFUND_AMOUNT_EXCEEDED",
          "REFUND_AMOUNT_TOO_LOW",
          "REFUND_FAILED_INSUFFICIENT_FUNDS",
          "REFUND_IS_RESTRICTED",
          "REFUND_NOT_ALLOWED",
          "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK",
          "REFUND_TIME_LIMIT_EXCEEDED",
          "TRANSACTION_DISPUTED");

  private PayPalCodes() {}

  /** What kind of refusal a definite error with that issue is. */
  static Rejected.Kind kind(String issue) {
    if (CREDENTIAL.contains(issue)) {
      return Rejected.Kind.CREDENTIAL;
    }
    if (issue.equals("INVALID_RESOURCE_ID")) {
      return Rejected.Kind.UNKNOWN_REFERENCE;
    }
    if (STATE.contains(issue)) {
      return Rejected.Kind.OTHER;
    }
    return UNSUPPORTED.contains(issue) ? Rejected.Kind.UNSUPPORTED : Rejected.Kind.MALFORMED;
  }
}
