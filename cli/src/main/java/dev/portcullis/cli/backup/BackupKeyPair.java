package dev.portcullis.cli.backup;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.signature.Ed25519Parameters;
import java.security.GeneralSecurityException;

/**
 * A new backup key. Each half can do what the other cannot: the home seals and signs, so that
 * whoever takes the running system over can open no backup; the recovery half, which a person keeps
 * elsewhere, opens what was sealed and knows whose signature it must bear, so that whoever can
 * write where backups lie makes none that is restored.
 */
public record BackupKeyPair(HomeHalf home, RecoveryHalf recovery) {

  /** Makes one (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM; Ed25519, RFC 8032). */
  public static BackupKeyPair generate() {
    try {
      HpkeParameters sealing =
          HpkeParameters.builder()
              .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
              .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
              .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
              .setVariant(HpkeParameters.Variant.TINK)
              .build();
      KeysetHandle opens = KeysetHandle.generateNew(sealing, Primitives.configuration());
      KeysetHandle signs =
          KeysetHandle.generateNew(
              Ed25519Parameters.create(Ed25519Parameters.Variant.TINK), Primitives.configuration());
      return new BackupKeyPair(
          new HomeHalf(opens.getPublicKeysetHandle(), signs),
          new RecoveryHalf(opens, signs.getPublicKeysetHandle()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no backup key can be made", e);
    }
  }
}
