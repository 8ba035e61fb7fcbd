package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.tls.PemIdentity;
import java.net.InetAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/**
 * What a simulator is started with.
 *
 * @param shopperHost where shoppers and tests reach it over plain HTTP: this machine only
 * @param ports the listeners' ports, 0 for any free one
 * @param tls the provider listener's identity
 * @param signer what notifications are signed with where a certificate says by whom: RSA
 * @param providerKey what the vault must show
 * @param controlKey what a test must show
 * @param ledgerDirectory where the ledger's file lies
 */
record Settings(
    InetAddress shopperHost,
    Ports ports,
    SSLContext tls,
    PemIdentity signer,
    Secret providerKey,
    Secret controlKey,
    Path ledgerDirectory) {

  /** The three listeners' ports. */
  record Ports(int provider, int shopper, int management) {}

  Settings {
    // A sandbox in plain HTTP is for this machine alone.
    if (!shopperHost.isLoopbackAddress()) {
      throw new IllegalArgumentException("shopper.host must be an address of this machine");
    }
  }
}
