package dev.portcullis.cli.audit;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.audit.CarriedHeads;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailFault;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The trail of a zone that runs. The zone computes it anew and says what it found; nobody else
 * needs a way into its database. The vault is asked in steps, however long its trail is.
 */
public final class ZoneTrail {

  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 120_000;
  private static final int MAX_ANSWER = 64 << 10;
  private static final int STEP = 1_000;

  private final Home home;
  private final Zone zone;
  private final int port;

  private ZoneTrail(Home home, Zone zone, int port) {
    this.home = home;
    this.zone = zone;
    this.port = port;
  }

  /** The vault's. */
  public static ZoneTrail vault(Home home, Ports ports) {
    return new ZoneTrail(home, Zone.VAULT, ports.vaultManagement());
  }

  /** The gateway's, which has no signed heads. */
  public static ZoneTrail gateway(Home home, Ports ports) {
    return new ZoneTrail(home, Zone.GATEWAY, ports.gatewayManagement());
  }

  /**
   * The vault's newest head and its keys.
   *
   * @param text the head, in one word; empty where none was signed yet
   */
  public record Head(Optional<String> text, List<HeadKey> keys) {
    /** The head, if it is one that a key of the vault signed. */
    public Optional<SignedHead> signed() {
      return text.flatMap(SignedHead::parse)
          .filter(head -> keys.stream().anyMatch(head::isSignedBy));
    }
  }

  /** Asks for the newest head. */
  public Head head() {
    Map<String, @Nullable Object> answer = ask("/audit/head");
    Object text = answer.get("head");
    try {
      return new Head(
          Optional.ofNullable(text).map(String::valueOf),
          answer.get("keys") instanceof List<?> keys
              ? keys.stream().flatMap(pem -> HeadKey.readAll(String.valueOf(pem)).stream()).toList()
              : List.of());
    } catch (IllegalArgumentException _) {
      throw stranger();
    }
  }

  /** Whether the trail has that head. */
  public boolean has(SignedHead head) {
    return Boolean.TRUE.equals(ask("/audit/head?held=" + head.text()).get("has_held"));
  }

  /** Has all of it computed anew at once. */
  public Found verify() {
    Map<String, @Nullable Object> answer = ask("/audit");
    return found(answer);
  }

  /**
   * Has all of it computed anew, step by step.
   *
   * @param given heads that were kept outside, of which it is known that the right key signed them
   * @param progress told how many entries were looked at
   */
  public Found verify(GivenHeads given, LongConsumer progress) {
    CarriedHeads carried = given.carried();
    long entries = 0;
    String root = HexFormat.of().formatHex(ChainHash.start());
    while (true) {
      long most = Math.min(STEP, carried.next().orElse(Long.MAX_VALUE) - entries);
      Map<String, @Nullable Object> answer =
          ask("/audit?after=%d&root=%s&limit=%d".formatted(entries, root, most));
      Found found = found(answer);
      Optional<TrailFault> fault =
          found.isWhole() ? carried.reached(found.entries(), found.root()) : Optional.empty();
      boolean ended = !Boolean.TRUE.equals(answer.get("has_more"));
      if (found.isWhole() && ended) {
        fault = fault.or(() -> carried.ended(found.entries()));
      }
      if (fault.isPresent()) {
        return found.with(fault.get());
      }
      if (ended || !found.isWhole()) {
        return found;
      }
      if (found.entries() <= entries) {
        throw stranger();
      }
      entries = found.entries();
      root = found.root();
      progress.accept(entries);
    }
  }

  private Found found(Map<String, @Nullable Object> answer) {
    if (answer.get("entries") instanceof Long entries
        && answer.get("head") instanceof String root) {
      return new Found(
          entries,
          root,
          number(answer.get("signed")),
          answer.get("fault") instanceof String fault ? fault : "",
          number(answer.get("broken")));
    }
    throw stranger();
  }

  private static OptionalLong number(@Nullable Object value) {
    return value instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
  }

  private Refusal stranger() {
    return new Refusal(
        "What answers in the %s's place is not the %s.".formatted(zone.label(), zone.label()));
  }

  private Map<String, @Nullable Object> ask(String path) {
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setInstanceFollowRedirects(false);
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new Refusal(
            "The %s could not read its audit trail; its log says why.".formatted(zone.label()));
      }
      try (InputStream in = connection.getInputStream()) {
        return Json.readObject(in.readNBytes(MAX_ANSWER));
      }
    } catch (IOException | MalformedJsonException e) {
      throw new Refusal(
          "The %s does not answer; see %s.".formatted(zone.label(), home.command("status")), e);
    }
  }
}
