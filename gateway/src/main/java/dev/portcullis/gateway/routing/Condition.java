package dev.portcullis.gateway.routing;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/** One condition of a rule. What is not known of a payment fulfils no condition. */
sealed interface Condition {

  /** Whether it holds. */
  boolean holds(Facts facts);

  /** Its name in the document, and in an explanation. */
  String name();

  /** The payment's currency is one of these. */
  record InCurrency(Set<String> codes) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      return codes.contains(facts.amount().currency().code());
    }

    @Override
    public String name() {
      return "currency";
    }
  }

  /** The amount is within a range, both ends included, and of that currency. */
  record InRange(String currency, long min, long max) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      long amount = facts.amount().minorUnits();
      return facts.amount().currency().code().equals(currency) && amount >= min && amount <= max;
    }

    @Override
    public String name() {
      return "amount";
    }
  }

  /** The card is of one of these brands. */
  record OfBrand(Set<String> brands) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      return brands.contains(facts.card().brand());
    }

    @Override
    public String name() {
      return "brand";
    }
  }

  /** The issuer's number begins with one of these. */
  record OfBin(Set<String> beginnings) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      String bin = facts.card().bin();
      return bin != null && beginnings.stream().anyMatch(bin::startsWith);
    }

    @Override
    public String name() {
      return "bin";
    }
  }

  /** The card was issued in one of these countries. */
  record IssuedIn(Set<String> countries) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      String country = facts.card().country();
      return country != null && countries.contains(country);
    }

    @Override
    public String name() {
      return "issuing_country";
    }
  }

  /** The card was issued in one of these regions. */
  record IssuedAround(Set<Region> regions) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      return regions.contains(facts.region());
    }

    @Override
    public String name() {
      return "issuing_region";
    }
  }

  /** The card is a credit, debit or prepaid one. */
  record FundedBy(Set<String> kinds) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      return kinds.contains(facts.card().funding());
    }

    @Override
    public String name() {
      return "funding";
    }
  }

  /** The customer is in one of these countries. */
  record CustomerIn(Set<String> countries) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      String country = facts.customerCountry();
      return country != null && countries.contains(country);
    }

    @Override
    public String name() {
      return "customer_country";
    }
  }

  /** An entry of the metadata has one of these values. */
  record HasMetadata(String key, Set<String> values) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      String value = facts.metadata().get(key);
      return value != null && values.contains(value);
    }

    @Override
    public String name() {
      return "metadata";
    }
  }

  /**
   * It is a certain time of a certain day, somewhere.
   *
   * @param from included
   * @param to not included; before {@code from}, the time goes on over midnight, and the day is the
   *     one on which it began. The same as {@code from} for the whole day
   */
  record Within(ZoneId zone, Set<DayOfWeek> days, LocalTime from, LocalTime to)
      implements Condition {
    @Override
    public boolean holds(Facts facts) {
      ZonedDateTime there = facts.at().atZone(zone);
      LocalTime time = there.toLocalTime();
      DayOfWeek day = there.getDayOfWeek();
      if (from.isBefore(to)) {
        return days.contains(day) && !time.isBefore(from) && time.isBefore(to);
      }
      return time.isBefore(from)
          ? days.contains(day.minus(1)) && time.isBefore(to)
          : days.contains(day);
    }

    @Override
    public String name() {
      return "time";
    }
  }

  /** The merchant charges a stored card without the shopper, or does not. */
  record OffSession(boolean expected) implements Condition {
    @Override
    public boolean holds(Facts facts) {
      return facts.terms().offSession() == expected;
    }

    @Override
    public String name() {
      return "off_session";
    }
  }
}
