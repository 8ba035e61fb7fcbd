package dev.portcullis.vault.masterkey;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.MasterKey;
import java.util.List;

class FileMasterKeyTest extends MasterKeyContract {

  private final byte[] key = bytes();

  private static byte[] bytes() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return key;
  }

  @Override
  protected MasterKey openKey() {
    return new FileMasterKey(Secret.ofBytes(key), SecretAccess.insecureGrant());
  }

  @Override
  protected MasterKey openOtherKey() {
    return new FileMasterKey(Secret.ofBytes(bytes()), SecretAccess.insecureGrant());
  }

  @Override
  protected boolean cut() {
    return false;
  }

  @Override
  protected void mend() {}

  @Override
  protected List<String> secrets() {
    return List.of();
  }
}
