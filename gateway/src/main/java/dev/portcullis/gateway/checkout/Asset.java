package dev.portcullis.gateway.checkout;

import dev.portcullis.wire.http.StaticFile;

/**
 * A script or stylesheet of the hosted pages, whose address names its content, so that it is kept
 * for ever and a changed one is another.
 *
 * @param name of the file
 * @param type its media type
 * @param file its bytes
 */
record Asset(String name, String type, StaticFile file) {

  /** Where they are: before the hash and the name. */
  static final String PATH = "/checkout/assets/";

  /** Where it is. */
  String path() {
    return PATH + file.hash() + "/" + name;
  }
}
