package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.scan.FoundKey;
import dev.portcullis.cli.scan.HistoryScan;
import dev.portcullis.cli.scan.Progress;
import dev.portcullis.cli.scan.ScanReport;
import dev.portcullis.cli.scan.TreeScan;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keys scan}: asks nobody, needs nothing that runs, and prints no whole key. Exit code 1
 * when something was found, 2 when not everything could be read.
 */
@Command(
    name = "scan",
    description = {
      "Find keys in files, or in all that a git history still holds.",
      "Exit code 0: nothing found. 1: found. 2: something could not be read."
    })
final class ScanCommand implements Callable<Integer> {

  private static final int UNREADABLE = 2;

  @Parameters(paramLabel = "PATH", description = "A folder, a file, or a repository.")
  private Path path = Path.of("");

  @Option(
      names = "--history",
      description = "Every blob and message that the repository's history reaches, not the files.")
  private boolean history;

  @Option(
      names = "--publishable",
      description = "Publishable keys too, which are in every page by design.")
  private boolean publishable;

  @Option(names = "--json", description = "One JSON object, for keys revoke-leaked.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** What hinders the search is not what it found: its exit code is another. */
  @Override
  public Integer call() {
    try {
      return scan();
    } catch (Refusal e) {
      PrintWriter err = spec().commandLine().getErr();
      err.println("portcullis: " + e.getMessage());
      err.flush();
      return UNREADABLE;
    }
  }

  private int scan() {
    Path root = root();
    PrintWriter out = spec().commandLine().getOut();
    PrintWriter err = spec().commandLine().getErr();
    Progress progress =
        new Progress(err, history ? "objects" : "files", Prompt.terminal().isPresent());
    List<FoundKey> found = new ArrayList<>();
    List<String> unreadable = List.of();
    if (history) {
      new HistoryScan(root, publishable, progress).run(found::add);
    } else {
      TreeScan scan = new TreeScan(root, publishable, progress);
      scan.run(found::add);
      unreadable = scan.unreadable();
    }
    if (json) {
      out.println(Json.writeString(new ScanReport(root, found).tree()));
    } else {
      found.forEach(key -> out.println(key.shown()));
    }
    out.flush();
    unreadable.forEach(name -> err.println("could not be read: " + name));
    err.println(
        "%d found in %d %s."
            .formatted(found.size(), progress.count(), history ? "objects" : "files"));
    err.flush();
    if (!found.isEmpty()) {
      return 1;
    }
    return unreadable.isEmpty() ? 0 : UNREADABLE;
  }

  private Path root() {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new Refusal("There is no " + path + ".", e);
    }
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("a command runs within the command line");
    }
    return spec;
  }
}
