package dev.portcullis.gateway.checkout;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an account's hosted pages look.
 *
 * @param name what the merchant is called, or null for the host of their shop
 * @param color of the button, six lower-case hexadecimal digits
 * @param radius of corners, 0 to {@value #MAX_RADIUS} pixels
 * @param logo where the logo is, on our own origin, or null
 */
record Branding(@Nullable String name, String color, int radius, @Nullable String logo) {

  static final int MAX_RADIUS = 24;

  /** Where nobody has said anything. */
  static final Branding PLAIN = new Branding(null, "1f4fd8", 8, null);

  static final Pattern COLOR = Pattern.compile("[0-9a-f]{6}");

  private static final double WHITE = 1.0;
  private static final double BLACK = 0.0;

  /**
   * Black or white, whichever is easier to read on the colour: one of them always has a contrast of
   * 4.5 or more (WCAG 2.2, 1.4.3).
   */
  String textColor() {
    double own = luminance(color);
    return contrast(own, WHITE) >= contrast(own, BLACK) ? "ffffff" : "000000";
  }

  /** The contrast of two relative luminances (WCAG 2.2), 1 to 21. */
  static double contrast(double one, double other) {
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }

  /** The relative luminance of a colour (WCAG 2.2), 0 to 1. */
  static double luminance(String color) {
    int rgb = Integer.parseInt(color, 16);
    return 0.2126 * linear(rgb >> 16 & 0xff)
        + 0.7152 * linear(rgb >> 8 & 0xff)
        + 0.0722 * linear(rgb & 0xff);
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  /** The stylesheet that a page has beside the common one. */
  String css() {
    return ":root{--brand:#%s;--brand-text:#%s;--radius:%dpx}"
        .formatted(color, textColor(), radius);
  }
}
