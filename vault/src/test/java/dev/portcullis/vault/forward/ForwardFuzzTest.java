package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;

/** What reads policies and the gateway's calls, with any bytes. */
class ForwardFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void policiesAreReadOrRefusedByPlace(byte[] json) {
    try {
      Policy policy = PolicyReader.read("fuzz.json", json);
      assertThat(policy.origin().getScheme()).isEqualTo("https");
      assertThat(policy.livemode() && policy.allowLoopback()).isFalse();
    } catch (PolicyException e) {
      assertThat(e.faults()).isNotEmpty();
      assertThat(e.faults()).allSatisfy(fault -> assertThat(fault.where()).startsWith("/"));
    }
  }

  @FuzzTest(maxDuration = "10m")
  void callsAreReadOrRefusedByName(byte[] json) {
    try {
      ForwardCommand command = ForwardCommand.read(new InternalArguments(Json.readObject(json)));
      assertThat(command.timeoutMillis()).isPositive();
    } catch (MalformedJsonException _) {
      // Answered before anything is read.
    } catch (InternalException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
