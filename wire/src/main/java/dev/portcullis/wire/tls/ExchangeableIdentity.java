package dev.portcullis.wire.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's identity that can be exchanged: handshakes from then on show the new one, and
 * connections that stand go on.
 */
public final class ExchangeableIdentity extends X509ExtendedKeyManager {

  private volatile X509ExtendedKeyManager current;

  public ExchangeableIdentity(PemIdentity first) {
    this.current = managerOf(first);
  }

  /** Shows this identity from now on. */
  public void exchange(PemIdentity next) {
    current = managerOf(next);
  }

  private static X509ExtendedKeyManager managerOf(PemIdentity identity) {
    try {
      for (KeyManager manager : TlsContexts.keyManagers(identity)) {
        if (manager instanceof X509ExtendedKeyManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("this Java has no X.509 key manager");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the identity cannot be used", e);
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return current.chooseEngineServerAlias(keyType, issuers, engine);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return current.chooseServerAlias(keyType, issuers, socket);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return current.getServerAliases(keyType, issuers);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return current.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return current.getPrivateKey(alias);
  }
}
