package dev.portcullis.vault.custody;

import java.util.List;

/** Shares for whoever asked, and the ticket by which they say that those are in safe places. */
record HandOut(String ticket, SealedKey key, List<Share> shares) {
  @Override
  public String toString() {
    return "HandOut[" + key + "]";
  }
}
