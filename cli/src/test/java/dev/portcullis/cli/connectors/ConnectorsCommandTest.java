package dev.portcullis.cli.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ProviderSetup;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ConnectorsCommandTest {

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new ConnectorsCommand())
            .setOut(new PrintWriter(out, true))
            .execute(arguments);
    assertThat(exit).isZero();
    return out.toString();
  }

  @Test
  void listsEachOne() {
    assertThat(run("list").lines())
        .hasSize(Connectors.all().size())
        .anyMatch(line -> line.matches("adyen +test live +128 currencies +https://.*"))
        .anyMatch(line -> line.matches("authorizenet +test live +11 currencies .*"));
    assertThat(run("list", "--json")).contains("\"name\":\"paypal\"");
  }

  /** Whatever somebody needs who connects an account is there. */
  @Test
  void showsWhatAnAccountNeeds() {
    for (Connector connector : Connectors.all()) {
      ProviderSetup setup = connector.manifest().setup();
      String shown = run("show", connector.manifest().name());
      assertThat(shown).contains(setup.documentation().toString());
      setup.secrets().forEach(need -> assertThat(shown).contains(need.what(), need.where()));
      setup.parameters().forEach(each -> assertThat(shown).contains(each.what(), each.where()));
      assertThat(run("show", connector.manifest().name(), "--json"))
          .contains("\"object\":\"connector\"");
    }
    assertThat(run("show", "checkoutcom"))
        .contains("hmac_sha256_header", "for 24 h", "after 15 min", "merchant_initiated");
    assertThat(run("show", "sandbox")).contains("operation_feed", "live           none");
  }
}
