package dev.portcullis.vault.custody;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.masterkey.MasterKeyContract;
import java.util.ArrayList;
import java.util.List;

class SealedMasterKeyTest extends MasterKeyContract {

  private final byte[] master = bytes();
  private final List<SealedMasterKey> keys = new ArrayList<>();

  private static byte[] bytes() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return key;
  }

  @Override
  protected MasterKey openKey() {
    SealedMasterKey key = new SealedMasterKey("1");
    key.open(master, SecretAccess.insecureGrant());
    keys.add(key);
    return key;
  }

  @Override
  protected MasterKey openOtherKey() {
    SealedMasterKey key = new SealedMasterKey("2");
    key.open(bytes(), SecretAccess.insecureGrant());
    return key;
  }

  @Override
  protected boolean cut() {
    keys.forEach(SealedMasterKey::close);
    return true;
  }

  @Override
  protected void mend() {
    keys.forEach(key -> key.open(master, SecretAccess.insecureGrant()));
  }

  @Override
  protected boolean startsWithout() {
    return true;
  }

  @Override
  protected List<String> secrets() {
    return List.of();
  }
}
