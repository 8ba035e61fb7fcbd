package dev.portcullis.gateway.store;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.Optional;

/**
 * Which part of a list is asked for, newest first (Stripe API reference, Pagination).
 *
 * @param limit 1 to 100
 * @param startingAfter begin with what is older than this object
 * @param endingBefore end with what is newer than this object; never together with the other
 * @param from created at this Unix second or later
 * @param until created before this Unix second
 */
public record ListQuery(
    int limit,
    Optional<String> startingAfter,
    Optional<String> endingBefore,
    long from,
    long until) {

  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;
  private static final long END_OF_TIME = 253_402_300_800L;

  private static final Shape CREATED =
      Shape.of(
          Param.timestamp("gt"),
          Param.timestamp("gte"),
          Param.timestamp("lt"),
          Param.timestamp("lte"));

  /** The newest ones, at most that many. */
  public static ListQuery first(int limit) {
    return new ListQuery(limit, Optional.empty(), Optional.empty(), 0, END_OF_TIME);
  }

  /** What every list takes, and the filters of this one. */
  public static Shape shape(Param... filters) {
    return Shape.of(
            Param.integer("limit").range(1, MAX_LIMIT),
            Param.id("starting_after"),
            Param.id("ending_before"),
            Param.either(Param.timestamp("created"), Param.hash("created", CREATED)))
        .and(filters);
  }

  /**
   * Reads the arguments.
   *
   * @throws ApiException 400 if both cursors are given
   */
  public static ListQuery of(Arguments arguments) {
    Optional<String> after = arguments.string("starting_after");
    Optional<String> before = arguments.string("ending_before");
    if (after.isPresent() && before.isPresent()) {
      throw new ApiException(
          ApiErrors.invalid(
              "ending_before",
              "parameters_exclusive",
              "You may only specify one of these parameters: starting_after, ending_before."));
    }
    long from = 0;
    long until = END_OF_TIME;
    if (arguments.isHash("created")) {
      Arguments range = arguments.hash("created").orElseThrow();
      from = Math.max(range.integer("gte").orElse(0), range.integer("gt").orElse(-1) + 1);
      until =
          Math.min(
              range.integer("lt").orElse(END_OF_TIME),
              range.integer("lte").orElse(END_OF_TIME - 1) + 1);
    } else if (arguments.has("created")) {
      from = arguments.requiredInteger("created");
      until = from + 1;
    }
    int limit = Math.toIntExact(arguments.integer("limit").orElse(DEFAULT_LIMIT));
    return new ListQuery(limit, after, before, from, until);
  }
}
