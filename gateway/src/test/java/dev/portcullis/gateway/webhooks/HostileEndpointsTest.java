package dev.portcullis.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.ForeignUrl;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where nobody may have events sent, at registration and once a name has changed its meaning. */
class HostileEndpointsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final AtomicInteger reached = new AtomicInteger();
  private @Nullable HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    HttpServer listening =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listening.createContext(
        "/",
        exchange -> {
          reached.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    listening.start();
    server = listening;
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.stop(0);
    }
  }

  private int port() {
    if (server == null) {
      throw new IllegalStateException("not listening");
    }
    return server.getAddress().getPort();
  }

  private static WebhookEndpoint endpoint(boolean livemode) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("livemode", livemode);
    return new WebhookEndpoint(
        "we_1", 1, Instant.EPOCH, shown, Map.of(), 1, new SealedKeys(Rolling.fresh(""), null));
  }

  private static EgressResult send(String url, boolean sandbox, boolean livemode, Names names) {
    try (Receivers receivers = new Receivers(TlsContexts.client(null, null), 4, names, sandbox)) {
      return receivers.send(
          new EgressRequest("POST", URI.create(url), Map.of(), new byte[] {1}),
          endpoint(livemode),
          LIMIT);
    }
  }

  private static Names always(String address) {
    return _ -> new InetAddress[] {InetAddress.ofLiteral(address)};
  }

  private static final Names NONE =
      host -> {
        throw new UnknownHostException(host);
      };

  /** Hosts that are addresses, mean this machine, hide another host, or are read in two ways. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/",
        "https://127.255.255.254/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://hooks.localhost/",
        "https://hooks.localhost./",
        "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::127.0.0.1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1%25lo]/",
        "https://[fd00:ec2::254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:db8::1]/",
        "https://[ff02::1]/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://172.16.0.1/",
        "https://192.0.0.192/opc/v2/",
        "https://192.168.0.1/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.0.0.01/",
        "https://user@shop.example/",
        "https://user:word@shop.example/",
        "https://shop.example@127.0.0.1/",
        "https://127.0.0.1#@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "http://shop.example/",
        "ftp://shop.example/",
        "gopher://127.0.0.1:6379/"
      })
  void neverInLiveModeHoweverItIsWritten(String url) {
    URI uri = URI.create(url);
    assertThat(ForeignUrl.judge(uri, false)).isInstanceOf(ForeignUrl.Judgement.Refused.class);
    assertThat(send(url, true, true, NONE))
        .isEqualTo(new EgressResult.NotSent("AddressNotAllowedException"));
    assertThat(send(url, false, false, NONE))
        .isEqualTo(new EgressResult.NotSent("AddressNotAllowedException"));
  }

  /** DNS rebinding: the name was of the internet when the endpoint was registered. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "::",
        "10.1.2.3",
        "100.100.100.200",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.1.1",
        "198.19.0.1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::7f00:1",
        "2001:db8::1",
        "3fff::1",
        "239.1.1.1",
        "240.0.0.1"
      })
  void aNameThatHasComeToLeadInsideIsNotCalled(String address) {
    String url = "https://shop.example:" + port() + "/";
    assertThat(ForeignUrl.judge(URI.create(url), true))
        .isInstanceOf(ForeignUrl.Judgement.Internet.class);
    // In the sandbox too: this machine is allowed by its own names alone.
    assertThat(send(url, true, false, always(address)))
        .isEqualTo(new EgressResult.NotSent("AddressNotAllowedException"));
    assertThat(reached).hasValue(0);
  }

  @Test
  void oneForbiddenAddressAmongOthersCondemnsTheName() {
    Names both =
        _ ->
            new InetAddress[] {
              InetAddress.ofLiteral("8.8.8.8"), InetAddress.ofLiteral("127.0.0.1")
            };
    assertThat(send("https://shop.example:" + port() + "/", true, false, both))
        .isEqualTo(new EgressResult.NotSent("AddressNotAllowedException"));
  }

  @Test
  void theSandboxReachesThisMachineByItsOwnNamesAndNothingElseByThem() {
    String url = "http://localhost:" + port() + "/";
    assertThat(send(url, true, false, always("127.0.0.1")))
        .isInstanceOf(EgressResult.Answered.class);
    assertThat(reached).hasValue(1);
    assertThat(send(url, true, false, always("8.8.8.8")))
        .isEqualTo(new EgressResult.NotSent("AddressNotAllowedException"));
  }

  /** All attempts at once would fill the memory with what is read before the first one ends. */
  @Test
  void aLongHeadIsNotReadToItsEnd() throws IOException {
    HttpServer wordy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    wordy.createContext(
        "/",
        exchange -> {
          for (int n = 0; n < 3; n++) {
            exchange.getResponseHeaders().add("X-Words-" + n, "x".repeat(6_000));
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    wordy.start();
    try {
      String url = "http://localhost:" + wordy.getAddress().getPort() + "/";
      assertThat(send(url, true, false, always("127.0.0.1")))
          .isEqualTo(new EgressResult.NoAnswer("MessageConstraintException"));
    } finally {
      wordy.stop(0);
    }
  }

  /** Whoever takes all threads for names has others wait, and no more. */
  @Test
  void aNameThatNobodyWasAskedForCountsAgainstNoEndpoint() {
    assertThat(Sender.outcome(new EgressResult.NotSent("NamesBusyException"), Instant.EPOCH))
        .isEqualTo(new Outcome.Unmade("too many names are looked up already"));
    assertThat(Sender.outcome(new EgressResult.NotSent("UnknownHostException"), Instant.EPOCH))
        .isEqualTo(new Outcome.Failed(false, "UnknownHostException"));
  }
}
