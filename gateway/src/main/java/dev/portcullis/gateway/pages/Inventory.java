package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Item.Kind;
import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** All that a page is made of that matters, in an order that does not hang on the page's. */
record Inventory(SortedSet<Item> items) {

  static final Inventory NOTHING = new Inventory(List.of());

  Inventory(Collection<Item> items) {
    this(Collections.unmodifiableSortedSet(new TreeSet<>(items)));
  }

  /**
   * What is expected after an approval: of what a release serves by itself, what was approved
   * beside it is added and what was approved as gone is taken away. So an upgrade changes the
   * release's own part alone, and what was approved in the place of something that the new release
   * changes has to be approved again.
   *
   * @param approved what was seen and approved
   * @param then what the release of that time served by itself
   */
  Inventory with(Inventory approved, Inventory then) {
    TreeSet<Item> expected = new TreeSet<>(items);
    approved.items.stream().filter(item -> !then.items.contains(item)).forEach(expected::add);
    then.items.stream().filter(item -> !approved.items.contains(item)).forEach(expected::remove);
    return new Inventory(expected);
  }

  /** How it differs from what was expected; nothing if it does not. */
  List<Difference> against(Inventory expected) {
    List<Item> missing = without(expected, this);
    List<Item> more = without(this, expected);
    List<Difference> differences = new ArrayList<>();
    for (Item gone : missing) {
      List<Item> instead =
          more.stream()
              .filter(item -> item.kind() == gone.kind() && item.subject().equals(gone.subject()))
              .limit(1)
              .toList();
      more.removeAll(instead);
      differences.add(
          new Difference(
              gone.kind(),
              gone.subject(),
              gone.value(),
              instead.isEmpty() ? null : instead.getFirst().value()));
    }
    more.forEach(
        item -> differences.add(new Difference(item.kind(), item.subject(), null, item.value())));
    return differences;
  }

  private static List<Item> without(Inventory one, Inventory other) {
    List<Item> left = new ArrayList<>(one.items);
    left.removeAll(other.items);
    return left;
  }

  /** The same for the same items alone. */
  String fingerprint() {
    return Hashes.name(Json.writeString(json()));
  }

  List<List<String>> json() {
    return items.stream()
        .map(item -> List.of(item.kind().wire(), item.subject(), item.value()))
        .toList();
  }

  /** As {@link #json()} has made it. */
  static Inventory read(Object json) {
    List<Item> items = new ArrayList<>();
    for (Object each : (List<?>) json) {
      List<?> item = (List<?>) each;
      items.add(
          new Item(
              Kind.ofWire(item.get(0).toString()), item.get(1).toString(), item.get(2).toString()));
    }
    return new Inventory(items);
  }
}
