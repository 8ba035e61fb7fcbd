package dev.portcullis.gateway.search;

import java.util.List;

/**
 * A query, parsed (Stripe documentation, Search query language).
 *
 * @param any whether one clause is enough, by OR; else all must hold
 * @param clauses 1 to {@link SearchParser#MAX_CLAUSES}
 */
record SearchQuery(boolean any, List<Clause> clauses) {

  SearchQuery {
    clauses = List.copyOf(clauses);
  }

  /**
   * One condition.
   *
   * @param negated whether it must not hold
   */
  record Clause(boolean negated, Target target, Operator operator, Value value) {}

  /** What is looked at. */
  sealed interface Target {
    /** A field by its name, dots and all. */
    record Named(String name) implements Target {}

    /** An entry of the metadata. */
    record Metadata(String key) implements Target {}
  }

  /** How it is compared. */
  enum Operator {
    IS(":"),
    CONTAINS("~"),
    AT_LEAST(">="),
    AT_MOST("<="),
    GREATER(">"),
    LESS("<");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    /** As it is written. */
    String sign() {
      return sign;
    }

    boolean compares() {
      return this != IS && this != CONTAINS;
    }
  }

  /** What it is compared with. */
  sealed interface Value {
    /** A quoted text. */
    record Text(String text) implements Value {}

    /** A number without quotes. */
    record Whole(long number) implements Value {}

    /** Nothing: the field has no value. */
    record Null() implements Value {}
  }
}
