package dev.portcullis.systemtest;

/**
 * How a command ended.
 *
 * @param exitCode 0 for success
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 */
record CommandResult(int exitCode, String out, String err) {

  /** What it wrote, when it succeeded; fails with all of its words otherwise. */
  String succeeded() {
    if (exitCode != 0) {
      throw new AssertionError("ended with exit code " + exitCode + "\n" + out + "\n" + err);
    }
    return out;
  }

  /** Everything it said. */
  String said() {
    return out + err;
  }
}
