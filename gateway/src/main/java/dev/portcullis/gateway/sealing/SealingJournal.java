package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Table.Column;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.journal.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one way into the database: what a table's columns say is personal is sealed before it gets
 * there, on the thread of whoever writes.
 */
public final class SealingJournal implements Journal {

  private final Journal journal;
  private final Sealer sealer;
  private final PersonalData personal;
  private final BlindIndex blind;

  /** Writes through that journal. */
  public SealingJournal(Journal journal, Sealer sealer, PersonalData personal, BlindIndex blind) {
    this.journal = journal;
    this.sealer = sealer;
    this.personal = personal;
    this.blind = blind;
  }

  @Override
  public Verdict commit(Change change) {
    List<Write> sealed = change.writes().stream().map(write -> seal(change, write)).toList();
    return journal.commit(new Change(change.account(), change.livemode(), sealed));
  }

  private Write seal(Change change, Write write) {
    Table table = write.table();
    if (!table.isProtected()) {
      return write;
    }
    Row row = seal(change, table, write.row());
    return switch (write) {
      case Write.Insert _ -> new Write.Insert(table, row);
      case Write.Ensure _ -> new Write.Ensure(table, row);
      case Write.Update _ -> new Write.Update(table, row);
    };
  }

  private Row seal(Change change, Table table, Row row) {
    List<@Nullable String> values = new ArrayList<>(row.values());
    for (int c = 0; c < values.size(); c++) {
      String value = values.get(c);
      if (value != null) {
        values.set(c, seal(change, table, table.columns().get(c), row.id(), value));
      }
    }
    return new Row(row.id(), row.version(), row.created(), Collections.unmodifiableList(values));
  }

  private String seal(Change change, Table table, Column column, String id, String value) {
    return switch (column.protection()) {
      case NONE -> value;
      case PERSONAL ->
          personal.seal(Place.of(change.account(), change.livemode(), table, column, id), value);
      case WHOLE ->
          sealer.seal(Place.of(change.account(), change.livemode(), table, column, id), value);
      case BLIND_VALUE -> blind.value(change.account(), table.name() + '.' + column.name(), value);
      case BLIND_TERMS -> blind.terms(value);
    };
  }
}
