package dev.portcullis.connectors;

import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How specimens judge by themselves. */
public final class Judgment {

  private Judgment() {}

  /** Whether it is that money's decimal amount, as a number or written out. */
  public static boolean isDecimal(Money amount, @Nullable Object said) {
    String text = String.valueOf(said);
    return (said instanceof String || said instanceof Number)
        && text.matches("[0-9]+(\\.[0-9]+)?")
        && new BigDecimal(text)
                .movePointRight(amount.currency().exponent())
                .compareTo(BigDecimal.valueOf(amount.minorUnits()))
            == 0;
  }

  public static boolean isId(@Nullable Object said) {
    return said instanceof String text && text.matches("[0-9A-Za-z_-]{1,128}");
  }

  /** The objects of the list there. */
  public static List<Map<?, ?>> objects(@Nullable Object tree, String... names) {
    return Trees.at(tree, names) instanceof List<?> list
        ? list.stream().<Map<?, ?>>mapMulti(Judgment::objects).toList()
        : List.of();
  }

  private static void objects(
      @Nullable Object one, java.util.function.Consumer<Map<?, ?>> objects) {
    if (one instanceof Map<?, ?> object) {
      objects.accept(object);
    }
  }

  public static @Nullable Object at(@Nullable Object tree, String... names) {
    return Trees.at(tree, names);
  }
}
