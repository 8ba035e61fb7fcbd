package dev.portcullis.gateway.pages;

import java.util.Locale;

/** A page, or something that belongs to it, could not be got; the message says why, in words. */
final class PageUnread extends Exception {

  private static final long serialVersionUID = 1L;

  /** What stands in the way of comparing a page. */
  enum Fault {
    /** No connection, no TLS, no whole answer in time. */
    UNANSWERED,
    /** What stands in front says that there is nobody behind it now. */
    UNAVAILABLE,
    /** Whoever serves it does not say what it is. */
    UNSAID,
    /** Another status than 200. */
    STATUS,
    REDIRECTED,
    TOO_LARGE,
    TOO_MANY,
    PACKED,
    UNREADABLE;

    /**
     * Whether networks, restarts and upgrades do it by themselves. All the others are the doing of
     * whoever answers, and whoever has changed a page can do them to hide that.
     */
    boolean passes() {
      return switch (this) {
        case UNANSWERED, UNAVAILABLE, UNSAID -> true;
        case STATUS, REDIRECTED, TOO_LARGE, TOO_MANY, PACKED, UNREADABLE -> false;
      };
    }
  }

  private final Fault fault;
  private final String name;

  PageUnread(Fault fault, String why) {
    this(fault, fault.name().toLowerCase(Locale.ROOT), why);
  }

  private PageUnread(Fault fault, String name, String why) {
    super(why);
    this.fault = fault;
    this.name = name;
  }

  /** Whoever answers does so with that status, which is not 200. */
  static PageUnread status(int status, String address) {
    Fault fault =
        switch (status) {
          case 429, 502, 503, 504 -> Fault.UNAVAILABLE;
          default -> Fault.STATUS;
        };
    return new PageUnread(fault, "status_" + status, address + " answers " + status);
  }

  Fault fault() {
    return fault;
  }

  /**
   * What it is in a word or two, of which there are few: nobody can make it another at each look.
   */
  String name() {
    return name;
  }

  /** Why, as a part of a sentence. */
  String why() {
    return String.valueOf(getMessage());
  }
}
