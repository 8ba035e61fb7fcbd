package dev.portcullis.cli.backup;

import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.google.crypto.tink.signature.SignatureConfig;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import java.security.GeneralSecurityException;

/** The kinds of keys that a backup uses. */
final class Primitives {

  private Primitives() {}

  static Configuration configuration() throws GeneralSecurityException {
    HybridConfig.register();
    SignatureConfig.register();
    StreamingAeadConfig.register();
    return RegistryConfiguration.get();
  }
}
