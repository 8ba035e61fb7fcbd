package dev.portcullis.wire.audit;

import dev.portcullis.wire.audit.TrailFault.Cut;
import dev.portcullis.wire.audit.TrailFault.Rewritten;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Heads that somebody kept outside, held against a trail while it is read: a trail whose end was
 * cut off together with its heads looks whole to itself.
 */
public final class CarriedHeads {

  private final Deque<SignedHead> left;
  private long vouched;

  /** Those heads, in whatever order. */
  public CarriedHeads(List<SignedHead> heads) {
    this.left =
        new ArrayDeque<>(
            heads.stream().sorted(Comparator.comparingLong(SignedHead::size)).toList());
  }

  /** After how many entries the trail must be looked at next. */
  public OptionalLong next() {
    return left.isEmpty() ? OptionalLong.empty() : OptionalLong.of(left.getFirst().size());
  }

  /** The trail has that root after so many entries. */
  public Optional<TrailFault> reached(long entries, String root) {
    while (!left.isEmpty() && left.getFirst().size() <= entries) {
      SignedHead head = left.removeFirst();
      if (head.size() < entries || !head.root().equals(root)) {
        return Optional.of(new Rewritten(vouched + 1, head.size(), head.at()));
      }
      vouched = head.size();
    }
    return Optional.empty();
  }

  /** The trail has no more than so many entries. */
  public Optional<TrailFault> ended(long entries) {
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(new Cut(entries + 1, left.getLast().size(), left.getLast().at()));
  }
}
