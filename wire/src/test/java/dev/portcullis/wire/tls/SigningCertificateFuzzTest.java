package dev.portcullis.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reads the certificates that a provider signs its messages with, with any bytes. */
class SigningCertificateFuzzTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final MessageSigners SIGNERS = signers();

  private static MessageSigners signers() {
    try {
      return new MessageSigners(
          Path.of(
              Objects.requireNonNull(
                      SigningCertificateFuzzTest.class.getResource("fuzzed-authority.pem"))
                  .toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** So that the fuzzer begins where all of it is gone through. */
  @ParameterizedTest
  @ValueSource(strings = {"signer.pem", "signer.der", "chain.der", "chain.p7"})
  void theKeptChainsAreTaken(String file) throws IOException, GeneralSecurityException {
    try (InputStream kept =
        getClass()
            .getResourceAsStream(
                "SigningCertificateFuzzTestInputs/chainsAreOfTheNameOrRefused/" + file)) {
      assertThat(SIGNERS.verified(kept.readAllBytes(), "signer.example", NOW).until()).isAfter(NOW);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void chainsAreOfTheNameOrRefused(byte[] input) {
    try {
      MessageSigners.Signer signer = SIGNERS.verified(input, "signer.example", NOW);
      assertThat(signer.certificate().getSubjectAlternativeNames().toString())
          .contains("signer.example");
      assertThat(signer.until()).isAfter(NOW);
    } catch (GeneralSecurityException e) {
      assertThat(e).isNotNull();
    }
  }
}
