package dev.portcullis.gateway.pages;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that a script or a stylesheet has the browser load with it. The bytes of the one that
 * names others are watched themselves, so that nobody adds a name unseen; what is looked for here
 * is what is honestly written, whose own bytes somebody may change. All of it is linear in the
 * text, which a stranger may have written.
 */
final class Imports {

  /** {@code import "a"}, {@code import {b} from "a"}, {@code export * from "a"}. */
  private static final Pattern MODULE =
      Pattern.compile("\\b(?:import|from)\\s*+([\"'])([^\"'\\s\\\\]{1,1000}+)\\1");

  /** {@code @import "a"}, {@code @import url(a)}. */
  private static final Pattern STYLES =
      Pattern.compile(
          "@import\\s*+(?:url\\(\\s*+)?+[\"']?+([^\"')\\s;\\\\]{1,1000}+)",
          Pattern.CASE_INSENSITIVE);

  /** More than a page may have; one more is as good as all of them. */
  private static final int MOST = 600;

  private Imports() {}

  /** Of a module script, as they are written; names that are no addresses too. */
  static List<String> ofModule(String script) {
    return named(MODULE.matcher(Comments.outOfScript(script)), 2);
  }

  /** Of a stylesheet, as they are written. */
  static List<String> ofStyles(String styles) {
    return named(STYLES.matcher(Comments.outOfStyles(styles)), 1);
  }

  private static List<String> named(Matcher matcher, int group) {
    return matcher.results().map(found -> found.group(group)).distinct().limit(MOST).toList();
  }
}
