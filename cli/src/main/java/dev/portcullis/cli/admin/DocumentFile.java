package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document that a zone is to read. */
final class DocumentFile {

  private static final long LONGEST = 64 << 10;

  private DocumentFile() {}

  /**
   * The file's text.
   *
   * @param what it is, in a word
   * @throws Refusal if it is too long or cannot be read
   */
  static String read(Path file, String what) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new Refusal("%s is longer than a %s may be.".formatted(file, what));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw HomeFiles.failure("read " + file, e);
    }
  }
}
