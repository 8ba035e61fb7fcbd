package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

/** That the rule over comparisons finds what it is there for, and nothing else. */
class SecretComparisonsTest {

  private record Row(String name, String hash, Object secret) {}

  private static final class ShareTokens {
    static String next() {
      return "";
    }
  }

  /** Each method gives something away by the time that it takes. */
  static final class Careless {
    private String ticket = "";

    boolean computedMac(Mac mac, String sent) {
      return HexFormat.of().formatHex(mac.doFinal()).equals(sent);
    }

    boolean computedInAVariable(MessageDigest sha256, byte[] given) {
      byte[] made = sha256.digest();
      return Arrays.equals(given, made);
    }

    boolean madeSignature(Signature signer, byte[] given) throws GeneralSecurityException {
      return ByteBuffer.wrap(signer.sign()).equals(ByteBuffer.wrap(given));
    }

    boolean aPartOfIt(MessageDigest sha256, byte[] given) {
      return Arrays.mismatch(sha256.digest(), 0, 8, given, 0, 8) < 0;
    }

    boolean readOut(Secret value, SecretAccess access, String given) {
      return given.equals(value.reveal(access));
    }

    boolean namedParameter(String cvc, String given) {
      return cvc.contentEquals(given);
    }

    boolean namedField(String given) {
      return Objects.equals(given, ticket);
    }

    boolean namedResult(Row row, String given) {
      return given.equalsIgnoreCase(row.hash());
    }

    boolean madeByAClassOfThem(String given) {
      return ShareTokens.next().equals(given);
    }

    boolean anyObject(Row row, Object given) {
      return row.secret().equals(given);
    }

    boolean oneOfTwo(boolean first, String setupCode, String name, String given) {
      return (first ? setupCode : name).equals(given);
    }

    boolean methodReference(String apiToken, Stream<String> given) {
      return given.anyMatch(apiToken::equals);
    }

    boolean inALambda(String given, Optional<Row> row) {
      return row.filter(found -> found.hash().equals(given)).isPresent();
    }
  }

  /** None of these does. */
  static final class Careful {
    boolean constantTime(Mac mac, byte[] sent) {
      return MessageDigest.isEqual(mac.doFinal(), sent);
    }

    boolean secrets(Secret secret, Secret token) {
      return secret.equals(token);
    }

    boolean nothingSecret(Row row, String given) {
      return row.name().equals(given) && row.hash().isEmpty();
    }

    boolean somethingElseOfIt(String codec, String tokenType, String given) {
      return codec.equals(given) || tokenType.equals(given);
    }
  }

  private static List<String> foundIn(Class<?> type) throws IOException {
    String file = type.getName().substring(type.getPackageName().length() + 1) + ".class";
    try (InputStream classFile = type.getResourceAsStream(file)) {
      return SecretComparisons.in(classFile).stream()
          .map(found -> found.where().substring(type.getName().length() + 1))
          .toList();
    }
  }

  @Test
  void carelessComparisonsAreFound() throws IOException {
    assertThat(foundIn(Careless.class))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Careless.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .toList());
  }

  @Test
  void carefulOnesAreNot() throws IOException {
    assertThat(foundIn(Careful.class)).isEmpty();
  }
}
