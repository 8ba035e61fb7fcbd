package dev.portcullis.simulator.paypal;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Refused;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Access tokens for client credentials. They live in memory: a restart makes all of them void. */
final class PayPalTokens {
  static final String PATH = "/v1/oauth2/token";
  private static final long LIFE_SECONDS = 32_400;
  private static final int MOST = 1_000;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Long> tokens =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  synchronized Answer mint(Desk desk, Call call) {
    String form = new String(call.bytes(), StandardCharsets.UTF_8);
    if (!("&" + form + "&").contains("&grant_type=client_credentials&")) {
      return new Answer(400, Map.of("error", "unsupported_grant_type"));
    }
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String token = "A21AA" + HexFormat.of().formatHex(bytes);
    tokens.put(token, desk.clock().instant().getEpochSecond() + LIFE_SECONDS);
    return new Answer(
        200,
        new Members()
            .put("scope", "https://uri.paypal.com/services/payments/payment")
            .put("access_token", token)
            .put("token_type", "Bearer")
            .put("app_id", "APP-80W284485P519543T")
            .put("expires_in", LIFE_SECONDS)
            .build());
  }

  /** Lets pass who has the secret (for a token) or a token (for all else). */
  void authenticate(Desk desk, Call call, Secret key) {
    String header = call.header("Authorization");
    if (call.path().equals(PATH)) {
      if (!isClient(header, key)) {
        throw refused("invalid_client", "Client Authentication failed");
      }
    } else if (!header.startsWith("Bearer ")
        || !isAlive(desk, header.substring("Bearer ".length()))) {
      throw refused("invalid_token", "Token signature verification failed");
    }
  }

  private static Refused refused(String error, String description) {
    return new Refused(401, "unauthorized", description, error);
  }

  private static boolean isClient(String header, Secret key) {
    if (!header.startsWith("Basic ")) {
      return false;
    }
    try {
      byte[] pair = Base64.getDecoder().decode(header.substring("Basic ".length()));
      String[] parts = new String(pair, StandardCharsets.UTF_8).split(":", 2);
      return parts.length == 2 && !parts[0].isEmpty() && key.equals(Secret.of(parts[1]));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private synchronized boolean isAlive(Desk desk, String token) {
    Long until = tokens.get(token);
    return until != null && desk.clock().instant().getEpochSecond() < until;
  }
}
