package dev.portcullis.simulator;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Ids as many acquirers print them: capital letters and digits, all of one length. The first eight
 * are the operation's place in the books, the others make it hard to guess.
 */
public final class PrintedId {
  private static final int PLACE = 8;

  private PrintedId() {}

  /**
   * The operation's id.
   *
   * @param length 9 to 20
   */
  public static String of(Operation operation, int length) {
    String place = HexFormat.of().withUpperCase().toHexDigits(operation.identity().number());
    StringBuilder rest = new StringBuilder();
    for (int salt = 0; rest.length() < length - PLACE; salt++) {
      long hash = ReferenceIndex.hash(salt + operation.identity().id());
      rest.append(Long.toUnsignedString(hash, 36).toUpperCase(Locale.ROOT));
    }
    return place + rest.substring(0, length - PLACE);
  }

  /** The operation that has that id. */
  public static Optional<Operation> find(Acquirer books, String id) {
    if (id.length() <= PLACE || !id.substring(0, PLACE).matches("[0-9A-F]{8}")) {
      return Optional.empty();
    }
    return books
        .at(HexFormat.fromHexDigits(id, 0, PLACE))
        .filter(found -> of(found, id.length()).equals(id));
  }
}
