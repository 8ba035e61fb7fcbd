package dev.portcullis.cli.admin;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --share-file} of a command that takes one share. */
final class ShareOption {

  /** Names a file for a share, in every command. */
  static final String NAME = "--share-file";

  @Option(
      names = NAME,
      paramLabel = "FILE",
      description = "The share is this file's first line (- for standard input).")
  private @Nullable String file;

  /**
   * The share, from the file or from the person at the terminal.
   *
   * @param what how it is asked for
   */
  String read(Prompt prompt, String what) {
    return prompt.secret(what, file, NAME);
  }
}
