package dev.portcullis.systemtest;

import static dev.portcullis.systemtest.StripeJavaTest.confirmed;
import static dev.portcullis.systemtest.StripeJavaTest.payment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.StripeCollection;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.PaymentMethodListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.common.EmptyParam;
import com.stripe.service.V1Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every call has in common: keys, lists, metadata, expansion, events, errors. */
@Order(12)
@ExtendWith(SharedPortcullis.class)
class StripeJavaProtocolTest {
  private final Portcullis portcullis;
  private final Sdk sdk;
  private final V1Services api;

  StripeJavaProtocolTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.sdk = new Sdk(portcullis);
    this.api = sdk.api();
  }

  private Customer customer(String name) throws StripeException {
    return api.customers().create(CustomerCreateParams.builder().setName(name).build());
  }

  @Test
  void aCustomerIsMadeReadChangedAndDeleted() throws StripeException {
    Customer made =
        api.customers()
            .create(
                CustomerCreateParams.builder()
                    .setName("Jürgen Groß & Søn")
                    .setEmail("juergen@example.com")
                    .setDescription("first")
                    .build());
    assertThat(made.getId()).startsWith("cus_");
    assertThat(made.getLivemode()).isFalse();
    Customer read = api.customers().retrieve(made.getId());
    assertThat(read.getName()).isEqualTo("Jürgen Groß & Søn");
    assertThat(read.getEmail()).isEqualTo("juergen@example.com");
    Customer changed =
        api.customers()
            .update(
                made.getId(),
                CustomerUpdateParams.builder()
                    .setName("J. Groß")
                    .setDescription(EmptyParam.EMPTY)
                    .build());
    assertThat(changed.getName()).isEqualTo("J. Groß");
    assertThat(changed.getDescription()).isNull();
    assertThat(changed.getEmail()).isEqualTo("juergen@example.com");
    assertThat(api.customers().delete(made.getId()).getDeleted()).isTrue();
    Customer gone = api.customers().retrieve(made.getId());
    assertThat(gone.getDeleted()).isTrue();
    assertThat(gone.getId()).isEqualTo(made.getId());
    InvalidRequestException late =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.customers()
                    .update(made.getId(), CustomerUpdateParams.builder().setName("again").build()));
    assertThat(late.getStatusCode()).isEqualTo(404);
    assertThat(late.getCode()).isEqualTo("resource_missing");
  }

  @Test
  void aCardIsAttachedListedAndDetached() throws StripeException {
    Customer customer = customer("holder");
    PaymentMethod card = sdk.card("4242424242424242");
    PaymentMethod attached =
        api.paymentMethods()
            .attach(
                card.getId(),
                PaymentMethodAttachParams.builder().setCustomer(customer.getId()).build());
    assertThat(attached.getCustomer()).isEqualTo(customer.getId());
    PaymentMethodListParams ofCustomer =
        PaymentMethodListParams.builder()
            .setCustomer(customer.getId())
            .setType(PaymentMethodListParams.Type.CARD)
            .build();
    assertThat(api.paymentMethods().list(ofCustomer).getData())
        .extracting(PaymentMethod::getId)
        .containsExactly(card.getId());
    assertThat(api.customers().paymentMethods().list(customer.getId()).getData())
        .extracting(PaymentMethod::getId)
        .containsExactly(card.getId());
    assertThat(api.paymentMethods().detach(card.getId()).getCustomer()).isNull();
    assertThat(api.paymentMethods().list(ofCustomer).getData()).isEmpty();
  }

  @Test
  void metadataIsMergedRemovedAndCleared() throws StripeException {
    Customer made =
        api.customers()
            .create(
                CustomerCreateParams.builder()
                    .putMetadata("order", "6735")
                    .putMetadata("shop", "north")
                    .build());
    assertThat(made.getMetadata()).isEqualTo(Map.of("order", "6735", "shop", "north"));
    Customer merged =
        api.customers()
            .update(
                made.getId(),
                CustomerUpdateParams.builder()
                    .putMetadata("order", "")
                    .putMetadata("lane", "[3] ünï")
                    .build());
    assertThat(merged.getMetadata()).isEqualTo(Map.of("shop", "north", "lane", "[3] ünï"));
    Customer cleared =
        api.customers()
            .update(
                made.getId(), CustomerUpdateParams.builder().setMetadata(EmptyParam.EMPTY).build());
    assertThat(cleared.getMetadata()).isEmpty();
    assertThat(api.customers().retrieve(made.getId()).getMetadata()).isEmpty();
  }

  @Test
  void metadataBeyondItsBoundsIsRefused() {
    Map<String, String> tooMany =
        IntStream.range(0, 51).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
    refusedMetadata(tooMany);
    refusedMetadata(Map.of("k".repeat(41), "v"));
    refusedMetadata(Map.of("k", "v".repeat(501)));
  }

  private void refusedMetadata(Map<String, String> metadata) {
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.customers()
                    .create(CustomerCreateParams.builder().putAllMetadata(metadata).build()));
    assertThat(refused.getStatusCode()).isEqualTo(400);
    assertThat(refused.getParam()).startsWith("metadata");
  }

  @Test
  void theSameKeyAnswersTheSameAndChargesOnce() throws StripeException {
    String key = UUID.randomUUID().toString();
    PaymentIntentCreateParams params =
        confirmed(2100, "pm_card_visa").setDescription("once " + key).build();
    PaymentIntent first = api.paymentIntents().create(params, Sdk.key(key));
    PaymentIntent second = api.paymentIntents().create(params, Sdk.key(key));

    assertThat(second.getId()).isEqualTo(first.getId());
    assertThat(second.getLastResponse().body()).isEqualTo(first.getLastResponse().body());
    assertThat(first.getLastResponse().headers().firstValue("Idempotent-Replayed")).isEmpty();
    assertThat(second.getLastResponse().headers().firstValue("Idempotent-Replayed"))
        .hasValue("true");
    assertThat(second.getLastResponse().headers().firstValue("Idempotency-Key")).hasValue(key);
    assertThat(second.getLastResponse().requestId())
        .isNotEqualTo(first.getLastResponse().requestId());
  }

  @Test
  void theSameKeyWithOtherParametersIsRefused() throws StripeException {
    String key = UUID.randomUUID().toString();
    api.paymentIntents().create(payment(2100).build(), Sdk.key(key));
    IdempotencyException refused =
        catchThrowableOfType(
            IdempotencyException.class,
            () -> api.paymentIntents().create(payment(2101).build(), Sdk.key(key)));
    assertThat(refused.getStatusCode()).isEqualTo(400);
    assertThat(refused.getStripeError().getType()).isEqualTo("idempotency_error");
    IdempotencyException otherRoute =
        catchThrowableOfType(
            IdempotencyException.class,
            () -> api.customers().create(CustomerCreateParams.builder().build(), Sdk.key(key)));
    assertThat(otherRoute.getStatusCode()).isEqualTo(400);
  }

  @Test
  void aDeclineIsReplayedAndAValidationFailureIsNot() throws StripeException {
    String key = UUID.randomUUID().toString();
    PaymentIntentCreateParams declined = confirmed(2100, "pm_card_visa_chargeDeclined").build();
    CardException first =
        catchThrowableOfType(
            CardException.class, () -> api.paymentIntents().create(declined, Sdk.key(key)));
    CardException second =
        catchThrowableOfType(
            CardException.class, () -> api.paymentIntents().create(declined, Sdk.key(key)));
    assertThat(second.getStripeError().getPaymentIntent().getId())
        .isEqualTo(first.getStripeError().getPaymentIntent().getId());

    String other = UUID.randomUUID().toString();
    InvalidRequestException invalid =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> api.paymentIntents().create(payment(-1).build(), Sdk.key(other)));
    assertThat(invalid.getParam()).isEqualTo("amount");
    assertThat(api.paymentIntents().create(payment(100).build(), Sdk.key(other)).getId())
        .startsWith("pi_");
  }

  @Test
  void theCardsOriginHonoursKeysToo() throws StripeException {
    String key = UUID.randomUUID().toString();
    var card =
        com.stripe.param.PaymentMethodCreateParams.builder()
            .setType(com.stripe.param.PaymentMethodCreateParams.Type.CARD)
            .setCard(
                com.stripe.param.PaymentMethodCreateParams.CardDetails.builder()
                    .setNumber("4242424242424242")
                    .setExpMonth(12L)
                    .setExpYear(2034L)
                    .setCvc("123")
                    .build())
            .build();
    PaymentMethod first = sdk.cards().paymentMethods().create(card, Sdk.key(key));
    PaymentMethod second = sdk.cards().paymentMethods().create(card, Sdk.key(key));
    assertThat(second.getId()).isEqualTo(first.getId());
    assertThat(second.getLastResponse().headers().firstValue("Idempotent-Replayed"))
        .hasValue("true");
  }

  @Test
  void listsAreNewestFirstAndPageByThemselves() throws StripeException {
    Customer owner = customer("pages");
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(
          api.paymentIntents().create(payment(100 + i).setCustomer(owner.getId()).build()).getId());
    }
    PaymentIntentListParams.Builder two =
        PaymentIntentListParams.builder().setCustomer(owner.getId()).setLimit(2L);
    StripeCollection<PaymentIntent> first = api.paymentIntents().list(two.build());
    assertThat(first.getHasMore()).isTrue();
    assertThat(first.getUrl()).isEqualTo("/v1/payment_intents");
    assertThat(ids(first.autoPagingIterable())).isEqualTo(made.reversed());

    StripeCollection<PaymentIntent> older =
        api.paymentIntents().list(two.setStartingAfter(made.get(1)).build());
    assertThat(ids(older.getData())).containsExactly(made.get(0));
    assertThat(older.getHasMore()).isFalse();
    StripeCollection<PaymentIntent> newer =
        api.paymentIntents()
            .list(
                PaymentIntentListParams.builder()
                    .setCustomer(owner.getId())
                    .setLimit(2L)
                    .setEndingBefore(made.get(4))
                    .build());
    assertThat(ids(newer.getData())).containsExactly(made.get(6), made.get(5));
    long created = api.customers().retrieve(owner.getId()).getCreated();
    assertThat(
            api.paymentIntents()
                .list(
                    PaymentIntentListParams.builder()
                        .setCustomer(owner.getId())
                        .setCreated(
                            PaymentIntentListParams.Created.builder().setLt(created).build())
                        .build())
                .getData())
        .isEmpty();
  }

  private static List<String> ids(Iterable<PaymentIntent> intents) {
    return StreamSupport.stream(intents.spliterator(), false).map(PaymentIntent::getId).toList();
  }

  @Test
  void aListWithAWrongLimitNamesIt() {
    for (long limit : new long[] {0, 101}) {
      InvalidRequestException refused =
          catchThrowableOfType(
              InvalidRequestException.class,
              () -> api.customers().list(CustomerListParams.builder().setLimit(limit).build()));
      assertThat(refused.getParam()).isEqualTo("limit");
    }
  }

  @Test
  void expansionReachesNestedObjectsAndLists() throws StripeException {
    Customer owner = customer("expanded");
    PaymentIntent paid =
        api.paymentIntents()
            .create(
                confirmed(1500, "pm_card_visa")
                    .setCustomer(owner.getId())
                    .addExpand("customer")
                    .addExpand("latest_charge")
                    .build());
    assertThat(paid.getCustomerObject().getName()).isEqualTo("expanded");
    assertThat(paid.getLatestChargeObject().getAmount()).isEqualTo(1500);
    PaymentIntent nested =
        api.paymentIntents()
            .retrieve(
                paid.getId(),
                PaymentIntentRetrieveParams.builder()
                    .addExpand("latest_charge.customer")
                    .addExpand("payment_method")
                    .build());
    assertThat(nested.getLatestChargeObject().getCustomerObject().getName()).isEqualTo("expanded");
    assertThat(nested.getPaymentMethodObject().getCard().getLast4()).isEqualTo("4242");
    assertThat(nested.getCustomerObject()).isNull();
    PaymentIntent listed =
        api.paymentIntents()
            .list(
                PaymentIntentListParams.builder()
                    .setCustomer(owner.getId())
                    .addExpand("data.customer")
                    .addExpand("data.latest_charge.payment_intent")
                    .build())
            .getData()
            .getFirst();
    assertThat(listed.getCustomerObject().getId()).isEqualTo(owner.getId());
    assertThat(listed.getLatestChargeObject().getPaymentIntentObject().getId())
        .isEqualTo(paid.getId());
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.paymentIntents()
                    .retrieve(
                        paid.getId(),
                        PaymentIntentRetrieveParams.builder().addExpand("amount").build()));
    assertThat(refused.getMessage()).contains("amount");
  }

  @Test
  void everyTransitionLeavesAnEvent() throws StripeException {
    Customer owner = customer("events");
    PaymentIntent held =
        api.paymentIntents()
            .create(
                payment(1500)
                    .setCustomer(owner.getId())
                    .setPaymentMethod("pm_card_visa")
                    .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
                    .build());
    api.paymentIntents().confirm(held.getId());
    PaymentIntent paid = api.paymentIntents().capture(held.getId());
    api.refunds().create(RefundCreateParams.builder().setPaymentIntent(paid.getId()).build());
    PaymentIntent dropped = api.paymentIntents().create(payment(100).build());
    api.paymentIntents().cancel(dropped.getId());
    PaymentIntent declined =
        api.paymentIntents()
            .create(payment(200).setPaymentMethod("pm_card_visa_chargeDeclined").build());
    CardException decline =
        catchThrowableOfType(
            CardException.class, () -> api.paymentIntents().confirm(declined.getId()));

    assertThat(decline.getStatusCode()).isEqualTo(402);
    assertThat(typesAbout(held.getId()))
        .containsExactly(
            "payment_intent.created",
            "payment_intent.amount_capturable_updated",
            "payment_intent.succeeded");
    assertThat(typesAbout(paid.getLatestCharge())).contains("charge.captured", "charge.refunded");
    assertThat(typesAbout(dropped.getId()))
        .containsExactly("payment_intent.created", "payment_intent.canceled");
    assertThat(typesAbout(declined.getId()))
        .containsExactly("payment_intent.created", "payment_intent.payment_failed");
    assertThat(typesAbout(owner.getId())).containsExactly("customer.created");
  }

  private static JsonObject snapshot(Event event) {
    return JsonParser.parseString(event.getDataObjectDeserializer().getRawJson()).getAsJsonObject();
  }

  /** The types of the events about an object, oldest first. */
  private List<String> typesAbout(String id) throws StripeException {
    List<String> types = new ArrayList<>();
    StripeCollection<Event> page =
        api.events().list(EventListParams.builder().setLimit(100L).build());
    for (Event event : page.getData()) {
      JsonObject object = snapshot(event);
      if (object.get("id").getAsString().equals(id)) {
        types.add(event.getType());
      }
    }
    return types.reversed();
  }

  @Test
  void anEventIsASnapshotThatNamesItsRequest() throws StripeException {
    String key = UUID.randomUUID().toString();
    Customer made =
        api.customers()
            .create(CustomerCreateParams.builder().setName("before").build(), Sdk.key(key));
    api.customers().update(made.getId(), CustomerUpdateParams.builder().setName("after").build());
    List<Event> events =
        api.events()
            .list(EventListParams.builder().setType("customer.created").setLimit(1L).build())
            .getData();
    Event created = api.events().retrieve(events.getFirst().getId());
    assertThat(created.getType()).isEqualTo("customer.created");
    assertThat(created.getRequest().getId()).isEqualTo(made.getLastResponse().requestId());
    assertThat(created.getRequest().getIdempotencyKey()).isEqualTo(key);
    assertThat(snapshot(created).get("name").getAsString()).isEqualTo("before");
    Event updated =
        api.events()
            .list(EventListParams.builder().setType("customer.updated").setLimit(1L).build())
            .getData()
            .getFirst();
    assertThat(updated.getData().getPreviousAttributes()).containsEntry("name", "before");
  }

  @Test
  void eachStatusIsTheClassThatTheSdkExpects() throws StripeException {
    V1Services wrong = Sdk.client(portcullis.api(), "sk_test_wrong", 0);
    AuthenticationException unknown =
        catchThrowableOfType(
            AuthenticationException.class, () -> wrong.customers().retrieve("cus_x"));
    assertThat(unknown.getStatusCode()).isEqualTo(401);
    V1Services browser = Sdk.client(portcullis.api(), portcullis.lastStatus().publishableKey(), 0);
    PermissionException forbidden =
        catchThrowableOfType(
            PermissionException.class,
            () -> browser.customers().create(CustomerCreateParams.builder().build()));
    assertThat(forbidden.getStatusCode()).isEqualTo(403);
    InvalidRequestException missing =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> api.paymentIntents().retrieve("pi_0000000000000000000000"));
    assertThat(missing.getStatusCode()).isEqualTo(404);
    assertThat(missing.getCode()).isEqualTo("resource_missing");
    InvalidRequestException invalid =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> api.paymentIntents().create(payment(100).setCurrency("xxz").build()));
    assertThat(invalid.getStatusCode()).isEqualTo(400);
    assertThat(invalid.getParam()).isEqualTo("currency");
    assertThat(invalid.getRequestId()).startsWith("req_");
  }

  @Test
  void everyAnswerCarriesARequestIdAndTheVersionAskedFor() throws Exception {
    Http.Answer first = Http.get(portcullis.api() + "/v1/balance", portcullis.secretKey());
    Http.Answer second =
        Http.send(
            Http.authorized(portcullis.api() + "/v1/balance", portcullis.secretKey())
                .header("Stripe-Version", "2026-10-28.endive")
                .GET());
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().get("object").getAsString()).isEqualTo("balance");
    assertThat(first.header("request-id")).startsWith("req_");
    assertThat(second.header("request-id")).isNotEqualTo(first.header("request-id"));
    assertThat(second.header("stripe-version")).isEqualTo("2026-10-28.endive");
    Http.Answer nobody = Http.send(Http.request(portcullis.api() + "/v1/balance").GET());
    assertThat(nobody.status()).isEqualTo(401);
    assertThat(nobody.header("www-authenticate")).startsWith("Basic");
    assertThat(nobody.header("request-id")).startsWith("req_");
  }

  @Test
  void theApiOriginRefusesACardNumberAndSaysWhereItGoes() throws Exception {
    Http.Answer refused =
        Http.post(
            portcullis.api() + "/v1/payment_methods",
            portcullis.secretKey(),
            Map.of("type", "card", "card[number]", "4242424242424242"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("card[number]").doesNotContain("4242424242424242");
    assertThat(refused.body()).contains(portcullis.cards());
    Http.Answer hidden =
        Http.post(
            portcullis.api() + "/v1/customers",
            portcullis.secretKey(),
            Map.of("description", "my card is 4242 4242 4242 4242"));
    assertThat(hidden.status()).isEqualTo(400);
    assertThat(hidden.json().getAsJsonObject("error").get("param").getAsString())
        .isEqualTo("description");
    assertThat(hidden.body()).doesNotContain("4242 4242");
  }
}
