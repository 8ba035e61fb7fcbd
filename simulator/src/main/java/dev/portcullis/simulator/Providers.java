package dev.portcullis.simulator;

import io.helidon.webserver.http.HttpService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Every {@link ProviderApi} there is, each at a desk of its own. */
final class Providers implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Providers.class.getName());

  /** How late something may come true that nobody looks at. */
  private static final long TICK_MILLIS = 100;

  private record Place(Desk desk, Notifier notifier) {}

  private final Map<String, Place> places = new LinkedHashMap<>();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("ticker").unstarted(task));

  private @Nullable ScheduledFuture<?> ticking;

  private Providers() {}

  /**
   * Opens the books of each in a folder of its name.
   *
   * @throws IOException if a ledger cannot be used
   */
  static Providers open(Path directory, Metrics metrics, Desk.Surroundings surroundings)
      throws IOException {
    Providers providers = new Providers();
    try {
      for (ProviderApi api : ServiceLoader.load(ProviderApi.class)) {
        Acquirer acquirer = new Acquirer(directory.resolve(api.name()), surroundings.clock(), true);
        Exchange exchange = new Exchange(api.name(), new Faults(), metrics);
        Desk desk = new Desk(api, acquirer, exchange, surroundings);
        Notifier notifier = new Notifier(api, surroundings.clock());
        desk.hooks().listen(notifier::use);
        acquirer
            .books()
            .listen((before, after) -> api.notices(desk, before, after).forEach(notifier::tell));
        providers.places.put(api.name(), new Place(desk, notifier));
      }
    } catch (IOException | RuntimeException e) {
      providers.close();
      throw e;
    }
    providers.ticking =
        providers.ticker.scheduleWithFixedDelay(
            providers::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return providers;
  }

  /** Lets come true what is due, and tells of it. */
  void tick() {
    for (Place place : places.values()) {
      try {
        // Any step lets come true what is due.
        place.desk().books().books().size();
        place.notifier().tick();
      } catch (RuntimeException e) {
        // A ticker that threw would never tick again.
        LOG.log(Level.SEVERE, "A provider could not go on by itself.", e);
      }
    }
  }

  List<HttpService> routes() {
    List<HttpService> routes = new ArrayList<>();
    places.values().forEach(place -> routes.add(place.desk()));
    return routes;
  }

  List<ChallengeRoutes.Asking> asking() {
    return places.values().stream()
        .map(Place::desk)
        .map(
            desk ->
                new ChallengeRoutes.Asking(
                    desk.books(), asked -> desk.api().returnUrl(desk, asked)))
        .toList();
  }

  Map<String, ControlRoutes.Controlled> controlled() {
    Map<String, ControlRoutes.Controlled> controlled = new LinkedHashMap<>();
    places.forEach(
        (name, place) ->
            controlled.put(
                name,
                new ControlRoutes.Controlled(
                    place.desk().books(), place.desk().exchange().faults(), place.notifier())));
    return controlled;
  }

  /** How many operations each has in its books. */
  Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    places.forEach((name, place) -> sizes.put(name, place.desk().books().books().size()));
    return sizes;
  }

  void stopFaults() {
    places.values().forEach(place -> place.desk().exchange().faults().stop());
  }

  @Override
  public void close() {
    if (ticking != null) {
      ticking.cancel(false);
    }
    ticker.shutdownNow();
    try {
      if (!ticker.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warning("The ticker does not stop.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Place place : places.values()) {
      place.notifier().close();
      place.desk().books().close();
    }
  }
}
