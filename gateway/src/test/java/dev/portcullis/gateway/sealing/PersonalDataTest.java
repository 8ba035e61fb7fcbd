package dev.portcullis.gateway.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PersonalDataTest {

  private static final Place PLACE = new Place("acct_1", false, "customers.doc", "cus_1");
  private static final PersonalData PERSONAL = Seals.PERSONAL;

  /** Whatever the document, it comes back as it was; and none of the marked texts is left open. */
  @Property(tries = 300)
  void everyDocumentComesBackAndShowsNothing(@ForAll("documents") Map<String, Object> doc) {
    String json = Json.writeString(doc);
    String sealed = PERSONAL.seal(PLACE, json);
    assertThat(Json.readObject(PERSONAL.open(PLACE, sealed))).isEqualTo(Json.readObject(json));
    assertThat(sealed).doesNotContain("marked");
  }

  /** Documents with marked texts under personal names, at any depth, with other members around. */
  @Provide
  Arbitrary<Map<String, Object>> documents() {
    Arbitrary<String> personal = Arbitraries.of(PersonalData.NAMES);
    Arbitrary<String> plain = Arbitraries.of("id", "amount", "a/b", "c~d", "~1", "", "0");
    Arbitrary<Object> leaf = Arbitraries.of("pi_1", 7L, true, "", List.of(), Map.of());
    Arbitrary<Object> marked =
        Arbitraries.of("marked", Map.of("city", "marked"), List.of("marked"), "", Map.of());
    Arbitrary<Map<String, Object>> flat =
        Arbitraries.maps(plain, leaf)
            .ofMaxSize(3)
            .flatMap(
                rest ->
                    Arbitraries.maps(personal, marked)
                        .ofMaxSize(3)
                        .map(more -> together(rest, more)));
    Arbitrary<Map<String, Object>> deeper =
        flat.list()
            .ofMaxSize(3)
            .flatMap(list -> flat.map(outer -> together(outer, Map.of("list", list))));
    return deeper.flatMap(inner -> flat.map(outer -> together(outer, Map.of("in", inner))));
  }

  private static Map<String, Object> together(Map<String, Object> one, Map<String, Object> other) {
    Map<String, Object> all = new HashMap<>(one);
    all.putAll(other);
    return all;
  }

  @Example
  void metadataIsTheMerchantsOwnAndStaysOpen() {
    String json = "{\"metadata\":{\"email\":\"open\"},\"email\":\"closed\"}";
    assertThat(PERSONAL.seal(PLACE, json)).contains("open").doesNotContain("closed");
  }

  @Example
  void aProvidersNameIsTheMerchantsOwnAndStaysOpen() {
    String json = "{\"facts\":{\"provider\":{\"name\":\"alpha\",\"connector\":\"sandbox\"}}}";
    assertThat(PERSONAL.seal(PLACE, json)).isSameAs(json);
  }

  @Example
  void whatIsNotPersonalCostsNothing() {
    String json = "{\"id\":\"pi_1\",\"billing_details\":{\"email\":null,\"address\":{}}}";
    assertThat(PERSONAL.seal(PLACE, json)).isSameAs(json);
    assertThat(PERSONAL.open(PLACE, json)).isSameAs(json);
  }

  @Example
  void itOpensInNoOtherRow() {
    String sealed = PERSONAL.seal(PLACE, "{\"email\":\"a@example.com\"}");
    for (Place other :
        new ArrayList<>(
            List.of(
                new Place("acct_2", false, "customers.doc", "cus_1"),
                new Place("acct_1", true, "customers.doc", "cus_1"),
                new Place("acct_1", false, "charges.doc", "cus_1"),
                new Place("acct_1", false, "customers.doc", "cus_2")))) {
      assertThatThrownBy(() -> PERSONAL.open(other, sealed)).isInstanceOf(SealException.class);
    }
  }
}
