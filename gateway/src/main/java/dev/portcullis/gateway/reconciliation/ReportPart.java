package dev.portcullis.gateway.reconciliation;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A part of a report in a file.
 *
 * @param records how many there were, the header and what is about something else counted in
 * @param columns the columns' names, once they have come
 * @param lines what the records say
 */
record ReportPart(int records, @Nullable List<String> columns, List<SettlementLine> lines) {

  private static final int MOST_COLUMNS = 500;

  /**
   * Reads records of CSV (RFC 4180).
   *
   * @throws ReportFault if it is not what the format is; the message names record and column
   */
  static ReportPart read(ReconciliationRun run, String csv) {
    ReportFormat format = ReportFormat.find(run.source()).orElseThrow();
    List<String> columns = run.columns();
    List<SettlementLine> lines = new ArrayList<>();
    int records = 0;
    try (CSVParser parser = CSVFormat.RFC4180.parse(new StringReader(csv))) {
      for (CSVRecord record : parser) {
        List<String> values = record.toList();
        int number = run.read() + ++records;
        if (values.size() > MOST_COLUMNS) {
          throw new ReportFault("Record " + number + ": it has too many columns.");
        }
        if (columns == null) {
          columns = header(format, values);
        } else if (format.isData(values) && !isBlank(values)) {
          line(format, columns, values, number).ifPresent(lines::add);
        }
      }
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new ReportFault("After record " + (run.read() + records) + ": this is no CSV.");
    }
    return new ReportPart(records, columns, lines);
  }

  private static @Nullable List<String> header(ReportFormat format, List<String> values) {
    List<String> names = ReportRow.names(values);
    if (!format.isHeader(names)) {
      return null;
    }
    List<String> missing = format.missing(names);
    if (!missing.isEmpty()) {
      throw new ReportFault(
          "The report has no column "
              + String.join(", ", missing)
              + ", which "
              + format.wire()
              + " reports have.");
    }
    return names;
  }

  private static Optional<SettlementLine> line(
      ReportFormat format, List<String> columns, List<String> values, int number) {
    try {
      return format.read(new ReportRow(columns, values));
    } catch (ReportFault e) {
      throw new ReportFault("Record " + number + ": " + e.getMessage());
    }
  }

  private static boolean isBlank(List<String> values) {
    return values.stream().allMatch(String::isBlank);
  }
}
