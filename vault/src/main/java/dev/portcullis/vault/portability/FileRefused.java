package dev.portcullis.vault.portability;

import java.io.IOException;

/** A file that is not taken, as a whole; nothing of it is imported. */
final class FileRefused extends IOException {

  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code what the report calls it
   * @param message a sentence, in which nothing of the file's values stands
   */
  FileRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  String code() {
    return code;
  }
}
