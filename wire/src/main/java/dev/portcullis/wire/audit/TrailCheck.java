package dev.portcullis.wire.audit;

import dev.portcullis.wire.audit.TrailFault.Changed;
import dev.portcullis.wire.audit.TrailFault.Cut;
import dev.portcullis.wire.audit.TrailFault.HeadForged;
import dev.portcullis.wire.audit.TrailFault.HeadMissing;
import dev.portcullis.wire.audit.TrailFault.Missing;
import dev.portcullis.wire.audit.TrailFault.OutOfPlace;
import dev.portcullis.wire.audit.TrailFault.Rewritten;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trail from its beginning, or from where an earlier check ended, and keeps the first fault
 * that it finds. It is told each entry in the stored order, and each head once the entries that it
 * counts were told; it needs little memory however long the trail is.
 */
public final class TrailCheck {

  private final Map<String, HeadKey> keys;
  private long entries;
  private byte[] root;
  private long vouched;
  private @Nullable SignedHead last;
  private @Nullable TrailFault fault;

  /**
   * From the first entry on.
   *
   * @param keys those that may have signed heads
   */
  public TrailCheck(Collection<HeadKey> keys) {
    this(keys, 0, ChainHash.start(), null);
  }

  /**
   * From where an earlier check ended.
   *
   * @param entries how many it had found to be whole
   * @param root the hash of the last of them
   * @param last the last head of at most so many entries, or null where there is none
   */
  public TrailCheck(
      Collection<HeadKey> keys, long entries, byte[] root, @Nullable SignedHead last) {
    this.keys =
        keys.stream()
            .collect(Collectors.toMap(HeadKey::id, Function.identity(), (first, _) -> first));
    this.entries = entries;
    this.root = root.clone();
    this.last = last;
    this.vouched = last == null ? 0 : last.size();
  }

  /** The next entry. */
  public void entry(TrailEntry entry) {
    if (fault != null) {
      return;
    }
    long expected = entries + 1;
    if (entry.seq() > expected) {
      fault = new Missing(expected, entry.seq());
    } else if (entry.seq() < expected) {
      fault = new OutOfPlace(expected);
    } else if (!entry.isIntact()) {
      fault = new Changed(expected);
    } else if (!entry.follows(root)) {
      fault = new OutOfPlace(expected);
    } else {
      entries = expected;
      root = entry.hash();
    }
  }

  /**
   * The next head.
   *
   * @param size how many entries it counts, by where it is stored
   * @param text the head
   */
  public void head(long size, String text) {
    if (fault != null) {
      return;
    }
    Optional<SignedHead> parsed = SignedHead.parse(text).filter(this::isSigned);
    if (parsed.isEmpty() || parsed.get().size() != size || size <= vouched) {
      fault = new HeadForged(vouched + 1, size);
      return;
    }
    SignedHead head = parsed.get();
    if (!head.previous().equals(last == null ? SignedHead.NONE_BEFORE : last.hash())) {
      fault = new HeadMissing(vouched + 1, size);
    } else if (size > entries) {
      fault = new Cut(entries + 1, size, head.at());
    } else if (size < entries || !head.root().equals(root())) {
      fault = new Rewritten(vouched + 1, size, head.at());
    } else {
      last = head;
      vouched = size;
    }
  }

  private boolean isSigned(SignedHead head) {
    HeadKey key = keys.get(head.key());
    return key != null && head.isSignedBy(key);
  }

  /** The first thing that is wrong, as far as the trail was told. */
  public Optional<TrailFault> fault() {
    return Optional.ofNullable(fault);
  }

  /** How many entries follow from one another, from the first on. */
  public long entries() {
    return entries;
  }

  /** The hash of the last of them, in hexadecimal; zeros where there is none. */
  public String root() {
    return HexFormat.of().formatHex(root);
  }

  /** How many of them a signed head vouches for. */
  public long vouched() {
    return vouched;
  }
}
