package dev.portcullis.gateway.http;

/** Which keys a route answers. */
public enum Access {
  /** A secret key. */
  SECRET,
  /**
   * A publishable key too. The handler then shows nothing and does nothing without the object's
   * client secret: such a key stands in every page.
   */
  PUBLISHABLE
}
