package dev.portcullis.vault.custody;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Shares for whoever asked, and the ticket by which they say that those are in safe places. */
record HandOut(String ticket, SealedKey key, List<Share> shares) {
  /** 128 random bits. */
  static String newTicket(SecureRandom random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public String toString() {
    return "HandOut[" + key + "]";
  }
}
