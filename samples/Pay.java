import com.stripe.StripeClient;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentMethodCreateParams;

/**
 * One payment with the official SDK: the card goes to the cards origin, the payment to the API.
 *
 * <p>Run it as the last lines of {@code ./portcullis up} show.
 */
final class Pay {
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("usage: Pay.java API-URL CARDS-URL SECRET-KEY");
      System.exit(2);
    }
    StripeClient api =
        StripeClient.builder().setApiKey(arguments[2]).setApiBase(arguments[0]).build();
    StripeClient cards =
        StripeClient.builder().setApiKey(arguments[2]).setApiBase(arguments[1]).build();
    PaymentMethod card =
        cards
            .v1()
            .paymentMethods()
            .create(
                PaymentMethodCreateParams.builder()
                    .setType(PaymentMethodCreateParams.Type.CARD)
                    .setCard(
                        PaymentMethodCreateParams.CardDetails.builder()
                            .setNumber("4242424242424242")
                            .setExpMonth(12L)
                            .setExpYear(2034L)
                            .setCvc("123")
                            .build())
                    .build());
    PaymentIntent paid =
        api.v1()
            .paymentIntents()
            .create(
                PaymentIntentCreateParams.builder()
                    .setAmount(1999L)
                    .setCurrency("usd")
                    .setPaymentMethod(card.getId())
                    .addPaymentMethodType("card")
                    .setConfirm(true)
                    .build());
    System.out.println(paid.getId() + " " + paid.getStatus());
  }
}
