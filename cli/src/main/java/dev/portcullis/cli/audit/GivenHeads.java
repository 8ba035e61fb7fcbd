package dev.portcullis.cli.audit;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.audit.CarriedHeads;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Heads that somebody kept, as {@code --head} names them. */
public final class GivenHeads {

  /** A head stands in a line of a log as well. */
  private static final Pattern HEAD =
      Pattern.compile(Pattern.quote(SignedHead.PREFIX) + "[0-9A-Za-z_-]+");

  private final List<SignedHead> heads;

  private GivenHeads(List<SignedHead> heads) {
    this.heads = heads;
  }

  /**
   * Reads them.
   *
   * @param arguments each a head itself, or a file with any number of them
   * @throws Refusal if one is none, or a file has none
   */
  public static GivenHeads of(Collection<String> arguments) {
    List<SignedHead> heads = new ArrayList<>();
    for (String argument : arguments) {
      String text =
          argument.startsWith(SignedHead.PREFIX)
              ? argument
              : HomeFiles.read(Path.of(argument))
                  .orElseThrow(() -> new Refusal(argument + " is neither a head nor a file."));
      List<SignedHead> read =
          HEAD.matcher(text)
              .results()
              .map(found -> SignedHead.parse(found.group()))
              .map(head -> head.orElseThrow(() -> none(argument)))
              .toList();
      if (read.isEmpty()) {
        throw none(argument);
      }
      heads.addAll(read);
    }
    return new GivenHeads(heads);
  }

  private static Refusal none(String argument) {
    return new Refusal(argument + " holds something that is no head, or none.");
  }

  /** To be held against a trail. */
  CarriedHeads carried() {
    return new CarriedHeads(heads);
  }

  /** The first one that none of the keys signed. */
  public Optional<TrailFault> forged(Collection<HeadKey> keys) {
    return carried().forged(keys);
  }
}
