package dev.portcullis.simulator.adyen;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi;
import dev.portcullis.simulator.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adyen, spoken closely enough for its SDKs. */
public final class AdyenApi implements ProviderApi {

  /** Made by the service loader. */
  public AdyenApi() {}

  @Override
  public String name() {
    return "adyen";
  }

  @Override
  public void routes(Desk desk) {
    new AdyenPayments(desk).routes();
    new AdyenModifications(desk).routes();
    new AdyenHooks(desk).routes();
    desk.post("/v71/paymentMethods", "methods", AdyenApi::methods);
  }

  private static Answer methods(Call call) {
    AdyenPayments.merchantAccount(call);
    Members cards =
        new Members()
            .put("brands", List.of("visa", "mc", "amex"))
            .put("name", "Cards")
            .put("type", "scheme");
    return new Answer(200, new Members().put("paymentMethods", List.of(cards.build())).build());
  }

  @Override
  public void authenticate(Call call, Secret key) {
    if (!key.equals(Secret.of(call.header("X-API-Key")))) {
      throw new Refused(401, "unauthorized", "The API key is missing or wrong.", null);
    }
  }

  @Override
  public @Nullable String idempotencyKey(Call call) {
    String key = call.header("Idempotency-Key");
    if (key.length() > 64) {
      throw AdyenErrors.invalid("703", "The idempotency key has at most 64 characters");
    }
    return key.isEmpty() ? null : key;
  }

  @Override
  public Answer refusal(Refused refused) {
    return AdyenErrors.answer(refused);
  }

  @Override
  public String returnUrl(Desk desk, Operation.Authorization authorization) {
    return AdyenPayments.returnUrl(authorization);
  }

  @Override
  public List<Map<String, @Nullable Object>> notices(
      Desk desk, @Nullable Operation before, Operation after) {
    return new AdyenNotices(desk).of(before, after);
  }

  @Override
  public Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now) {
    return AdyenNotices.signed(notice, secret);
  }
}
