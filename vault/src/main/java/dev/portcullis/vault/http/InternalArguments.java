package dev.portcullis.vault.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of an internal call's JSON object, read by name; each reader refuses what is not
 * right with 400 {@code invalid_request}, and {@link #refuseOthers()} what nobody read.
 */
public final class InternalArguments {

  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_.-]{1,128}");
  private static final int MOST_TEXTS = 100;
  private static final int TEXT = 256;

  private final String where;
  private final Map<String, @Nullable Object> members;
  private final Set<String> read = new HashSet<>();

  private final BooleanSupplier released;

  /** The members of a call's body. */
  public InternalArguments(Map<String, @Nullable Object> members) {
    this(members, () -> true);
  }

  /**
   * The members of a call's body.
   *
   * @param released waits until the call may take effect, and says whether it may
   */
  public InternalArguments(Map<String, @Nullable Object> members, BooleanSupplier released) {
    this("", members, released);
  }

  private InternalArguments(
      String where, Map<String, @Nullable Object> members, BooleanSupplier released) {
    this.where = where;
    this.members = members;
    this.released = released;
  }

  /**
   * Returns once the call may take effect: whoever gets something ready before calls this before
   * anything leaves.
   *
   * @throws TakenBackException if its client has taken it back, or is gone
   */
  public void requireReleased() {
    if (!released.getAsBoolean()) {
      throw new TakenBackException();
    }
  }

  /** An id or a name: 1 to 128 letters, digits, underscores, dots and dashes. */
  public String name(String member) {
    String text = text(member, TEXT);
    if (!NAME.matcher(text).matches()) {
      throw invalid(member, "must be an id");
    }
    return text;
  }

  /** A text of 1 to that many characters. */
  public String text(String member, int longest) {
    if (optional(member) instanceof String text && !text.isEmpty() && text.length() <= longest) {
      return text;
    }
    throw invalid(member, "must be a text of 1 to " + longest + " characters");
  }

  /** An id, or null if it is null or absent. */
  public @Nullable String nameOrNull(String member) {
    return optional(member) == null ? null : name(member);
  }

  /** A whole number of that range. */
  public long integer(String member, long least, long most) {
    if (optional(member) instanceof Long number && number >= least && number <= most) {
      return number;
    }
    throw invalid(member, "must be a whole number of " + least + " to " + most);
  }

  /** True or false. */
  public boolean bool(String member) {
    if (optional(member) instanceof Boolean truth) {
      return truth;
    }
    throw invalid(member, "must be true or false");
  }

  /** Texts; none if it is null or absent. */
  public List<String> texts(String member) {
    return switch (optional(member)) {
      case null -> List.of();
      case List<?> list when list.size() <= MOST_TEXTS -> {
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
          if (!(element instanceof String text) || text.length() > TEXT) {
            throw invalid(member, "must be texts");
          }
          texts.add(text);
        }
        yield texts;
      }
      default -> throw invalid(member, "must be at most " + MOST_TEXTS + " texts");
    };
  }

  /** Objects, at least one. */
  public List<InternalArguments> objects(String member, int most) {
    if (!(optional(member) instanceof List<?> list) || list.isEmpty() || list.size() > most) {
      throw invalid(member, "must be 1 to " + most + " objects");
    }
    List<InternalArguments> objects = new ArrayList<>();
    for (int at = 0; at < list.size(); at++) {
      String element = member + "[" + at + "]";
      if (!(list.get(at) instanceof Map<?, ?> object)) {
        throw invalid(element, "must be an object");
      }
      objects.add(new InternalArguments(where + element + ".", typed(object), released));
    }
    return objects;
  }

  /** An object, or null if it is null or absent. */
  public @Nullable Map<String, @Nullable Object> objectOrNull(String member) {
    return switch (optional(member)) {
      case null -> null;
      case Map<?, ?> object -> typed(object);
      default -> throw invalid(member, "must be an object");
    };
  }

  /** Whatever it is; null if it is null or absent. */
  public @Nullable Object optional(String member) {
    read.add(member);
    return members.get(member);
  }

  /** Refuses members that nobody read: a caller that sends more than is known means more. */
  public void refuseOthers() {
    for (String member : members.keySet()) {
      if (!read.contains(member)) {
        throw new InternalException(400, "invalid_request", "unknown member " + where + "*");
      }
    }
  }

  /** The refusal of a member. */
  public InternalException invalid(String member, String should) {
    return new InternalException(400, "invalid_request", where + member + " " + should);
  }

  @SuppressWarnings("unchecked") // the JSON reader makes no other maps
  private static Map<String, @Nullable Object> typed(Map<?, ?> object) {
    return (Map<String, @Nullable Object>) object;
  }
}
