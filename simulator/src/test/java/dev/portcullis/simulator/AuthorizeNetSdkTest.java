package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import net.authorize.Environment;
import net.authorize.api.contract.v1.ANetApiResponse;
import net.authorize.api.contract.v1.ArrayOfSetting;
import net.authorize.api.contract.v1.AuthenticateTestRequest;
import net.authorize.api.contract.v1.CcAuthenticationType;
import net.authorize.api.contract.v1.CreateTransactionRequest;
import net.authorize.api.contract.v1.CreateTransactionResponse;
import net.authorize.api.contract.v1.CreditCardType;
import net.authorize.api.contract.v1.GetTransactionDetailsRequest;
import net.authorize.api.contract.v1.GetUnsettledTransactionListRequest;
import net.authorize.api.contract.v1.MerchantAuthenticationType;
import net.authorize.api.contract.v1.MessageTypeEnum;
import net.authorize.api.contract.v1.OrderType;
import net.authorize.api.contract.v1.PaymentType;
import net.authorize.api.contract.v1.ProcessingOptions;
import net.authorize.api.contract.v1.SettingType;
import net.authorize.api.contract.v1.SubsequentAuthInformation;
import net.authorize.api.contract.v1.TransactionDetailsType;
import net.authorize.api.contract.v1.TransactionRequestType;
import net.authorize.api.contract.v1.TransactionResponse;
import net.authorize.api.contract.v1.TransactionSummaryType;
import net.authorize.api.controller.AuthenticateTestController;
import net.authorize.api.controller.CreateTransactionController;
import net.authorize.api.controller.GetTransactionDetailsController;
import net.authorize.api.controller.GetUnsettledTransactionListController;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Authorize.Net's own client, which speaks XML, with nothing of it changed but its address. */
class AuthorizeNetSdkTest {
  private static final String VISA = "4242424242424242";
  private static final String UNLESS_SET_UP = "4000002500003155";
  private static final BigDecimal AMOUNT = new BigDecimal("19.99");

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static SSLContext before;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Environment here;

  @BeforeAll
  static void start() throws IOException, NoSuchAlgorithmException {
    rig = Rig.create();
    // The client trusts what its JVM trusts, and takes no other word.
    before = SSLContext.getDefault();
    SSLContext.setDefault(TestTls.context());
    String url = rig.simulator.providerUrl();
    here = Environment.createEnvironment(url, url);
  }

  @AfterAll
  static void stop() {
    SSLContext.setDefault(before);
    rig.close();
  }

  private static MerchantAuthenticationType merchant(String key) {
    MerchantAuthenticationType merchant = new MerchantAuthenticationType();
    merchant.setName("login");
    merchant.setTransactionKey(key);
    return merchant;
  }

  private static TransactionRequestType sale(String type, String number) {
    CreditCardType card = new CreditCardType();
    card.setCardNumber(number);
    card.setExpirationDate("1234");
    card.setCardCode("123");
    PaymentType payment = new PaymentType();
    payment.setCreditCard(card);
    TransactionRequestType sale = new TransactionRequestType();
    sale.setTransactionType(type);
    sale.setAmount(AMOUNT);
    sale.setPayment(payment);
    sale.setOrder(order(Rig.reference()));
    return sale;
  }

  private static OrderType order(String invoice) {
    OrderType order = new OrderType();
    order.setInvoiceNumber(invoice);
    return order;
  }

  private static TransactionRequestType about(String type, String transaction) {
    TransactionRequestType about = new TransactionRequestType();
    about.setTransactionType(type);
    about.setRefTransId(transaction);
    return about;
  }

  private static TransactionRequestType refundOf(String transaction, String amount) {
    CreditCardType card = new CreditCardType();
    card.setCardNumber("4242");
    card.setExpirationDate("XXXX");
    PaymentType payment = new PaymentType();
    payment.setCreditCard(card);
    TransactionRequestType refund = about("refundTransaction", transaction);
    refund.setAmount(new BigDecimal(amount));
    refund.setPayment(payment);
    refund.setOrder(order(Rig.reference()));
    return refund;
  }

  private static CreateTransactionResponse answer(TransactionRequestType wanted) {
    CreateTransactionRequest request = new CreateTransactionRequest();
    request.setMerchantAuthentication(merchant(Client.PROVIDER_KEY));
    request.setRefId("ref-7");
    request.setTransactionRequest(wanted);
    CreateTransactionController controller = new CreateTransactionController(request);
    controller.execute(here);
    CreateTransactionResponse response = controller.getApiResponse();
    assertThat(response).as(String.valueOf(controller.getResults())).isNotNull();
    assertThat(response.getRefId()).isEqualTo("ref-7");
    return response;
  }

  private static TransactionResponse run(TransactionRequestType wanted) {
    return answer(wanted).getTransactionResponse();
  }

  private static String approved(TransactionRequestType wanted) {
    CreateTransactionResponse answer = answer(wanted);
    assertThat(answer.getMessages().getResultCode()).isEqualTo(MessageTypeEnum.OK);
    assertThat(answer.getTransactionResponse().getResponseCode()).isEqualTo("1");
    assertThat(answer.getTransactionResponse().getMessages().getMessage().getFirst().getCode())
        .isEqualTo("1");
    return answer.getTransactionResponse().getTransId();
  }

  private static void assertFails(TransactionRequestType wanted, String reason) {
    CreateTransactionResponse answer = answer(wanted);
    assertThat(answer.getMessages().getResultCode()).isEqualTo(MessageTypeEnum.ERROR);
    assertThat(answer.getTransactionResponse().getResponseCode()).isEqualTo("3");
    assertThat(answer.getTransactionResponse().getErrors().getError().getFirst().getErrorCode())
        .isEqualTo(reason);
    assertThat(answer.getTransactionResponse().getTransId()).isEqualTo("0");
  }

  private static @Nullable TransactionDetailsType details(String transaction) {
    GetTransactionDetailsRequest request = new GetTransactionDetailsRequest();
    request.setMerchantAuthentication(merchant(Client.PROVIDER_KEY));
    request.setTransId(transaction);
    GetTransactionDetailsController controller = new GetTransactionDetailsController(request);
    controller.execute(here);
    return controller.getApiResponse() == null
        ? null
        : controller.getApiResponse().getTransaction();
  }

  private static String status(String transaction) {
    return Objects.requireNonNull(details(transaction)).getTransactionStatus();
  }

  @Test
  void capturesAPartOfWhatItAuthorized() {
    String held = approved(sale("authOnlyTransaction", VISA));
    assertThat(status(held)).isEqualTo("authorizedPendingCapture");
    TransactionRequestType more = about("priorAuthCaptureTransaction", held);
    more.setAmount(new BigDecimal("20.00"));
    assertFails(more, "47");
    TransactionRequestType part = about("priorAuthCaptureTransaction", held);
    part.setAmount(new BigDecimal("7.00"));
    assertThat(approved(part)).isEqualTo(held);
    TransactionDetailsType details = Objects.requireNonNull(details(held));
    assertThat(details.getTransactionStatus()).isEqualTo("capturedPendingSettlement");
    assertThat(details.getAuthAmount()).isEqualByComparingTo(AMOUNT);
    assertThat(details.getSettleAmount()).isEqualByComparingTo("7.00");
    assertThat(details.getPayment().getCreditCard().getCardNumber()).isEqualTo("XXXX4242");
    assertThat(run(part).getMessages().getMessage().getFirst().getCode()).isEqualTo("311");
  }

  @Test
  void voidsUntilItSettlesAndRefundsAfterwards() {
    String first = approved(sale("authCaptureTransaction", VISA));
    assertFails(refundOf(first, "5.00"), "54");
    assertThat(approved(about("voidTransaction", first))).isEqualTo(first);
    assertThat(status(first)).isEqualTo("voided");
    assertThat(run(about("voidTransaction", first)).getMessages().getMessage().getFirst().getCode())
        .isEqualTo("310");
    String second = approved(sale("authCaptureTransaction", VISA));
    rig.pass(Duration.ofDays(1));
    assertThat(status(second)).isEqualTo("settledSuccessfully");
    assertFails(about("voidTransaction", second), "16");
    String refund = approved(refundOf(second, "5.00"));
    assertThat(refund).isNotEqualTo(second);
    assertThat(status(refund)).isEqualTo("refundPendingSettlement");
    assertThat(Objects.requireNonNull(details(refund)).getRefTransId()).isEqualTo(second);
    assertFails(refundOf(second, "15.00"), "55");
    approved(refundOf(second, "14.99"));
  }

  @Test
  void chargesAStoredCardWithoutTheShopper() {
    TransactionRequestType first = sale("authCaptureTransaction", UNLESS_SET_UP);
    CcAuthenticationType authenticated = new CcAuthenticationType();
    authenticated.setAuthenticationIndicator("05");
    authenticated.setCardholderAuthenticationValue("AAABAWFlmQAAAABjRWWZEEFgFz8=");
    first.setCardholderAuthentication(authenticated);
    ProcessingOptions initial = new ProcessingOptions();
    initial.setIsFirstSubsequentAuth(true);
    first.setProcessingOptions(initial);
    TransactionResponse stored = run(first);
    assertThat(stored.getResponseCode()).isEqualTo("1");
    assertThat(run(merchants(stored.getNetworkTransId())).getResponseCode()).isEqualTo("1");
    assertThat(run(merchants("ntx_never")).getResponseCode()).isEqualTo("2");
  }

  private static TransactionRequestType merchants(String agreement) {
    TransactionRequestType sale = sale("authCaptureTransaction", UNLESS_SET_UP);
    ProcessingOptions options = new ProcessingOptions();
    options.setIsSubsequentAuth(true);
    options.setIsStoredCredentials(true);
    sale.setProcessingOptions(options);
    SubsequentAuthInformation earlier = new SubsequentAuthInformation();
    earlier.setOriginalNetworkTransId(agreement);
    sale.setSubsequentAuthInformation(earlier);
    return sale;
  }

  @Test
  void declinesWithAReason() {
    CreateTransactionResponse answer = answer(sale("authCaptureTransaction", "4000000000000002"));
    assertThat(answer.getMessages().getResultCode()).isEqualTo(MessageTypeEnum.OK);
    TransactionResponse declined = answer.getTransactionResponse();
    assertThat(declined.getResponseCode()).isEqualTo("2");
    assertThat(declined.getErrors().getError().getFirst().getErrorCode()).isEqualTo("2");
    assertThat(status(declined.getTransId())).isEqualTo("declined");
  }

  @Test
  void refusesWhatItCannotRead() {
    AuthenticateTestRequest request = new AuthenticateTestRequest();
    request.setMerchantAuthentication(merchant("wrong"));
    AuthenticateTestController controller = new AuthenticateTestController(request);
    controller.execute(here);
    ANetApiResponse refused = controller.getErrorResponse();
    assertThat(refused.getMessages().getMessage().getFirst().getCode()).isEqualTo("E00007");
    assertFails(sale("authCaptureTransaction", "4242424242424241"), "6");
    TransactionRequestType currency = sale("authCaptureTransaction", VISA);
    currency.setCurrencyCode("JPY");
    assertFails(currency, "39");
    assertFails(about("priorAuthCaptureTransaction", "60999999999"), "16");
    assertThat(details("60999999999")).isNull();
  }

  @Test
  void whatComesTwiceWithinTheWindowIsRefused() {
    TransactionRequestType sale = sale("authCaptureTransaction", VISA);
    approved(sale);
    assertFails(sale, "11");
    rig.pass(Duration.ofMinutes(2));
    approved(sale);
    SettingType longer = new SettingType();
    longer.setSettingName("duplicateWindow");
    longer.setSettingValue("28800");
    ArrayOfSetting settings = new ArrayOfSetting();
    settings.getSetting().add(longer);
    sale.setTransactionSettings(settings);
    rig.pass(Duration.ofHours(7));
    assertFails(sale, "11");
    TransactionRequestType another = sale("authCaptureTransaction", VISA);
    approved(another);
  }

  @Test
  void listsWhatHasNotSettled() {
    TransactionRequestType sale = sale("authCaptureTransaction", VISA);
    String first = approved(sale);
    String second = approved(sale("authOnlyTransaction", VISA));
    List<TransactionSummaryType> list = unsettled();
    assertThat(list.stream().map(TransactionSummaryType::getTransId))
        .containsSubsequence(second, first);
    assertThat(
            list.stream()
                .filter(one -> one.getTransId().equals(first))
                .map(TransactionSummaryType::getInvoiceNumber))
        .containsExactly(sale.getOrder().getInvoiceNumber());
    rig.pass(Duration.ofDays(1));
    assertThat(unsettled().stream().map(TransactionSummaryType::getTransId))
        .contains(second)
        .doesNotContain(first);
  }

  private static List<TransactionSummaryType> unsettled() {
    GetUnsettledTransactionListRequest request = new GetUnsettledTransactionListRequest();
    request.setMerchantAuthentication(merchant(Client.PROVIDER_KEY));
    GetUnsettledTransactionListController controller =
        new GetUnsettledTransactionListController(request);
    controller.execute(here);
    return controller.getApiResponse().getTransactions().getTransaction();
  }

  /** Its client has no verifier: the documentation's own recipe stands here in its place. */
  @Test
  void signsWhatItTells() throws Exception {
    try (Receiver receiver = new Receiver()) {
      rig.notify("authorizenet", Map.of("url", receiver.url(), "secret", "signature-key"));
      String payment = approved(sale("authCaptureTransaction", VISA));
      approved(about("voidTransaction", payment));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> receiver.received().size() == 2);
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(
          new SecretKeySpec("signature-key".getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
      for (Receiver.Received one : receiver.received()) {
        assertThat(one.headers().get("x-anet-signature"))
            .isEqualTo(
                "sha512="
                    + HexFormat.of()
                        .withUpperCase()
                        .formatHex(mac.doFinal(one.body().getBytes(StandardCharsets.UTF_8))));
      }
      assertThat(receiver.with("net.authorize.payment.authcapture.created")).hasSize(1);
      assertThat(receiver.with("net.authorize.payment.void.created").getFirst().body())
          .contains("\"id\":\"" + payment + "\"", "\"merchantReferenceId\":\"ref-7\"");
      rig.client.control("DELETE", "/control/notifications?provider=authorizenet", null);
    }
  }
}
