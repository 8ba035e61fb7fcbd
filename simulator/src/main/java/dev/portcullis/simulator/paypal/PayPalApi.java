package dev.portcullis.simulator.paypal;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi;
import dev.portcullis.simulator.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** PayPal, spoken closely enough for its SDKs. */
public final class PayPalApi implements ProviderApi {
  private final PayPalTokens tokens = new PayPalTokens();
  private @Nullable Desk desk;

  /** Made by the service loader. */
  public PayPalApi() {}

  @Override
  public String name() {
    return "paypal";
  }

  @Override
  public void routes(Desk at) {
    desk = at;
    at.post(PayPalTokens.PATH, "token", call -> tokens.mint(at, call));
    new PayPalOrders(at).routes();
    new PayPalPayments(at).routes();
    new PayPalDisputes(at).routes();
    new PayPalNotices(at).routes();
    new PayPalHooks(at).routes();
  }

  @Override
  public void authenticate(Call call, Secret key) {
    if (isCertificate(call)) {
      return;
    }
    tokens.authenticate(Objects.requireNonNull(desk), call, key);
  }

  /** Anybody may see whose signature it is. */
  private static boolean isCertificate(Call call) {
    return call.isRead() && call.path().startsWith(PayPalNotices.CERTIFICATES);
  }

  @Override
  public Message write(Call call, Answer answer) {
    return isCertificate(call) && answer.status() == 200
        ? PayPalNotices.pem(answer)
        : ProviderApi.json(answer);
  }

  @Override
  public @Nullable String idempotencyKey(Call call) {
    String key = call.header("PayPal-Request-Id");
    if (key.length() > 108) {
      throw PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "PayPal-Request-Id");
    }
    return key.isEmpty() ? null : key;
  }

  @Override
  public Answer refusal(Refused refused) {
    return PayPalErrors.answer(refused);
  }

  /** What was created is there already. */
  @Override
  public Answer again(Answer first) {
    return new Answer(first.status() == 201 ? 200 : first.status(), Map.of(), first.body());
  }

  @Override
  public String returnUrl(Desk at, Operation.Authorization authorization) {
    return PayPalObjects.returnUrl(authorization);
  }

  @Override
  public List<Map<String, @Nullable Object>> notices(
      Desk at, @Nullable Operation before, Operation after) {
    return PayPalNotices.of(at, before, after);
  }

  @Override
  public Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now) {
    return new PayPalNotices(Objects.requireNonNull(desk)).signed(notice, secret, now);
  }
}
