package dev.portcullis.cli.certs;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The development authority: it vouches for this machine's loopback and for nothing else. Its name
 * constraints (RFC 5280, 4.2.1.10) make a stolen key of it worthless against any other host, even
 * for whoever trusts it.
 */
public final class Authority {
  /** Who signs what the sandbox's pretended providers tell by themselves. */
  public static final String SIGNERS_NAME = "notifications.localhost";

  static final Duration LIFE = Duration.ofDays(5 * 365);
  private static final Duration LEAF_LIFE = Duration.ofDays(90);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  private static final int SERIAL_BITS = 127;

  private final Identity identity;
  private final InstantSource clock;

  private Authority(Identity identity, InstantSource clock) {
    this.identity = identity;
    this.clock = clock;
  }

  /** An authority that was made before. */
  public static Authority of(Identity identity, InstantSource clock) {
    return new Authority(identity, clock);
  }

  /** What a certificate may be used for. */
  public enum Purpose {
    SERVER,
    CLIENT,
    /**
     * To sign messages by RSA, under a name that no listener has: a listener's certificate signs
     * none, and this one serves nothing.
     */
    SIGNER;

    private KeyPurposeId id() {
      return switch (this) {
        case SERVER, SIGNER -> KeyPurposeId.id_kp_serverAuth;
        case CLIENT -> KeyPurposeId.id_kp_clientAuth;
      };
    }

    private GeneralNames names() {
      return switch (this) {
        case SERVER, CLIENT ->
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.dNSName, "localhost"),
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                  new GeneralName(GeneralName.iPAddress, "::1")
                });
        case SIGNER -> new GeneralNames(new GeneralName(GeneralName.dNSName, SIGNERS_NAME));
      };
    }
  }

  /** A new authority with a new key. */
  public static Authority create(InstantSource clock) {
    KeyPair keys = Identity.newKeys();
    try {
      JcaX509v3CertificateBuilder builder =
          builder(new X500Name("CN=Portcullis development authority"), null, keys, LIFE, clock);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(Extension.nameConstraints, true, loopbackOnly());
      return new Authority(new Identity(List.of(sign(builder, keys)), keys.getPrivate()), clock);
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("the authority could not be made", e);
    }
  }

  private static NameConstraints loopbackOnly() {
    return new NameConstraints(
        new GeneralSubtree[] {
          new GeneralSubtree(new GeneralName(GeneralName.dNSName, "localhost")),
          new GeneralSubtree(new GeneralName(GeneralName.iPAddress, "127.0.0.0/8")),
          new GeneralSubtree(new GeneralName(GeneralName.iPAddress, "::1/128"))
        },
        null);
  }

  /** A new key with a certificate for this machine's loopback names, or the signers'. */
  public Identity issue(String name, Purpose purpose) {
    KeyPair keys = purpose == Purpose.SIGNER ? Identity.newRsaKeys() : Identity.newKeys();
    try {
      JcaX509v3CertificateBuilder builder =
          builder(
              new X500Name("CN=portcullis " + name),
              identity.certificate(),
              keys,
              LEAF_LIFE,
              clock);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose.id()));
      builder.addExtension(Extension.subjectAlternativeName, false, purpose.names());
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(identity.certificate()));
      X509Certificate leaf =
          sign(builder, new KeyPair(identity.certificate().getPublicKey(), identity.key()));
      return new Identity(List.of(leaf, identity.certificate()), keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("a certificate could not be issued", e);
    }
  }

  public Identity identity() {
    return identity;
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name subject,
      @Nullable X509Certificate issuer,
      KeyPair keys,
      Duration life,
      InstantSource clock)
      throws GeneralSecurityException, CertIOException {
    Instant from = clock.instant().minus(CLOCK_SKEW);
    X500Name issuedBy =
        issuer == null
            ? subject
            : X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuedBy,
            new BigInteger(SERIAL_BITS, Identity.RANDOM),
            Date.from(from),
            Date.from(from.plus(life)),
            subject,
            keys.getPublic());
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    return builder;
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair signer)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
  }
}
