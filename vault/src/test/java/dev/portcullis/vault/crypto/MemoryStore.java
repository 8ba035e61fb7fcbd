package dev.portcullis.vault.crypto;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Data keys in memory, as the database would keep them. */
final class MemoryStore implements DataKeyStore {
  final Map<String, Row> rows = new HashMap<>();

  @Override
  public synchronized Optional<Row> find(Owner owner, int period) {
    return rows.values().stream()
        .filter(row -> row.owner().equals(owner) && row.period() == period)
        .findFirst();
  }

  @Override
  public synchronized Optional<Row> find(Owner owner, String id) {
    return Optional.ofNullable(rows.get(id));
  }

  @Override
  public boolean isDestroyed(Owner owner) {
    return false;
  }

  synchronized Optional<Row> newest() {
    return rows.values().stream().max(Comparator.comparing(Row::id));
  }

  @Override
  public synchronized List<Sampled> sample(String masterKey, int most) {
    return rows.values().stream()
        .filter(row -> row.masterKey().equals(masterKey))
        .map(row -> new Sampled(row, true))
        .toList();
  }

  @Override
  public boolean areUsed(Set<String> masterKeys) {
    return true;
  }

  @Override
  public synchronized Set<String> masterKeys() {
    return rows.values().stream().map(Row::masterKey).collect(Collectors.toSet());
  }

  @Override
  public synchronized List<Row> wrappedByOthersThan(String masterKey, int most) {
    return rows.values().stream()
        .filter(row -> !row.masterKey().equals(masterKey))
        .limit(most)
        .toList();
  }

  @Override
  public synchronized boolean rewrap(Row before, String masterKey, byte[] wrapped) {
    return rows.replace(
        before.id(),
        before,
        new Row(before.id(), before.owner(), before.period(), masterKey, wrapped));
  }

  @Override
  public synchronized Row insertOrFind(Row row) {
    Optional<Row> there = find(row.owner(), row.period());
    if (there.isEmpty()) {
      rows.put(row.id(), row);
    }
    return there.orElse(row);
  }
}
