package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.Api.Answer;
import dev.portcullis.cli.webhooks.Api.AwayException;
import dev.portcullis.cli.webhooks.EventFeed.Event;
import dev.portcullis.cli.webhooks.EventFeed.Page;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.webhook.WebhookSigner;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands an account's events on to a developer's own server, signed, until it is interrupted. */
public final class Listening {

  private static final int PAGE = 50;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Api api;
  private final Wish wish;
  private final WebhookSigner signer;
  private final InstantSource clock;
  private final Output output;
  private boolean ready;

  /**
   * @param wish what is wanted
   * @param signer by which deliveries are signed
   * @param output what a person, or a program, is told
   */
  public Listening(Api api, Wish wish, WebhookSigner signer, InstantSource clock, Output output) {
    this.api = api;
    this.wish = wish;
    this.signer = signer;
    this.clock = clock;
    this.output = output;
  }

  /**
   * What is wanted.
   *
   * @param target where events go
   * @param types those that go there, {@code *} and {@code charge.*} among them; empty for all
   * @param anywhere whether the target may be another machine
   * @param unverified whether its certificate may be any
   */
  public record Wish(URI target, List<String> types, boolean anywhere, boolean unverified) {

    /** Copies the list. */
    public Wish {
      types = List.copyOf(types);
    }

    boolean wants(String type) {
      return types.isEmpty()
          || types.stream()
              .anyMatch(
                  each ->
                      each.endsWith("*")
                          ? type.startsWith(each.substring(0, each.length() - 1))
                          : type.equals(each));
    }
  }

  /**
   * Where it is told.
   *
   * @param note sentences for a person
   * @param delivery what became of an event
   */
  public record Output(Consumer<String> note, Consumer<Delivery> delivery) {}

  /**
   * One event that went out.
   *
   * @param status the receiver's, or why there is none
   * @param millis how long it took
   */
  public record Delivery(Instant at, String event, String type, String status, long millis) {

    /** As a line. */
    public String line() {
      return "%s  %-42s %s  -> %s (%d ms)".formatted(at, type, event, status, millis);
    }

    /** As an object. */
    public String json() {
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("time", at.toString());
      tree.put("type", type);
      tree.put("event", event);
      tree.put("status", status);
      tree.put("millis", millis);
      return Json.writeString(tree);
    }
  }

  /** Goes on until the thread is interrupted. */
  public void run() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    EventFeed feed = new EventFeed(this::page, clock.instant().getEpochSecond());
    try (Forwarder forwarder = new Forwarder(wish.target(), wish.anywhere(), wish.unverified())) {
      Duration pause = PAUSE;
      do {
        pause = look(feed, forwarder, pause);
      } while (!never.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  /** How long to wait then. */
  private Duration look(EventFeed feed, Forwarder forwarder, Duration pause)
      throws InterruptedException {
    try {
      List<Event> events = feed.next();
      if (!ready) {
        ready = true;
        output.note().accept("Ready: what happens from now on goes to " + wish.target() + ".");
      }
      if (pause.compareTo(PAUSE) > 0) {
        output.note().accept("The API answers again; events go on where they stopped.");
      }
      if (feed.isCut()) {
        output
            .note()
            .accept(
                "MORE EVENTS THAN CAN BE CAUGHT UP WITH: those before %s are not forwarded."
                    .formatted(events.isEmpty() ? "the newest" : events.getFirst().id()));
      }
      for (Event event : events) {
        if (wish.wants(event.type())) {
          output.delivery().accept(deliver(event, forwarder));
        }
      }
      return PAUSE;
    } catch (AwayException e) {
      if (pause.equals(PAUSE)) {
        output.note().accept("The API does not answer (" + e.getMessage() + "); trying again.");
      }
      Duration next = pause.multipliedBy(2);
      return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    }
  }

  private Delivery deliver(Event event, Forwarder forwarder) throws InterruptedException {
    byte[] body = Json.write(event.document());
    Instant at = clock.instant();
    String status = forwarder.post(signer.headers(event.id(), at, body), body);
    long millis = Duration.between(at, clock.instant()).toMillis();
    return new Delivery(at, event.id(), event.type(), status, millis);
  }

  private Page page(long from, @Nullable String after) throws AwayException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("created[gte]", Long.toString(from));
    query.put("limit", Integer.toString(PAGE));
    if (after != null) {
      query.put("starting_after", after);
    }
    Answer answer = api.get("/v1/events", query);
    if (answer.status() == 429 || answer.status() >= 500) {
      throw new AwayException(answer.message());
    }
    if (!answer.isOk()) {
      throw new Refusal("The API lists no events: " + answer.message());
    }
    return events(answer.body());
  }

  @SuppressWarnings("unchecked") // JSON objects have texts as names
  private static Page events(Map<String, @Nullable Object> list) {
    List<Event> events = new ArrayList<>();
    if (list.get("data") instanceof List<?> data) {
      for (Object each : data) {
        Map<String, @Nullable Object> event = (Map<String, @Nullable Object>) each;
        events.add(
            new Event(
                String.valueOf(event.get("id")),
                String.valueOf(event.get("type")),
                event.get("created") instanceof Long created ? created : 0,
                event));
      }
    }
    return new Page(events, Boolean.TRUE.equals(list.get("has_more")));
  }
}
