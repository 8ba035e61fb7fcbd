package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Currency;
import dev.portcullis.wire.error.ApiException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {

  private static final Shape SHAPE =
      Shape.of(
          Param.integer("amount").range(1, 99_999_999).required(),
          Param.currency("currency"),
          Param.string("description").max(10).unsettable(),
          Param.bool("confirm"),
          Param.choice("capture_method", "automatic", "manual"),
          Param.url("return_url"),
          Param.email("receipt_email"),
          Param.country("country"),
          Param.id("customer"),
          Param.expand(),
          Param.either(
              Param.timestamp("created"), Param.hash("created", Shape.of(Param.timestamp("gt")))),
          Param.hash("shipping", Shape.of(Param.string("name").required())),
          Param.metadata());

  @Test
  void whatIsKnownAndNotSupportedIsRefusedWithItsReason() {
    Shape shape =
        Shape.of(
                Param.string("name"),
                Param.hash("tax", Shape.of(Param.alwaysFalse("enabled", "taxes are not added."))))
            .refusing("there are no coupons.", "coupon");
    assertThat(shape.params()).extracting(Param::name).containsExactly("name", "tax");
    for (String sent : new String[] {"coupon=x", "coupon=", "coupon[a]=x", "coupon[]=x"}) {
      assertThatThrownBy(() -> shape.read(FormDecoder.decode(sent)))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> {
                assertThat(e.error().code()).isEqualTo("parameter_unsupported");
                assertThat(e.error().param()).isEqualTo("coupon");
                assertThat(e.error().message())
                    .isEqualTo("coupon is not supported: there are no coupons.");
              });
    }
    assertThatThrownBy(() -> shape.read(FormDecoder.decode("tax[enabled]=true")))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("tax[enabled] is not supported: taxes are not added.");
    assertThatThrownBy(() -> shape.read(FormDecoder.decode("tax[enabled]=no")))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("Invalid boolean");
    assertThat(
            shape
                .read(FormDecoder.decode("tax[enabled]=false"))
                .hash("tax")
                .orElseThrow()
                .bool("enabled"))
        .contains(false);
  }

  @Test
  void readsWhatIsRight() {
    Arguments arguments =
        read(
            "amount=5&currency=USD&description=&confirm=true&return_url=https://shop.example/a"
                + "&expand[]=customer&shipping[name]=A&created[gt]=7&metadata[0]=x");
    assertThat(arguments.requiredInteger("amount")).isEqualTo(5);
    assertThat(arguments.currency("currency")).contains(Currency.of("usd"));
    assertThat(arguments.isUnset("description")).isTrue();
    assertThat(arguments.string("description")).isEmpty();
    assertThat(arguments.isTrue("confirm")).isTrue();
    assertThat(arguments.url("return_url")).contains(URI.create("https://shop.example/a"));
    assertThat(arguments.strings("expand")).containsExactly("customer");
    assertThat(arguments.hash("shipping").orElseThrow().requiredString("name")).isEqualTo("A");
    assertThat(arguments.hash("created").orElseThrow().integer("gt")).hasValue(7);
    assertThat(arguments.metadata().orElseThrow().changes()).containsEntry("0", "x");
    assertThat(read("amount=1&created=9").integer("created")).hasValue(9);
  }

  @ParameterizedTest
  @CsvSource({
    "currency=usd,amount,parameter_missing",
    "amount=,amount,parameter_invalid_empty",
    "amount=0,amount,parameter_invalid_integer",
    "amount=-5,amount,parameter_invalid_integer",
    "amount=1.5,amount,parameter_invalid_integer",
    "amount=99999999999999999999,amount,parameter_invalid_integer",
    "amount=9223372036854775808,amount,parameter_invalid_integer",
    "amount=%2B5,amount,parameter_invalid_integer",
    "amount=+5,amount,parameter_invalid_integer",
    "amount=%EF%BC%95,amount,parameter_invalid_integer",
    "amount[x]=1,amount,parameter_invalid_type",
    "amount=1&x=1,x,parameter_unknown",
    "amount=1&shipping[y]=1,shipping[y],parameter_unknown",
    "amount=1&shipping[]=1,shipping[0],parameter_unknown",
    "amount=1&shipping=1,shipping,parameter_invalid_hash",
    "amount=1&currency=zzz,currency,parameter_invalid_currency",
    "amount=1&description=01234567890,description,parameter_invalid_string_too_long",
    "amount=1&confirm=yes,confirm,parameter_invalid_boolean",
    "amount=1&capture_method=never,capture_method,parameter_invalid_choice",
    "amount=1&country=XX,country,parameter_invalid_choice",
    "amount=1&return_url=javascript:alert(1),return_url,url_invalid",
    "amount=1&return_url=https://u:p@shop.example,return_url,url_invalid",
    "amount=1&return_url=//shop.example,return_url,url_invalid",
    "amount=1&receipt_email=nobody,receipt_email,email_invalid",
    "amount=1&customer=a%2Fb,customer,parameter_invalid_string",
    "amount=1&expand=customer,expand,parameter_invalid_array",
    "amount=1&metadata=x,metadata,parameter_invalid_hash",
    "amount=1&metadata[a][b]=x,metadata[a],metadata_invalid",
  })
  void refusesTheRestByName(String query, String param, String code) {
    assertThatThrownBy(() -> read(query))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.error().param()).isEqualTo(param);
              assertThat(e.error().code()).isEqualTo(code);
              assertThat(e.error().status()).isEqualTo(400);
            });
  }

  @Test
  void metadataIsMerged() {
    MetadataUpdate update = read("amount=1&metadata[a]=1&metadata[b]=").metadata().orElseThrow();
    assertThat(update.applyTo(Map.of("b", "2", "c", "3"))).isEqualTo(Map.of("a", "1", "c", "3"));
    MetadataUpdate clear = read("amount=1&metadata=").metadata().orElseThrow();
    assertThat(clear.applyTo(Map.of("b", "2"))).isEmpty();
  }

  @Test
  void metadataHasBounds() {
    StringBuilder query = new StringBuilder("amount=1");
    for (int n = 0; n <= 50; n++) {
      query.append("&metadata[k").append(n).append("]=v");
    }
    MetadataUpdate update = read(query.toString()).metadata().orElseThrow();
    assertThatThrownBy(() -> update.applyTo(Map.of()))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.error().param()).isEqualTo("metadata"));
    assertThatThrownBy(() -> read("amount=1&metadata[k]=" + "v".repeat(501)))
        .isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> read("amount=1&metadata[" + "k".repeat(41) + "]=v"))
        .isInstanceOf(ApiException.class);
  }

  private static Arguments read(String query) {
    return SHAPE.read(FormDecoder.decode(query));
  }
}
