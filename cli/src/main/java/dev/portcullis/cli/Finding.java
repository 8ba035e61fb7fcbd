package dev.portcullis.cli;

/**
 * One thing that was looked at.
 *
 * @param sentence what was found and, when it is not well, how to mend it
 */
record Finding(boolean well, String sentence) {
  static Finding well(String sentence) {
    return new Finding(true, sentence);
  }

  static Finding wrong(String sentence) {
    return new Finding(false, sentence);
  }
}
