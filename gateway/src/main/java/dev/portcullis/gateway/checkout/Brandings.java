package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How each account's hosted pages look, in each mode. */
@Component
final class Brandings {

  /** Before account, mode and a name of the picture's content. */
  static final String LOGO = "/checkout/logo/";

  private static final Table TABLE = Table.of("page_brandings", "doc jsonb");

  private final ObjectReader reader;

  Brandings(ObjectReader reader) {
    this.reader = reader;
  }

  /**
   * What an account has said.
   *
   * @param version of its row, 0 where there is none
   * @param logo base64 of a picture, or null
   */
  record Said(int version, @Nullable String name, String color, int radius, @Nullable String logo) {

    Map<String, @Nullable Object> doc() {
      Map<String, @Nullable Object> doc = new LinkedHashMap<>();
      doc.put("display_name", name);
      doc.put("primary_color", color);
      doc.put("corner_radius", radius);
      doc.put("logo", logo);
      return doc;
    }
  }

  private static String id(boolean livemode) {
    return livemode ? "live" : "test";
  }

  Said said(Principal principal) {
    return reader
        .find(TABLE, principal, id(principal.livemode()))
        .map(Brandings::said)
        .orElse(new Said(0, null, Branding.PLAIN.color(), Branding.PLAIN.radius(), null));
  }

  private static Said said(Stored stored) {
    Map<String, @Nullable Object> doc = Json.readObject(stored.doc());
    return new Said(
        stored.version(),
        (String) doc.get("display_name"),
        String.valueOf(doc.get("primary_color")),
        doc.get("corner_radius") instanceof Long radius ? radius.intValue() : 0,
        (String) doc.get("logo"));
  }

  /** The row that makes it so. */
  static Write write(Principal principal, Said said, Instant now) {
    Row row =
        Row.of(id(principal.livemode()), said.version() + 1, now, Json.writeString(said.doc()));
    return said.version() == 0 ? new Write.Insert(TABLE, row) : new Write.Update(TABLE, row);
  }

  /** How the pages look. */
  Branding of(Principal principal) {
    Said said = said(principal);
    return new Branding(said.name(), said.color(), said.radius(), logoPath(principal, said));
  }

  /** Where the logo is; another picture is somewhere else. */
  @Nullable String logoPath(Principal principal, Said said) {
    String logo = said.logo();
    return logo == null
        ? null
        : LOGO
            + principal.account()
            + "/"
            + id(principal.livemode())
            + "/"
            + Logo.of(Base64.getDecoder().decode(logo)).orElseThrow().name();
  }

  /** The picture of that name. */
  Optional<Logo> logo(Principal principal, String name) {
    return Optional.ofNullable(said(principal).logo())
        .flatMap(logo -> Logo.of(Base64.getDecoder().decode(logo)))
        .filter(logo -> logo.name().equals(name));
  }
}
