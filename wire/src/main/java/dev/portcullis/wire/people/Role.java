package dev.portcullis.wire.people;

import java.util.Arrays;
import java.util.Locale;

/** What a person is there for. This is the whole list of who may do what. */
public enum Role {
  /** Everything. */
  ADMINISTRATOR,
  /** Daily work: sees which keys there are and how the providers do, and reconciles. */
  OPERATOR,
  /** Reads everything and changes nothing. */
  AUDITOR;

  /** Whether people of this role may do what needs that. */
  public boolean has(Right right) {
    return switch (right) {
      case SIGNED_IN, READ_KEYS, READ_PROVIDERS, READ_PAGES -> true;
      case READ_PEOPLE, READ_AUDIT, READ_VAULT -> this != OPERATOR;
      case RECONCILE -> this != AUDITOR;
      case MANAGE_KEYS,
          MANAGE_PROVIDERS,
          MANAGE_PAGES,
          MANAGE_PEOPLE,
          RESUME_PAYMENTS,
          MANAGE_CUSTODY,
          MANAGE_VAULT,
          SHRED_ACCOUNTS ->
          this == ADMINISTRATOR;
    };
  }

  /** The name on the wire and in the database: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Role ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Every role's name. */
  public static String[] wireNames() {
    return Arrays.stream(values()).map(Role::wireName).toArray(String[]::new);
  }
}
