package dev.portcullis.vault.card;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that test mode takes, and nothing else: the test cards that Stripe documents
 * (docs.stripe.com/testing), with the names of its test payment methods and tokens, and one range
 * that is reserved here for numbers that a load test makes up.
 */
final class TestCards {

  /**
   * The generated range: these eight digits, seven free ones and the check digit. Ten million cards
   * that always behave as an ordinary Visa card does.
   */
  static final String GENERATED_PREFIX = "40000099";

  private static final int GENERATED_LENGTH = 16;
  private static final String PAYMENT_METHOD = "pm_card_";
  private static final String TOKEN = "tok_";

  /** Number, brand, funding, country, and the names without {@code pm_card_} or {@code tok_}. */
  private static final String TABLE =
      """
      4242424242424242 visa credit US visa us
      4012888888881881 visa credit US
      4111111111111111 visa credit US
      4000056655665556 visa debit US visa_debit
      5555555555554444 mastercard credit US mastercard
      2223003122003222 mastercard credit US
      5200828282828210 mastercard debit US mastercard_debit
      5105105105105100 mastercard prepaid US mastercard_prepaid
      378282246310005 amex credit US amex amex_threeDSecureNotSupported
      371449635398431 amex credit US
      6011111111111117 discover credit US discover
      6011000990139424 discover credit US
      6011981111111113 discover debit US
      3056930009020004 diners credit US diners
      36227206271667 diners credit US
      6555900000604105 discover credit US
      3566002020360505 jcb credit JP jcb
      3530111333300000 jcb credit JP
      6200000000000005 unionpay credit CN unionpay
      6200000000000047 unionpay debit CN
      6205500000000000004 unionpay credit CN
      4000002500001001 visa credit FR visa_cartesBancaires
      5555552500001001 mastercard credit FR mastercard_cartesBancaires
      4000050360000001 visa debit AU visa_debit_eftposAuCoBranded
      5555050360000080 mastercard debit AU mastercard_debit_eftposAuCoBranded
      4000000320000021 visa credit AR ar
      4000000760000002 visa credit BR br
      4000001240000000 visa credit CA ca
      4000001520000001 visa credit CL cl
      4000001700000003 visa credit CO co
      4000001880000005 visa credit CR cr
      4000002180000000 visa credit EC ec
      4000004840008001 visa credit MX mx
      5062210000000009 unknown debit MX
      4000005910000000 visa credit PA pa
      4000006000000066 visa credit PY py
      4000006040000068 visa credit PE pe
      4000008580000003 visa credit UY uy
      4000007840000001 visa credit AE ae
      5200007840000022 mastercard credit AE ae_mastercard
      4000000400000008 visa credit AT at
      4000000560000004 visa credit BE be
      4000001000000000 visa credit BG bg
      4000001120000005 visa credit BY by
      4000001910000009 visa credit HR hr
      4000001960000008 visa credit CY cy
      4000002030000002 visa credit CZ cz
      4000002080000001 visa credit DK dk
      4000002330000009 visa credit EE ee
      4000002460000001 visa credit FI fi
      4000002500000003 visa credit FR fr
      4000002760000016 visa credit DE de
      4000002920000005 visa credit GI gi
      4000003000000030 visa credit GR gr
      4000003480000005 visa credit HU hu
      4000003720000005 visa credit IE ie
      4000003800000008 visa credit IT it
      4000004280000005 visa credit LV lv
      4000004380000004 visa credit LI li
      4000004400000000 visa credit LT lt
      4000004420000006 visa credit LU lu
      4000004700000007 visa credit MT mt
      4000005280000002 visa credit NL nl
      4000005780000007 visa credit NO no
      4000006160000005 visa credit PL pl
      4000006200000007 visa credit PT pt
      4000006420000001 visa credit RO ro
      4000006820000007 visa credit SA sa
      4000007050000006 visa credit SI si
      4000007030000001 visa credit SK sk
      4000007240000007 visa credit ES es
      4000007520000008 visa credit SE se
      4000007560000009 visa credit CH ch
      4000008260000000 visa credit GB gb
      4000058260000005 visa debit GB gb_debit
      5555558265554449 mastercard credit GB gb_mastercard
      4000000360000006 visa credit AU au
      4000001560000002 visa credit CN cn
      4000003440000004 visa credit HK hk
      4000003560000008 visa credit IN in
      4000003920000003 visa credit JP jp
      4000004580000002 visa credit MY my
      4000005540000008 visa credit NZ nz
      4000007020000003 visa credit SG sg
      4000001580000008 visa credit TW tw
      4000007640000003 visa credit TH th_credit
      4000057640000008 visa debit TH th_debit
      4000051230000072 visa debit US debit_visaFsaProductCode debit_visaHsaProductCode
      5200828282828897 mastercard debit US mastercard_debit_mastercardFsaProductCode
      4000000000000002 visa credit US chargeDeclined visa_chargeDeclined
      4000000000009995 visa credit US chargeDeclinedInsufficientFunds
      4000000000009995 visa credit US visa_chargeDeclinedInsufficientFunds
      4000000000009995 visa credit US visa_debit_chargeDeclinedInsufficientFunds
      4000000000009987 visa credit US chargeDeclinedLostCard visa_chargeDeclinedLostCard
      4000000000009979 visa credit US chargeDeclinedStolenCard visa_chargeDeclinedStolenCard
      4000000000000069 visa credit US chargeDeclinedExpiredCard visa_chargeDeclinedExpiredCard
      4000000000000127 visa credit US chargeDeclinedIncorrectCvc visa_chargeDeclinedIncorrectCvc
      4000000000000119 visa credit US chargeDeclinedProcessingError
      4000000000000119 visa credit US visa_chargeDeclinedProcessingError
      4000000000006975 visa credit US chargeDeclinedVelocityLimitExceeded
      4000000000006975 visa credit US visa_chargeDeclinedVelocityLimitExceeded
      4000000000000341 visa credit US chargeCustomerFail visa_chargeCustomerFail
      4100000000000019 visa credit US radarBlock
      4100000000000019 visa credit US chargeDeclinedFraudulent visa_chargeDeclinedFraudulent
      4000000000004954 visa credit US riskLevelHighest
      4000000000009235 visa credit US riskLevelElevated
      4000000000000101 visa credit US cvcCheckFail
      4000000000000036 visa credit US avsZipFail
      4000058400307872 visa debit US cvcCheckFailElevatedRisk
      4000058400306072 visa debit US avsZipFailElevatedRisk
      4000000000000028 visa credit US avsLine1Fail
      4000000000000010 visa credit US avsFail
      4000000000000044 visa credit US avsUnchecked
      4000000000000259 visa credit US createDispute
      4000000000002685 visa credit US createDisputeProductNotReceived
      4000000000001976 visa credit US createDisputeInquiry
      4000000000005423 visa credit US createIssuerFraudRecord
      4000000404000079 visa credit US createMultipleDisputes
      4000000404000038 visa credit US createCe3EligibleDispute
      4000008400000779 visa credit US createComplianceDispute
      4000000000007726 visa credit US pendingRefund
      4000000000005126 visa credit US refundFail
      4000000000000077 visa credit US bypassPending
      4000003720000278 visa credit IE bypassPendingInternational
      4000000000000093 visa credit US domesticPricing
      4000002500003155 visa credit FR authenticationRequiredOnSetup
      4000002760003184 visa credit DE authenticationRequired
      4000003800000446 visa credit IT authenticationRequiredSetupForOffSession
      4000008260003178 visa credit GB authenticationRequiredChargeDeclinedInsufficientFunds
      4000000000003220 visa credit US threeDSecure2Required
      4000000000003063 visa credit US threeDSecureRequired
      4000008400001629 visa credit US threeDSecureRequiredChargeDeclined
      4000008400001280 visa credit US threeDSecureRequiredProcessingError
      4000000000003055 visa credit US threeDSecureOptional
      4000000000003097 visa credit US threeDSecureOptionalProcessingError
      4000582600000094 visa credit GB
      4000582600000045 visa credit GB
      4000582600000102 visa credit GB
      4000582600000110 visa credit GB
      4000000000001208 visa credit US
      4000000000003725 visa credit US
      4001007020000002 visa credit SG
      4000008260000075 visa credit GB
      4000008400000076 visa credit US credit_disableEnterpriseCardFeatures
      """;

  private static final CardFacts GENERATED = new CardFacts(CardBrand.VISA, "credit", "US");

  private static final Map<String, TestCard> BY_NUMBER = new LinkedHashMap<>();
  private static final Map<String, TestCard> BY_NAME = new LinkedHashMap<>();

  static {
    TABLE.lines().forEach(TestCards::enter);
  }

  private TestCards() {}

  private static void enter(String line) {
    List<String> words = List.of(line.split(" "));
    TestCard card =
        BY_NUMBER.computeIfAbsent(
            words.get(0),
            number ->
                new TestCard(
                    number,
                    new CardFacts(CardBrand.ofWireName(words.get(1)), words.get(2), words.get(3))));
    for (String name : words.subList(4, words.size())) {
      BY_NAME.put(name, card);
    }
  }

  /** The documented card or the card of the generated range with that number, or null. */
  static @Nullable TestCard find(Pan pan) {
    String digits = new String(pan.insecureDigits(), StandardCharsets.US_ASCII);
    TestCard documented = BY_NUMBER.get(digits);
    if (documented != null) {
      return documented;
    }
    return digits.length() == GENERATED_LENGTH && digits.startsWith(GENERATED_PREFIX)
        ? new TestCard(digits, GENERATED)
        : null;
  }

  /** The card behind a documented test payment method, such as {@code pm_card_visa}. */
  static Optional<TestCard> ofPaymentMethodName(String name) {
    return ofName(PAYMENT_METHOD, name);
  }

  /** The card behind a documented test token, such as {@code tok_visa}. */
  static Optional<TestCard> ofTokenName(String name) {
    return ofName(TOKEN, name);
  }

  private static Optional<TestCard> ofName(String prefix, String name) {
    return name.startsWith(prefix)
        ? Optional.ofNullable(BY_NAME.get(name.substring(prefix.length())))
        : Optional.empty();
  }

  /** All documented cards. */
  static List<TestCard> all() {
    return new ArrayList<>(BY_NUMBER.values());
  }

  /** All names without their prefix. */
  static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }
}
