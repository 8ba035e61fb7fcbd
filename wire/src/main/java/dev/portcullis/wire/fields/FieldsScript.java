package dev.portcullis.wire.fields;

import dev.portcullis.wire.http.StaticFile;

/**
 * {@code portcullis.js}, what a page mounts card fields with and confirms payments by
 * (docs/CARD_FIELDS.md). The vault serves it to shops' pages, the gateway to its own; it is here so
 * that both serve the same bytes.
 */
public final class FieldsScript {

  /** Its media type (RFC 9239). */
  public static final String TYPE = "text/javascript; charset=utf-8";

  private static final StaticFile FILE =
      StaticFile.ofResources(FieldsScript.class, "portcullis.js");

  private FieldsScript() {}

  /** The script. */
  public static StaticFile file() {
    return FILE;
  }
}
