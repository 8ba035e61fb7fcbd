package dev.portcullis.cli.admin;

/** Whose money. */
enum TransferMode {
  TEST,
  LIVE;

  boolean isLive() {
    return this == LIVE;
  }
}
