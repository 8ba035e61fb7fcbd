package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same breadth through the npm package {@code stripe}: one script, each check a test. */
@Order(13)
@ExtendWith(SharedPortcullis.class)
class NodeStripeTest {
  private static final int LEAST_CHECKS = 30;
  private static final String MANY_EMAIL = "node-thousand@example.com";

  @TestFactory
  List<DynamicTest> theNodeSdkRunsUnchanged(Portcullis portcullis) throws Exception {
    requireNode();
    ManyCustomers.make(portcullis, MANY_EMAIL);
    try (CuttingProxy proxy = new CuttingProxy(portcullis.api())) {
      return checks(portcullis, proxy);
    }
  }

  private static List<DynamicTest> checks(Portcullis portcullis, CuttingProxy proxy) {
    Path folder = Portcullis.checkout().resolve("systemtest/node");
    Commands.run(
            Duration.ofMinutes(2),
            Map.of(),
            List.of(
                "npm",
                "--prefix",
                folder.toString(),
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts"))
        .succeeded();
    CommandResult run =
        Commands.run(
            Duration.ofMinutes(3),
            Map.of(
                "API", portcullis.api(),
                "CARDS", portcullis.cards(),
                "SECRET_KEY", portcullis.secretKey(),
                "PUBLISHABLE_KEY", portcullis.lastStatus().publishableKey(),
                "PROXY", proxy.url(),
                "MANY_EMAIL", MANY_EMAIL,
                "MANY", Integer.toString(ManyCustomers.MANY)),
            List.of("node", folder.resolve("check.js").toString()));
    List<DynamicTest> tests =
        run.out()
            .lines()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .map(NodeStripeTest::test)
            .toList();
    assertThat(tests).as(run.err()).hasSizeGreaterThanOrEqualTo(LEAST_CHECKS);
    return tests;
  }

  private static DynamicTest test(JsonObject check) {
    return dynamicTest(
        check.get("name").getAsString(),
        () ->
            assertThat(check.get("ok").getAsBoolean())
                .as(check.has("error") ? check.get("error").getAsString() : "")
                .isTrue());
  }

  private static void requireNode() {
    if (Commands.exists("node") && Commands.exists("npm")) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      fail("there is no Node here, and a run with CI=true skips nothing");
    }
    abort("skipped: there is no Node here; install Node 20 or newer to run the Node SDK's tests");
  }
}
