package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.journal.Table;
import java.util.List;

/** A feature's tables that the journal seals values of; a bean for each feature that has any. */
@FunctionalInterface
public interface SealedTables {
  List<Table> tables();
}
