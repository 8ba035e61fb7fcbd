package dev.portcullis.vault.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a card is typed is plain JavaScript: Node's own test runner judges it. */
class FormatTest {
  private static final String FOLDER = "src/%s/resources/dev/portcullis/vault/fields/";

  @Test
  void everyBrandsNumbersAreShownAndJudgedRightly(@TempDir Path folder) throws Exception {
    requireNode();
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder("node", "--test", FOLDER.formatted("test") + "format.test.mjs");
    builder.environment().put("FORMAT", FOLDER.formatted("main") + "format.js");
    Process node = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String words = Files.readString(said);
    assertThat(node.exitValue()).as(words).isZero();
    assertThat(words).containsPattern("pass [3-9]\\d");
  }

  /** Every language says everything that any says. */
  @Test
  void everyLanguageIsComplete(@TempDir Path folder) throws Exception {
    requireNode();
    Path said = folder.resolve("said");
    String script =
        "const vm = require('node:vm');"
            + " vm.runInThisContext(require('node:fs').readFileSync(process.env.TEXTS,"
            + " 'utf8'));const all = Object.values(globalThis.PortcullisTexts).map(t =>"
            + " Object.keys(t).sort().join());console.log(all.length, new Set(all).size,"
            + " Object.values(globalThis.PortcullisTexts).every(t =>"
            + " Object.values(t).every(Boolean)));";
    ProcessBuilder builder = new ProcessBuilder("node", "-e", script);
    builder.environment().put("TEXTS", FOLDER.formatted("main") + "texts.js");
    Process node = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(said, StandardCharsets.UTF_8).strip()).isEqualTo("6 1 true");
  }

  private static void requireNode() throws IOException {
    boolean there =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "node")));
    if (!there) {
      if ("true".equals(System.getenv("CI"))) {
        fail("there is no Node here, and a run with CI=true skips nothing");
      }
      abort("skipped: there is no Node here; install Node 20 or newer");
    }
  }
}
