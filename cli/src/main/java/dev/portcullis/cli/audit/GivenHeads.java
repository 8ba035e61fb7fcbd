package dev.portcullis.cli.audit;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.audit.CarriedHeads;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Heads that somebody kept, as {@code --head} names them. What is no good is named, and the others
 * count all the same: one bad line must not silence the witnesses around it.
 */
public final class GivenHeads {

  /** A head stands in a line of a log as well. */
  private static final Pattern HEAD =
      Pattern.compile(Pattern.quote(SignedHead.PREFIX) + "[0-9A-Za-z_-]*");

  private final List<SignedHead> heads;
  private final List<String> refused;

  private GivenHeads(List<SignedHead> heads, List<String> refused) {
    this.heads = List.copyOf(heads);
    this.refused = List.copyOf(refused);
  }

  /** None at all. */
  public static GivenHeads none() {
    return new GivenHeads(List.of(), List.of());
  }

  /**
   * Reads them.
   *
   * @param arguments each a head itself, or a file with any number of them
   * @throws Refusal if one is neither, or a file has nothing that looks like one
   */
  public static GivenHeads of(Collection<String> arguments) {
    GivenHeads all = none();
    for (String argument : arguments) {
      all =
          all.and(
              argument.startsWith(SignedHead.PREFIX)
                  ? read(List.of(argument), _ -> "What was given")
                  : in(Path.of(argument)));
    }
    return all;
  }

  /** Those of a file; see {@link #of}. */
  public static GivenHeads in(Path file) {
    String text =
        HomeFiles.read(file)
            .orElseThrow(() -> new Refusal(file + " is neither a head nor a file."));
    GivenHeads all = read(text.lines().toList(), number -> "%s, line %d".formatted(file, number));
    if (all.heads.isEmpty() && all.refused.isEmpty()) {
      throw new Refusal(file + " holds no head.");
    }
    return all;
  }

  private static GivenHeads read(List<String> lines, IntFunction<String> where) {
    List<SignedHead> heads = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (int at = 0; at < lines.size(); at++) {
      int number = at + 1;
      Matcher each = HEAD.matcher(lines.get(at));
      while (each.find()) {
        SignedHead.parse(each.group())
            .ifPresentOrElse(heads::add, () -> refused.add(where.apply(number) + ", is no head."));
      }
    }
    return new GivenHeads(heads, refused);
  }

  /** Those and others. */
  public GivenHeads and(GivenHeads others) {
    return new GivenHeads(
        Stream.concat(heads.stream(), others.heads.stream()).toList(),
        Stream.concat(refused.stream(), others.refused.stream()).toList());
  }

  /** Those and another one, if there is one. */
  public GivenHeads and(Optional<SignedHead> other) {
    return and(new GivenHeads(other.stream().toList(), List.of()));
  }

  /** Those that one of the keys signed; the others are refused. */
  public GivenHeads signedBy(Collection<HeadKey> keys) {
    List<SignedHead> sound = new ArrayList<>();
    List<String> all = new ArrayList<>(refused);
    for (SignedHead head : heads) {
      if (keys.stream().anyMatch(head::isSignedBy)) {
        sound.add(head);
      } else {
        all.add("A given head of %d entries has no right signature.".formatted(head.size()));
      }
    }
    return new GivenHeads(sound, all);
  }

  /** A sentence for each that is no good. */
  public List<String> refused() {
    return refused;
  }

  /** The one of most entries. */
  public Optional<SignedHead> newest() {
    return heads.stream().max(Comparator.comparingLong(SignedHead::size));
  }

  /** To be held against a trail. */
  CarriedHeads carried() {
    return new CarriedHeads(heads);
  }
}
