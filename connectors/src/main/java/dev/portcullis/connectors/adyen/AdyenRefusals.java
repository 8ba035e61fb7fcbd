package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.DeclineCode;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adyen's refusal reasons (docs.adyen.com/development-resources/refusal-reasons). */
enum AdyenRefusals {
  REFUSED(2, DeclineCode.GENERIC_DECLINE),
  REFERRAL(3, DeclineCode.CALL_ISSUER),
  ACQUIRER_ERROR(4, DeclineCode.PROCESSING_ERROR),
  BLOCKED_CARD(5, DeclineCode.RESTRICTED_CARD),
  EXPIRED_CARD(6, DeclineCode.EXPIRED_CARD),
  INVALID_AMOUNT(7, DeclineCode.INVALID_AMOUNT),
  INVALID_CARD_NUMBER(8, DeclineCode.INCORRECT_NUMBER),
  ISSUER_UNAVAILABLE(9, DeclineCode.ISSUER_NOT_AVAILABLE),
  NOT_SUPPORTED(10, DeclineCode.TRANSACTION_NOT_ALLOWED),
  NOT_AUTHENTICATED(11, DeclineCode.AUTHENTICATION_FAILED),
  NOT_ENOUGH_BALANCE(12, DeclineCode.INSUFFICIENT_FUNDS),
  ACQUIRER_FRAUD(14, DeclineCode.FRAUDULENT),
  CANCELLED(15, DeclineCode.GENERIC_DECLINE),
  SHOPPER_CANCELLED(16, DeclineCode.AUTHENTICATION_FAILED),
  INVALID_PIN(17, DeclineCode.INVALID_PIN),
  PIN_TRIES_EXCEEDED(18, DeclineCode.PIN_TRY_EXCEEDED),
  PIN_NOT_POSSIBLE(19, DeclineCode.GENERIC_DECLINE),
  FRAUD(20, DeclineCode.FRAUDULENT),
  NOT_SUBMITTED(21, DeclineCode.PROCESSING_ERROR),
  FRAUD_CANCELLED(22, DeclineCode.FRAUDULENT),
  NOT_PERMITTED(23, DeclineCode.TRANSACTION_NOT_ALLOWED),
  CVC_DECLINED(24, DeclineCode.INCORRECT_CVC),
  RESTRICTED_CARD(25, DeclineCode.RESTRICTED_CARD),
  REVOCATION(26, DeclineCode.REVOCATION_OF_AUTHORIZATION),
  NON_GENERIC(27, DeclineCode.GENERIC_DECLINE),
  AMOUNT_EXCEEDED(28, DeclineCode.CARD_VELOCITY_EXCEEDED),
  COUNT_EXCEEDED(29, DeclineCode.WITHDRAWAL_COUNT_LIMIT_EXCEEDED),
  ISSUER_FRAUD(31, DeclineCode.FRAUDULENT),
  AVS_DECLINED(32, DeclineCode.INCORRECT_ADDRESS),
  ONLINE_PIN(33, DeclineCode.ONLINE_OR_OFFLINE_PIN_REQUIRED),
  NO_CHECKING(34, DeclineCode.INVALID_ACCOUNT),
  NO_SAVINGS(35, DeclineCode.INVALID_ACCOUNT),
  MOBILE_PIN(36, DeclineCode.MOBILE_DEVICE_AUTHENTICATION_REQUIRED),
  CONTACTLESS(37, DeclineCode.TRANSACTION_NOT_ALLOWED),
  AUTHENTICATION(38, DeclineCode.AUTHENTICATION_REQUIRED),
  NO_RREQ(39, DeclineCode.AUTHENTICATION_FAILED),
  PENALTY_BOX(40, DeclineCode.TRY_AGAIN_LATER),
  CVM_REQUIRED(41, DeclineCode.OFFLINE_PIN_REQUIRED),
  AUTHENTICATION_ERROR(42, DeclineCode.AUTHENTICATION_FAILED),
  PIN_REQUIRED(43, DeclineCode.ONLINE_OR_OFFLINE_PIN_REQUIRED),
  OTHER_INTERFACE(44, DeclineCode.TRANSACTION_NOT_ALLOWED),
  CHIP_DOWNGRADE(45, DeclineCode.PROCESSING_ERROR),
  RETRIES_BLOCKED(46, DeclineCode.DO_NOT_TRY_AGAIN);

  private static final Map<String, DeclineCode> BY_CODE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(r -> Integer.toString(r.code), r -> r.decline));

  private final int code;
  private final DeclineCode decline;

  AdyenRefusals(int code, DeclineCode decline) {
    this.code = code;
    this.decline = decline;
  }

  /** Adyen's number for it. */
  int code() {
    return code;
  }

  /** Why a card was refused. A reason that is new to us is a refusal all the same. */
  static DeclineCode decline(@Nullable String code) {
    return code == null
        ? DeclineCode.GENERIC_DECLINE
        : BY_CODE.getOrDefault(code, DeclineCode.GENERIC_DECLINE);
  }
}
