package dev.portcullis.vault.card;

import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.MetadataUpdate;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.ParamValue;
import dev.portcullis.wire.params.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The parameters of card intake, and what they say beside the card. */
final class CardShapes {

  private static final int NUMBER = 64;
  private static final int CVC = 16;

  private static final Shape ADDRESS =
      Shape.of(
          Param.string("city").unsettable(),
          Param.string("country").max(2).unsettable(),
          Param.lines("line1").unsettable(),
          Param.lines("line2").unsettable(),
          Param.string("postal_code").unsettable(),
          Param.string("state").unsettable());

  private static final Shape BILLING =
      Shape.of(
          Param.hash("address", ADDRESS).unsettable(),
          Param.email("email").unsettable(),
          Param.string("name").unsettable(),
          Param.string("phone").unsettable(),
          Param.string("tax_id").unsettable());

  private static final Shape NETWORKS = Shape.of(Param.string("preferred").unsettable());

  /** {@code POST /v1/payment_methods}. */
  static final Shape PAYMENT_METHOD =
      Shape.of(
          Param.choice("type", "card").required(),
          Param.hash(
                  "card",
                  Shape.of(
                      Param.string("number").max(NUMBER),
                      Param.integer("exp_month").range(Long.MIN_VALUE, Long.MAX_VALUE),
                      Param.integer("exp_year").range(Long.MIN_VALUE, Long.MAX_VALUE),
                      Param.string("cvc").max(CVC).unsettable(),
                      Param.hash("networks", NETWORKS),
                      Param.id("token")))
              .required(),
          Param.hash("billing_details", BILLING),
          Param.choice("allow_redisplay", "always", "limited", "unspecified"),
          Param.metadata(),
          Param.expand());

  /** {@code POST /v1/tokens}. */
  static final Shape TOKEN =
      Shape.of(
          Param.hash(
                  "card",
                  Shape.of(
                      Param.string("number").max(NUMBER).required(),
                      Param.integer("exp_month").range(Long.MIN_VALUE, Long.MAX_VALUE).required(),
                      Param.integer("exp_year").range(Long.MIN_VALUE, Long.MAX_VALUE).required(),
                      Param.string("cvc").max(CVC).unsettable(),
                      Param.string("name").unsettable(),
                      Param.string("address_city").unsettable(),
                      Param.string("address_country").unsettable(),
                      Param.lines("address_line1").unsettable(),
                      Param.lines("address_line2").unsettable(),
                      Param.string("address_state").unsettable(),
                      Param.string("address_zip").unsettable(),
                      Param.currency("currency"),
                      Param.hash("networks", NETWORKS)))
              .required(),
          Param.expand());

  private CardShapes() {}

  /** What a payment method's parameters say beside its card. */
  static CardDetails paymentMethodDetails(Arguments arguments) {
    Map<String, String> address = new HashMap<>();
    Map<String, String> person = new HashMap<>();
    arguments
        .hash("billing_details")
        .ifPresent(
            billing -> {
              copy(billing, person, "email", "name", "phone", "tax_id");
              billing
                  .hash("address")
                  .ifPresent(
                      place ->
                          copy(
                              place,
                              address,
                              "city",
                              "country",
                              "line1",
                              "line2",
                              "postal_code",
                              "state"));
            });
    Map<String, String> metadata =
        arguments.metadata().map(update -> applied(update)).orElse(Map.of());
    return new CardDetails(
        CardDetails.billing(address, person),
        metadata,
        arguments.string("allow_redisplay").orElse(CardDetails.UNSPECIFIED));
  }

  /** What a token's card says beside its number. */
  static CardDetails tokenDetails(Arguments card) {
    Map<String, String> address = new HashMap<>();
    for (String field : new String[] {"city", "country", "line1", "line2", "state"}) {
      card.string("address_" + field).ifPresent(text -> address.put(field, text));
    }
    card.string("address_zip").ifPresent(text -> address.put("postal_code", text));
    Map<String, String> person = new HashMap<>();
    copy(card, person, "name");
    return new CardDetails(CardDetails.billing(address, person), Map.of(), CardDetails.UNSPECIFIED);
  }

  /**
   * The request without the card number and without the CVC in any form, not even whether there was
   * one: what its fingerprint for idempotency is made of.
   */
  static ParamTree withoutSecrets(ParamTree tree) {
    Map<String, ParamValue> members = new LinkedHashMap<>(tree.members());
    if (members.get("card") instanceof ParamValue.Members(Map<String, ParamValue> sent)) {
      Map<String, ParamValue> card = new LinkedHashMap<>(sent);
      card.remove("number");
      card.remove("cvc");
      members.put("card", new ParamValue.Members(card));
    }
    return new ParamTree(members);
  }

  private static void copy(Arguments from, Map<String, String> to, String... names) {
    for (String name : names) {
      Optional<String> text = from.string(name);
      text.ifPresent(value -> to.put(name, value));
    }
  }

  private static Map<String, String> applied(MetadataUpdate update) {
    return update.applyTo(Map.of());
  }
}
