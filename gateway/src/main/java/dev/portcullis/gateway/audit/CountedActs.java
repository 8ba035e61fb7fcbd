package dev.portcullis.gateway.audit;

/**
 * Acts of which the trail holds the first ones of an interval, and then how many more there were.
 * Neither method fails.
 */
public interface CountedActs {

  /** Puts the counts of intervals that are over on record. */
  void tell();

  /** The same with the interval that is under way, since the process ends. */
  void tellAll();
}
