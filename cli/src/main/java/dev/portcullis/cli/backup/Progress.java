package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Zone;
import java.util.Locale;

/** How far it has come, for a person. */
final class Progress {
  private static final long KILO = 1000;

  private Progress() {}

  static String line(Zone zone, TableName table, RowsDigest.Count count) {
    return String.format(
        Locale.ROOT,
        "  %-8s %-28s %,12d rows %10s",
        zone.label(),
        table.shown(),
        count.rows(),
        bytes(count.bytes()));
  }

  static String bytes(long bytes) {
    if (bytes < KILO) {
      return bytes + " B";
    }
    String[] units = {"kB", "MB", "GB", "TB"};
    double size = bytes;
    int unit = -1;
    while (size >= KILO && unit < units.length - 1) {
      size /= KILO;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
  }
}
