package dev.portcullis.cli.scan;

import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Searches whatever a git history still holds: every blob that any branch, tag, stash or reflog
 * reaches, once, and every commit's and tag's message. What was added and taken out again is there.
 *
 * <p>{@code git rev-list --objects} streams the names into {@code git cat-file --batch}, which
 * streams the contents back, so that memory holds one buffer and the places that were found.
 */
public final class HistoryScan {

  private static final int MAX_HEADER = 4_096;

  private final Git git;
  private final KeyFinder finder;
  private final Progress progress;

  /**
   * @param repository a work tree, or git's own folder
   * @param publishable whether publishable keys count
   */
  public HistoryScan(Path repository, boolean publishable, Progress progress) {
    this.git = new Git(repository);
    this.finder = new KeyFinder(publishable);
    this.progress = progress;
  }

  /** A place within an object. */
  private record Hit(String object, String redacted, String sha256, long line) {}

  /** Searches all of it. */
  public void run(Consumer<FoundKey> sink) {
    List<Hit> hits = new ArrayList<>();
    Map<String, String> paths = new HashMap<>();
    try {
      git.requireRepository();
      if (progress.isShown()) {
        String count = git.text("rev-list", "--objects", "--all", "--reflog", "--count");
        progress.expect(Long.parseLong(count.strip()));
      }
      search(hits, paths);
      Map<String, String> commits = new HashMap<>();
      for (Hit hit : hits) {
        sink.accept(place(hit, paths, commits));
      }
    } catch (IOException e) {
      throw new Refusal("The history cannot be read: " + Reasons.of(e) + ".", e);
    }
  }

  private void search(List<Hit> hits, Map<String, String> paths) throws IOException {
    Process names = git.start("rev-list", "--objects", "--all", "--reflog");
    Process contents = git.start("cat-file", "--batch", "--buffer");
    Map<String, String> asked = new HashMap<>();
    Thread feeder =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    feed(names, contents, asked);
                  } catch (IOException e) {
                    // The other process has ended; what it left out shows in its exit code.
                    contents.destroy();
                  }
                });
    try (InputStream in = new BufferedInputStream(contents.getInputStream(), 1 << 16)) {
      while (readObject(in, hits, asked, paths)) {
        progress.one();
      }
    }
    join(feeder);
    Git.requireGood(names, "git could not list all of the history.");
    Git.requireGood(contents, "git could not read all of the history.");
  }

  /** Hands over each name, and notes under which path git knows it until it was read. */
  private static void feed(Process names, Process contents, Map<String, String> asked)
      throws IOException {
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(names.getInputStream(), StandardCharsets.UTF_8));
        Writer out =
            new BufferedWriter(
                new OutputStreamWriter(contents.getOutputStream(), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        String object = space < 0 ? line : line.substring(0, space);
        if (space >= 0) {
          synchronized (asked) {
            asked.put(object, line.substring(space + 1));
          }
        }
        out.write(object);
        out.write('\n');
      }
    }
  }

  private boolean readObject(
      InputStream in, List<Hit> hits, Map<String, String> asked, Map<String, String> paths)
      throws IOException {
    String header = header(in);
    if (header.isEmpty()) {
      return false;
    }
    String[] parts = header.split(" ", -1);
    if (parts.length != 3) {
      return true; // "<object> missing", as in a shallow or partial clone
    }
    String object = parts[0];
    String path;
    synchronized (asked) {
      path = asked.remove(object);
    }
    Bounded content = new Bounded(in, Long.parseLong(parts[2]));
    if (!parts[1].equals("tree")) {
      int before = hits.size();
      finder.search(
          content,
          (key, line) -> hits.add(new Hit(object, key.redacted(), KeyFinder.sha256(key), line)));
      if (hits.size() > before) {
        paths.put(object, parts[1].equals("blob") && path != null ? path : "");
      }
    }
    content.finish();
    return true;
  }

  private static String header(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (line.size() > MAX_HEADER) {
        throw new IOException("git answered with something else than an object");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private FoundKey place(Hit hit, Map<String, String> paths, Map<String, String> commits)
      throws IOException {
    String object = hit.object();
    String path = paths.getOrDefault(object, "");
    String commit = commits.get(object);
    if (commit == null) {
      commit = path.isEmpty() ? object : broughtBy(object, path);
      commits.put(object, commit);
    }
    return new FoundKey(
        hit.redacted(), hit.sha256(), path, hit.line(), commit.isEmpty() ? null : commit, object);
  }

  /** The oldest commit that has the object. */
  private String broughtBy(String object, String path) throws IOException {
    List<String> commits =
        git.text(
                "log",
                "--all",
                "--reflog",
                "--no-ext-diff",
                "--no-textconv",
                "--format=%H",
                "--find-object=" + object,
                "--",
                path)
            .lines()
            .toList();
    return commits.isEmpty() ? "" : commits.getLast();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted.", e);
    }
  }

  /** One object's bytes within the stream of all, with the newline that git puts after them. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() {
      throw new UncheckedIOException(new IOException("read in blocks"));
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, from, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("git ended in the middle of an object");
      }
      left -= read;
      return read;
    }

    void finish() throws IOException {
      in.skipNBytes(left + 1);
      left = 0;
    }
  }
}
