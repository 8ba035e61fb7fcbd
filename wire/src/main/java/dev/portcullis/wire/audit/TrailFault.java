package dev.portcullis.wire.audit;

import java.time.Instant;

/** What is wrong with a trail, as far as it can be told. */
public sealed interface TrailFault {

  /** The number of the first entry that is concerned. */
  long entry();

  /** One sentence for a person. */
  String text();

  /** An entry says something else than when it was written. */
  record Changed(long entry) implements TrailFault {
    @Override
    public String text() {
      return "entry " + entry + " was changed";
    }
  }

  /** There is none of that number, and later ones are there. */
  record Missing(long entry, long next) implements TrailFault {
    @Override
    public String text() {
      return "entry " + entry + " is missing; the next one is " + next;
    }
  }

  /** It is whole in itself, and not the one that followed. */
  record OutOfPlace(long entry) implements TrailFault {
    @Override
    public String text() {
      return "entry %d does not follow the one before it: one was put in, taken out or exchanged"
          .formatted(entry);
    }
  }

  /** They follow from one another, and are not those that were signed. */
  record Rewritten(long entry, long last, Instant signed) implements TrailFault {
    @Override
    public String text() {
      return "entries %d to %d are not those that were signed at %s: at least one was changed, put in or taken out"
          .formatted(entry, last, signed);
    }
  }

  /** A signed head counts them, and the trail ends before. */
  record Cut(long entry, long last, Instant signed) implements TrailFault {
    @Override
    public String text() {
      return "entries %d to %d are missing at the end: they were there at %s"
          .formatted(entry, last, signed);
    }
  }

  /**
   * A head that nobody signed who may.
   *
   * @param entry the first entry that only it vouches for
   */
  record HeadForged(long entry, long size) implements TrailFault {
    @Override
    public String text() {
      return "the head of %d entries has no right signature; nothing vouches for the entries from %d on"
          .formatted(size, entry);
    }
  }

  /** A head before it was taken out or exchanged. */
  record HeadMissing(long entry, long size) implements TrailFault {
    @Override
    public String text() {
      return "the head of %d entries does not follow the one before it: one was taken out or exchanged"
          .formatted(size);
    }
  }

  /** A head is gone that whoever says so has signed. */
  record HeadGone(long entry, long size) implements TrailFault {
    @Override
    public String text() {
      return "the head of %d entries, which was signed here, is gone".formatted(size);
    }
  }

  /**
   * Nothing vouches for what is new.
   *
   * @param entry the first entry that no head vouches for
   */
  record Unsigned(long entry, Instant since) implements TrailFault {
    @Override
    public String text() {
      return "the entries from %d on have been without a signed head since %s: the vault is sealed, or its log says why"
          .formatted(entry, since);
    }
  }
}
