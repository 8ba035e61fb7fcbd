package dev.portcullis.vault;

import dev.portcullis.wire.tls.PemIdentity;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A throwaway certificate authority. */
public final class TestCa {

  private final Path directory;
  private final KeyPair keys;
  private final X509Certificate certificate;
  private int serial = 1;

  public TestCa(Path directory, String name) {
    try {
      this.directory = Files.createDirectories(directory);
      this.keys = newKeys();
      this.certificate =
          sign(
              "CN=" + name,
              keys,
              null,
              new Terms(Duration.ofHours(-1), Duration.ofDays(2), List.of()));
      Files.writeString(directory.resolve("ca.pem"), pem(certificate));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  /** Writes {@code name.pem} and {@code name.key}, for localhost. */
  public X509Certificate issue(String name) {
    return issue(name, Duration.ofHours(-1), Duration.ofDays(2), "localhost");
  }

  /** The same, valid between those times from now, for those names. */
  public X509Certificate issue(String name, Duration from, Duration until, String... names) {
    try {
      KeyPair leaf = newKeys();
      X509Certificate issued =
          sign("CN=" + name, leaf, certificate, new Terms(from, until, List.of(names)));
      Files.writeString(directory.resolve(name + ".pem"), pem(issued) + pem(certificate));
      StringWriter text = new StringWriter();
      try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
        writer.writeObject(new JcaPKCS8Generator(leaf.getPrivate(), null).generate());
      }
      Files.writeString(directory.resolve(name + ".key"), text.toString());
      return issued;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same with an RSA key, in no file. */
  public PemIdentity signer(int bits, Duration from, Duration until, String... names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      KeyPair leaf = generator.generateKeyPair();
      return new PemIdentity(
          List.of(
              sign("CN=" + names[0], leaf, certificate, new Terms(from, until, List.of(names))),
              certificate),
          leaf.getPrivate());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The authority itself as a server. */
  public PemIdentity own() {
    return new PemIdentity(List.of(certificate), keys.getPrivate());
  }

  public Path file(String name) {
    return directory.resolve(name);
  }

  private record Terms(Duration from, Duration until, List<String> names) {}

  private X509Certificate sign(
      String subject,
      KeyPair subjectKeys,
      @org.jspecify.annotations.Nullable X509Certificate ca,
      Terms terms)
      throws GeneralSecurityException, IOException {
    Instant now = InstantSource.system().instant();
    X500Name name = new X500Name(subject);
    X500Name issuer =
        ca == null ? name : X500Name.getInstance(ca.getSubjectX500Principal().getEncoded());
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(serial++),
            Date.from(now.plus(terms.from())),
            Date.from(now.plus(terms.until())),
            name,
            subjectKeys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca == null));
    if (ca != null) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              Stream.concat(
                      terms.names().stream().map(dns -> new GeneralName(GeneralName.dNSName, dns)),
                      terms.names().contains("localhost")
                          ? Stream.of(new GeneralName(GeneralName.iPAddress, "127.0.0.1"))
                          : Stream.of())
                  .toArray(GeneralName[]::new)));
    }
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  public static String pem(X509Certificate certificate) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }
}
