package dev.portcullis.gateway.sealing;

import dev.portcullis.wire.json.Json;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Seals what is personal within a stored document, wherever in it that stands: its members with
 * these names are taken out and laid into one sealed member, each under its JSON pointer (RFC
 * 6901). A document with nothing personal stays as it is and costs nothing more.
 *
 * <p>Metadata and descriptions are the merchant's own and stay open: metadata is searched by its
 * entries.
 */
@Component
public final class PersonalData {

  /** The member of a document that holds what was taken out. */
  private static final String SEALED = "sealed";

  private static final String MARK = '"' + Sealer.MARK;

  /**
   * The names under which personal data stands, in all objects of the API; {@code list_value} is
   * that of a value list's item as it is stored.
   */
  static final Set<String> NAMES =
      Set.of(
          "address",
          "billing_address",
          "billing_details",
          "collected_information",
          "customer_acceptance",
          "customer_details",
          "customer_email",
          "customer_email_address",
          "customer_name",
          "customer_purchase_ip",
          "email",
          "evidence",
          "instructions_email",
          "list_value",
          "mandate_data",
          "name",
          "phone",
          "receipt_email",
          "shipping",
          "shipping_address",
          "shipping_details",
          "tax_id_data");

  /** What is under these is the merchant's own: a provider's name is its name for its account. */
  private static final Set<String> OPEN = Set.of("metadata", "provider");

  /** Sorted, since the first of them, the address, stands in all billing details. */
  private static final List<String> QUOTED =
      NAMES.stream().sorted().map(name -> '"' + name + '"').toList();

  private final Sealer sealer;

  PersonalData(Sealer sealer) {
    this.sealer = sealer;
  }

  /** The document with what is personal in it sealed for that place. */
  public String seal(Place place, String json) {
    if (QUOTED.stream().noneMatch(json::contains)) {
      return json;
    }
    Map<String, @Nullable Object> doc = Json.readObject(json);
    Map<String, @Nullable Object> personal = new LinkedHashMap<>();
    takeOut(doc, "", personal);
    if (personal.isEmpty()) {
      return json;
    }
    doc.put(SEALED, sealer.seal(place, Json.writeString(personal)));
    return Json.writeString(doc);
  }

  /**
   * The whole document again.
   *
   * @throws SealException if what is sealed in it does not open there
   */
  public String open(Place place, String json) {
    if (!json.contains(MARK)) {
      return json;
    }
    Map<String, @Nullable Object> doc = Json.readObject(json);
    open(place, doc);
    return Json.writeString(doc);
  }

  /**
   * The document with what is personal in it sealed by the newest key; empty if it is already.
   *
   * @throws SealException if what is sealed in it does not open there
   */
  public Optional<String> renewed(Place place, String json) {
    Map<String, @Nullable Object> doc = Json.readObject(json);
    if (doc.get(SEALED) instanceof String sealed && Sealer.isSealed(sealed)) {
      return sealer
          .renewed(place, sealed)
          .map(
              fresh -> {
                doc.put(SEALED, fresh);
                return Json.writeString(doc);
              });
    }
    String written = Json.writeString(doc);
    String after = seal(place, written);
    return after.equals(written) ? Optional.empty() : Optional.of(after);
  }

  /** Puts what is sealed in the document back to where it was. */
  public void open(Place place, Map<String, @Nullable Object> doc) {
    if (doc.get(SEALED) instanceof String sealed && Sealer.isSealed(sealed)) {
      doc.remove(SEALED);
      Json.readObject(sealer.open(place, sealed))
          .forEach((pointer, value) -> putBack(doc, pointer, value));
    }
  }

  private static void takeOut(
      @Nullable Object within, String pointer, Map<String, @Nullable Object> personal) {
    switch (within) {
      case Map<?, ?> map -> takeOutOfMap(map, pointer, personal);
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          takeOut(list.get(i), pointer + '/' + i, personal);
        }
      }
      case null, default -> {}
    }
  }

  private static void takeOutOfMap(
      Map<?, ?> map, String pointer, Map<String, @Nullable Object> personal) {
    Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<?, ?> entry = entries.next();
      String name = (String) entry.getKey();
      Object value = entry.getValue();
      String at = pointer + '/' + name.replace("~", "~0").replace("/", "~1");
      if (value == null || OPEN.contains(name)) {
        continue;
      }
      if (NAMES.contains(name)) {
        if (saysSomething(value)) {
          personal.put(at, value);
          entries.remove();
        }
      } else {
        takeOut(value, at, personal);
      }
    }
  }

  private static boolean saysSomething(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Map<?, ?> map -> map.values().stream().anyMatch(PersonalData::saysSomething);
      case Collection<?> list -> list.stream().anyMatch(PersonalData::saysSomething);
      default -> true;
    };
  }

  private static void putBack(
      Map<String, @Nullable Object> doc, String pointer, @Nullable Object value) {
    String[] steps = pointer.substring(1).split("/", -1);
    Object within = doc;
    for (int i = 0; i < steps.length - 1; i++) {
      within = step(within, steps[i]);
    }
    members(within).put(plain(steps[steps.length - 1]), value);
  }

  private static Object step(Object within, String step) {
    @Nullable Object next =
        within instanceof List<?> list
            ? list.get(Integer.parseInt(step))
            : members(within).get(plain(step));
    if (next == null) {
      throw new IllegalStateException("a sealed member's place in its document is gone");
    }
    return next;
  }

  @SuppressWarnings("unchecked") // Json makes maps of names alone
  private static Map<String, @Nullable Object> members(Object within) {
    return (Map<String, @Nullable Object>) within;
  }

  private static String plain(String step) {
    return step.replace("~1", "/").replace("~0", "~");
  }
}
