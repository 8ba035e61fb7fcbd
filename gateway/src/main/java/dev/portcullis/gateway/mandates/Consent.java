package dev.portcullis.gateway.mandates;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shopper's consent to be charged later, as a confirmation brings it. It is kept with the intent
 * and becomes a {@link Mandate} when the card is ready.
 */
public final class Consent {

  /** Its name in requests and among the details of an intent. */
  public static final String NAME = "mandate_data";

  private static final int USER_AGENT = 2_048;
  private static final int ADDRESS = 45;

  private static final Shape ONLINE =
      Shape.of(
              Param.string("ip_address").max(ADDRESS).required(),
              Param.string("user_agent").max(USER_AGENT).required())
          .refusing("send ip_address and user_agent.", "infer_from_client");

  /** How a request says it. */
  public static final Param PARAM =
      Param.hash(
          NAME,
          Shape.of(
              Param.hash(
                      "customer_acceptance",
                      Shape.of(
                          Param.choice("type", "offline", "online").required(),
                          Param.timestamp("accepted_at"),
                          Param.hash("offline", Shape.NONE).unsettable(),
                          Param.hash("online", ONLINE)))
                  .required()));

  private Consent() {}

  /**
   * What is kept.
   *
   * @param now when it was received
   * @throws ApiException 400 if an acceptance on the web does not say from where
   */
  public static Map<String, @Nullable Object> read(Arguments sent, Instant now) {
    Arguments acceptance = sent.hash("customer_acceptance").orElseThrow();
    String type = acceptance.requiredString("type");
    Arguments online = acceptance.hash("online").orElse(null);
    if (type.equals("online") && online == null) {
      throw new ApiException(ApiErrors.missing("mandate_data[customer_acceptance][online]"));
    }
    Map<String, @Nullable Object> kept = new LinkedHashMap<>();
    kept.put("type", type);
    kept.put("accepted_at", acceptance.integer("accepted_at").orElse(now.getEpochSecond()));
    if (online != null) {
      kept.put(
          "online",
          Map.of(
              "ip_address", online.requiredString("ip_address"),
              "user_agent", online.requiredString("user_agent")));
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("customer_acceptance", kept);
    return data;
  }
}
