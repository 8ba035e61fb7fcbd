package dev.portcullis.vault.masterkey;

import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.egress.EgressReasons;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/**
 * A symmetric key of AWS KMS. The context goes along as encryption context, which KMS authenticates
 * and writes into CloudTrail; it holds ids and nothing secret.
 *
 * <p>Credentials are read anew for each call, so that whatever replaces short-lived ones may write
 * them into the secrets' files.
 */
final class AwsKmsMasterKey implements MasterKey {

  /** Member of the encryption context. */
  private static final String CONTEXT = "portcullis";

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** The ciphertext itself is wrong, or another key's. */
  private static final Set<String> WRONG =
      Set.of("InvalidCiphertextException", "IncorrectKeyException");

  /** What no waiting ends: somebody has to see to the key, its policy or the credentials. */
  private static final Set<String> REFUSALS =
      Set.of(
          "AccessDeniedException",
          "DisabledException",
          "ExpiredTokenException",
          "IncompleteSignature",
          "InvalidClientTokenId",
          "InvalidGrantTokenException",
          "InvalidKeyUsageException",
          "InvalidSignatureException",
          "KMSInvalidStateException",
          "MissingAuthenticationToken",
          "NotFoundException",
          "SignatureDoesNotMatch",
          "UnrecognizedClientException");

  /**
   * Where the key is.
   *
   * @param arn the key's own ARN, not an alias's: an alias can come to mean another key
   * @param endpoint another than the region's own, for instance a VPC's, or null
   */
  record Place(String arn, @Nullable URI endpoint) {
    String region() {
      return arn.split(":", 5)[3];
    }
  }

  private final Place place;
  private final KmsClient client;

  /**
   * @param trust whom to trust, or null for the JDK's authorities
   * @param limit how long a call with all its attempts may take
   */
  AwsKmsMasterKey(
      Place place,
      Supplier<AwsCredentials> credentials,
      TrustManager @Nullable [] trust,
      Duration limit) {
    this.place = place;
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(shorter(CONNECT, limit))
            .socketTimeout(limit);
    if (trust != null) {
      http.tlsTrustManagersProvider(() -> trust);
    }
    KmsClientBuilder builder =
        KmsClient.builder()
            .region(Region.of(place.region()))
            .credentialsProvider(credentials::get)
            .httpClientBuilder(http)
            .overrideConfiguration(
                override ->
                    override
                        .apiCallTimeout(limit)
                        .apiCallAttemptTimeout(limit)
                        .retryStrategy(RetryMode.STANDARD)
                        // Nothing from a home folder or an environment that nobody configured here.
                        .defaultProfileFile(ProfileFile.aggregator().build()));
    if (place.endpoint() != null) {
      builder.endpointOverride(place.endpoint());
    }
    this.client = builder.build();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public String id() {
    return "aws-kms:" + place.arn();
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException {
    try {
      return client
          .encrypt(
              request ->
                  request
                      .keyId(place.arn())
                      .plaintext(SdkBytes.fromByteArray(dataKey))
                      .encryptionContext(encryptionContext(context)))
          .ciphertextBlob()
          .asByteArray();
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException {
    try {
      return client
          .decrypt(
              request ->
                  request
                      .keyId(place.arn())
                      .ciphertextBlob(SdkBytes.fromByteArray(wrapped))
                      .encryptionContext(encryptionContext(context)))
          .plaintext()
          .asByteArray();
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  private static Map<String, String> encryptionContext(byte[] context) {
    return Map.of(CONTEXT, Base64.getUrlEncoder().withoutPadding().encodeToString(context));
  }

  /** Of the service's words only its error's name: its messages may name people and policies. */
  private KeyUnavailableException failed(SdkException failure) throws GeneralSecurityException {
    if (failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
      String code = String.valueOf(refused.awsErrorDetails().errorCode());
      if (WRONG.contains(code)) {
        throw new GeneralSecurityException("AWS KMS does not decrypt this");
      }
      return REFUSALS.contains(code)
          ? unavailable(KeyTrouble.Kind.REFUSED, "refuses (" + code + ")")
          : unavailable(
              KeyTrouble.Kind.UNREACHABLE,
              "answers " + refused.statusCode() + " (" + shown(code) + ")");
    }
    if (failure.getCause() instanceof ConfigException missing) {
      return unavailable(KeyTrouble.Kind.REFUSED, "has no credentials: " + missing.getMessage());
    }
    return unavailable(
        KeyTrouble.Kind.UNREACHABLE,
        "does not answer (" + EgressReasons.inWords(reason(failure)) + ")");
  }

  private static String reason(SdkException failure) {
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return "deadline";
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName();
  }

  private static String shown(String code) {
    return code.matches("[A-Za-z]{1,60}") ? code : "no known error";
  }

  private KeyUnavailableException unavailable(KeyTrouble.Kind kind, String what) {
    return new KeyUnavailableException(
        new KeyTrouble(
            kind, "AWS KMS in %s %s.".formatted(place.region().toLowerCase(Locale.ROOT), what)));
  }

  @Override
  public void close() {
    client.close();
  }
}
