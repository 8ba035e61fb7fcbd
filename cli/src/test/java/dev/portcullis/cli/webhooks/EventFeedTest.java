package dev.portcullis.cli.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.webhooks.Api.AwayException;
import dev.portcullis.cli.webhooks.EventFeed.Event;
import dev.portcullis.cli.webhooks.EventFeed.Page;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class EventFeedTest {

  private static final int PAGE = 3;

  /** What is committed so far, in any order; listed as the API does it. */
  private final List<Event> committed = new ArrayList<>();

  private int failAt = -1;
  private int pages;

  private static Event event(int number, long created) {
    return new Event("evt_%06d".formatted(number), "customer.created", created, Map.of());
  }

  private Page page(long from, @Nullable String after) throws AwayException {
    if (pages++ == failAt) {
      throw new AwayException("down");
    }
    List<Event> listed =
        committed.stream()
            .filter(event -> event.created() >= from)
            .filter(event -> after == null || event.id().compareTo(after) < 0)
            .sorted(Comparator.comparing(Event::id).reversed())
            .toList();
    return new Page(listed.stream().limit(PAGE).toList(), listed.size() > PAGE);
  }

  /** Events that are committed long after others that were made later, and an API that fails. */
  @RepeatedTest(50)
  void eachIsToldOnceWhateverTheOrderOfCommits(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Event> all = new ArrayList<>();
    List<Long> commitAt = new ArrayList<>();
    long created = 1_000;
    for (int i = 0; i < 80; i++) {
      created += random.nextInt(20);
      all.add(event(i, created));
      commitAt.add(created + random.nextInt((int) EventFeed.OVERLAP_SECONDS));
    }
    EventFeed feed = new EventFeed(this::page, 1_000);
    List<String> told = new ArrayList<>();
    for (long now = 1_000;
        now < created + 2 * EventFeed.OVERLAP_SECONDS;
        now += 1 + random.nextInt(40)) {
      committed.clear();
      for (int i = 0; i < all.size(); i++) {
        if (commitAt.get(i) <= now) {
          committed.add(all.get(i));
        }
      }
      failAt = random.nextInt(3) == 0 ? pages + random.nextInt(3) : -1;
      try {
        List<String> batch = feed.next().stream().map(Event::id).toList();
        assertThat(batch).isSorted();
        told.addAll(batch);
      } catch (AwayException e) {
        assertThat(e).hasMessage("down");
      }
    }
    assertThat(told).containsExactlyInAnyOrderElementsOf(all.stream().map(Event::id).toList());
  }

  @Test
  void whatHappenedBeforeIsNotTold() throws AwayException {
    committed.add(event(1, 99));
    committed.add(event(2, 100));
    assertThat(new EventFeed(this::page, 100).next())
        .extracting(Event::id)
        .containsExactly("evt_000002");
  }

  @Test
  void aFailedLookChangesNothing() throws AwayException {
    for (int i = 0; i < 5; i++) {
      committed.add(event(i, 100));
    }
    EventFeed feed = new EventFeed(this::page, 0);
    failAt = 1;
    assertThatThrownBy(feed::next).isInstanceOf(AwayException.class);
    assertThat(feed.next()).hasSize(5);
    assertThat(feed.next()).isEmpty();
    assertThat(feed.isCut()).isFalse();
  }

  @Test
  void whatIsTooMuchIsSaid() throws AwayException {
    for (int i = 0; i < PAGE * EventFeed.MOST_PAGES + 1; i++) {
      committed.add(event(i, 100));
    }
    EventFeed feed = new EventFeed(this::page, 0);
    assertThat(feed.next()).hasSize(PAGE * EventFeed.MOST_PAGES).first().isEqualTo(event(1, 100));
    assertThat(feed.isCut()).isTrue();
  }
}
