package dev.portcullis.simulator.stripe;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi;
import dev.portcullis.simulator.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stripe, spoken closely enough for its SDKs. */
public final class StripeApi implements ProviderApi {

  /** Made by the service loader. */
  public StripeApi() {}

  @Override
  public String name() {
    return "stripe";
  }

  @Override
  public void routes(Desk desk) {
    StripeCards cards = new StripeCards();
    new StripePayments(desk, cards).routes();
    new StripeSetups(desk, cards).routes();
    new StripeRefunds(desk).routes();
    new StripeDisputes(desk).routes();
    new StripeHooks(desk).routes();
    desk.get("/v1/balance", "balance", call -> balance());
  }

  private static Answer balance() {
    return new Answer(
        200,
        new Members()
            .put("object", "balance")
            .put("available", List.of())
            .put("livemode", false)
            .put("pending", List.of())
            .build());
  }

  @Override
  public void authenticate(Call call, Secret key) {
    if (!key.equals(Secret.of(sent(call.header("Authorization"))))) {
      throw new Refused(401, "unauthorized", "Invalid API Key provided.", null);
    }
  }

  /** As a bearer token, or as the name of basic authentication without a password. */
  private static String sent(String header) {
    if (header.startsWith("Bearer ")) {
      return header.substring("Bearer ".length());
    }
    if (!header.startsWith("Basic ")) {
      return "";
    }
    try {
      byte[] pair = Base64.getDecoder().decode(header.substring("Basic ".length()));
      return new String(pair, StandardCharsets.UTF_8).split(":", 2)[0];
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  @Override
  public @Nullable String idempotencyKey(Call call) {
    String key = call.header("Idempotency-Key");
    if (key.length() > 255) {
      throw StripeErrors.invalid(null, null, "Idempotency keys have at most 255 characters.");
    }
    return key.isEmpty() || !call.method().equals("POST") ? null : key;
  }

  @Override
  public Map<String, @Nullable Object> read(byte[] body) {
    return StripeForms.read(body);
  }

  @Override
  public Answer refusal(Refused refused) {
    return StripeErrors.answer(refused);
  }

  /** A refused card is an answer too: the attempt was made. */
  @Override
  public boolean isKept(Answer answer) {
    return answer.status() < 300 || answer.status() == 402;
  }

  @Override
  public Answer again(Answer first) {
    return new Answer(first.status(), Map.of("Idempotent-Replayed", "true"), first.body());
  }

  @Override
  public String returnUrl(Desk desk, Operation.Authorization authorization) {
    return StripeObjects.returnUrl(authorization);
  }

  @Override
  public List<Map<String, @Nullable Object>> notices(
      Desk desk, @Nullable Operation before, Operation after) {
    return new StripeEvents(desk).of(before, after);
  }

  @Override
  public Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now) {
    return StripeEvents.signed(notice, secret, now);
  }
}
