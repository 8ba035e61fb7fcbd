package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A simulator on free ports with a clock that stands still, and a client for it. */
final class Rig implements AutoCloseable {
  private static final AtomicInteger REFERENCES = new AtomicInteger();

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
  final Simulator simulator;
  final Client client;

  Rig(Path directory) throws IOException {
    this.simulator = Simulator.start(settings(directory), now::get);
    this.client = new Client(simulator.providerUrl(), simulator.shopperUrl());
  }

  static Rig create() throws IOException {
    return new Rig(Files.createTempDirectory("simulator-ledger"));
  }

  static Settings settings(Path directory) {
    return new Settings(
        InetAddress.getLoopbackAddress(),
        new Settings.Ports(0, 0, 0),
        TestTls.context(),
        TestTls.signer(),
        Secret.of(Client.PROVIDER_KEY),
        Secret.of(Client.CONTROL_KEY),
        directory);
  }

  /** A reference that no other test has. */
  static String reference() {
    return "op_test" + REFERENCES.incrementAndGet();
  }

  Instant now() {
    return now.get();
  }

  void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  /** Says where a provider's notifications go. */
  void notify(String provider, Map<String, Object> plan) throws IOException {
    Client.Reply reply = client.control("PUT", "/control/notifications?provider=" + provider, plan);
    if (reply.status() != 200) {
      throw new IOException("refused with " + reply.status() + ": " + reply.html());
    }
  }

  @Override
  public void close() {
    client.close();
    simulator.close();
  }
}
