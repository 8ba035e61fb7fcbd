package dev.portcullis.gateway.pages;

/** A page, or something that belongs to it, could not be got; the message says why, in words. */
final class PageUnread extends Exception {

  private static final long serialVersionUID = 1L;

  PageUnread(String why) {
    super(why);
  }

  /** Why, as a part of a sentence. */
  String why() {
    return String.valueOf(getMessage());
  }
}
