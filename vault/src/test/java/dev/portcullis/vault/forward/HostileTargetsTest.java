package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.RunningVault;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.TestCa;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.Spki;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Providers and name servers that want the card, the credential, or the vault's time: each through
 * the whole way out, over real TLS. What is refused is refused with the certainty that is true, and
 * no byte of a card reaches whom it must not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTargetsTest {

  private static final String VISA = RunningVault.VISA;
  private static final String KEY = RunningVault.PROVIDER_KEY;
  private static final byte[] NUMBER = VISA.getBytes(StandardCharsets.US_ASCII);
  private static final long PATIENCE = 60_000;
  private static final String ADDRESS = "AddressNotAllowedException";

  /** What is expected of a target. */
  private sealed interface Expected {
    /** Nothing left, for that reason, and the target saw no card. */
    record NotSent(String reason) implements Expected {}

    /** The request left, and what came back is no answer. */
    record NoAnswer() implements Expected {}

    /** An answer with that status and without a body. */
    record Bare(int status) implements Expected {}

    /** An answer whose note was taken out. */
    record Scrubbed() implements Expected {}
  }

  private record Row(String name, String provider, long millis, Expected expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final Map<String, String> policies = new LinkedHashMap<>();
  private final Map<String, String> hosts = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final Map<String, HostileServer> servers = new HashMap<>();
  private final Map<String, InetAddress[]> zone = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> lookups = new ConcurrentHashMap<>();
  private final List<String> readToTheEnd = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Map<String, Future<Got>> answers = new HashMap<>();
  private HostileServer trap;
  private RunningVault vault;

  @BeforeAll
  void sendToAll(@TempDir Path home) throws Exception {
    trap = HostileServer.plain((socket, out) -> await());
    vault = new RunningVault(home, this::resolve, this::prepare);
    String token = vault.paymentMethod(VISA);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Row row : rows) {
        answers.put(row.name(), threads.submit(() -> forward(row, token)));
      }
    }
  }

  @AfterAll
  void stop() throws IOException {
    end.countDown();
    vault.close();
    trap.close();
    for (HostileServer server : servers.values()) {
      server.close();
    }
  }

  private Got forward(Row row, String token) {
    Map<String, Object> command = new HashMap<>();
    command.put("operation", "pay");
    command.put("operation_id", "op_" + row.provider());
    command.put("account", vault.account);
    command.put("livemode", false);
    command.put("provider_account", row.provider());
    command.put("token", token);
    command.put("timeout_ms", row.millis());
    command.put("body", Map.of("number", "{{card.number}}"));
    return vault.call("/internal/v1/forward", command);
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    int before = lookups.computeIfAbsent(host, name -> new AtomicInteger()).getAndIncrement();
    if (host.equals("silent-dns.test")) {
      await();
    }
    if (host.equals("rebinding.test")) {
      return InetAddress.getAllByName(before == 0 ? "127.0.0.1" : "10.0.0.1");
    }
    InetAddress[] known = zone.get(host);
    return known == null ? InetAddress.getAllByName(host) : known;
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Rows ----------------------------------------------------------------------------------------

  private List<String> prepare(RunningVault starting, Path directory) throws IOException {
    forbiddenAddresses();
    certificates(starting.ca);
    brokenTls();
    scripts(starting.ca);
    List<String> settings = new ArrayList<>();
    for (Map.Entry<String, String> policy : policies.entrySet()) {
      String name = policy.getKey();
      Files.writeString(directory.resolve(name + ".json"), policy.getValue());
      settings.add("provider." + name + ".key=secret://provider-sandbox");
      settings.add("provider." + name + ".account=" + starting.account);
      settings.add("provider." + name + ".mode=test");
      settings.add("provider." + name + ".host=" + hosts.get(name));
    }
    return settings;
  }

  private void row(String name, String host, int port, String more, long millis, Expected what) {
    String provider = name.replaceAll("[^a-z0-9]+", "-");
    hosts.put(provider, host + ":" + port);
    policies.put(
        provider,
        """
        {"provider":"%s","mode":"test","origin":"https://%s:%d",%s
         "credential":{"header":"Authorization","format":"Bearer {{secret}}","secret":"provider.%s.key"},
         "operations":{"pay":{"method":"POST","path":"/%s","slots":{"/number":"card.number"},
          "answer":["/id","/note"]}}}
        """
            .formatted(provider, host, port, more, provider, provider));
    rows.add(new Row(name, provider, millis, what));
  }

  private static final String HERE = "\"allow_loopback\":true,";

  /** Names that lead somewhere else than to the public internet: each with a listener behind it. */
  private void forbiddenAddresses() throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("loopback", "127.0.0.1");
    names.put("loopback elsewhere", "127.9.9.9");
    names.put("loopback v6", "::1");
    names.put("unspecified", "0.0.0.0");
    names.put("unspecified v6", "::");
    names.put("private 10", "10.0.0.1");
    names.put("private 172", "172.16.0.1");
    names.put("private 192", "192.168.0.1");
    names.put("link local", "169.254.1.1");
    names.put("link local v6", "fe80::1");
    names.put("carrier grade nat", "100.64.0.1");
    names.put("benchmarking", "198.18.0.1");
    names.put("multicast", "224.0.0.1");
    names.put("multicast v6", "ff02::1");
    names.put("broadcast", "255.255.255.255");
    names.put("reserved", "240.0.0.1");
    names.put("documentation", "192.0.2.1");
    names.put("documentation 2", "198.51.100.1");
    names.put("documentation 3", "203.0.113.1");
    names.put("documentation v6", "2001:db8::1");
    names.put("documentation v6 2", "3fff::1");
    names.put("unique local", "fd00::1");
    names.put("metadata", "169.254.169.254");
    names.put("metadata v6", "fd00:ec2::254");
    names.put("mapped", "::ffff:127.0.0.1");
    names.put("mapped metadata", "::ffff:a9fe:a9fe");
    names.put("compatible", "::7f00:1");
    names.put("nat64", "64:ff9b::7f00:1");
    names.put("nat64 local", "64:ff9b:1::a9fe:a9fe");
    names.put("6to4", "2002:7f00:1::");
    names.put("teredo", "2001:0:4136:e378:8000:63bf:80ff:fffe");
    names.put("discard", "100::1");
    for (Map.Entry<String, String> name : names.entrySet()) {
      String host = name.getKey().replace(' ', '-') + ".bad.test";
      zone.put(host, InetAddress.getAllByName(name.getValue()));
      row(
          "address " + name.getKey(),
          host,
          trap.port(),
          "",
          PATIENCE,
          new Expected.NotSent(ADDRESS));
    }
    zone.put("metadata.google.internal", InetAddress.getAllByName("169.254.169.254"));
    zone.put("instance-data.ec2.internal", InetAddress.getAllByName("fd00:ec2::254"));
    zone.put(
        "both.test",
        new InetAddress[] {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("127.0.0.1")});
    for (String host :
        List.of("metadata.google.internal", "instance-data.ec2.internal", "both.test")) {
      row("name " + host, host, trap.port(), "", PATIENCE, new Expected.NotSent(ADDRESS));
    }
    zone.put("lan.test", InetAddress.getAllByName("192.168.0.1"));
    row(
        "not even in the sandbox",
        "lan.test",
        trap.port(),
        HERE,
        PATIENCE,
        new Expected.NotSent(ADDRESS));
    row("silent dns", "silent-dns.test", trap.port(), "", 1_000, new Expected.NotSent("deadline"));
  }

  private void certificates(TestCa ca) throws IOException {
    Duration day = Duration.ofDays(1);
    ca.issue("expired", day.multipliedBy(-9), day.negated(), "localhost");
    ca.issue("early", day, day.multipliedBy(9), "localhost");
    ca.issue("misnamed", day.negated(), day, "other.test");
    ca.issue("revoked");
    TestCa unknown = new TestCa(ca.file("ca.pem").resolveSibling("unknown"), "authority");
    unknown.issue("stranger");
    certificate("expired certificate", identity(ca, "expired"), "");
    certificate("certificate from tomorrow", identity(ca, "early"), "");
    certificate("wrong host name", identity(ca, "misnamed"), "");
    certificate("unknown authority", identity(unknown, "stranger"), "");
    certificate("self signed", unknown.own(), "");
    String pinned = Spki.sha256(ca.issue("pinned"));
    certificate("another key than the pinned", identity(ca, "revoked"), pin(pinned));
    // Pins come on top of the rest: they never make a bad certificate a good one.
    PemIdentity stranger = identity(unknown, "stranger");
    certificate(
        "pinned and of an unknown authority",
        stranger,
        pin(Spki.sha256(stranger.chain().getFirst())));
    PemIdentity expired = identity(ca, "expired");
    certificate("pinned and expired", expired, pin(Spki.sha256(expired.chain().getFirst())));
  }

  private static String pin(String pin) {
    return "\"pins\":[\"" + pin + "\"],";
  }

  private static PemIdentity identity(TestCa ca, String name) {
    return PemIdentity.load(ca.file(name + ".pem"), ca.file(name + ".key"));
  }

  private void certificate(String name, PemIdentity identity, String more) throws IOException {
    HostileServer server = HostileServer.tls(TlsContexts.server(identity, null));
    servers.put(name, server);
    row(
        name,
        "localhost",
        server.port(),
        HERE + more,
        PATIENCE,
        new Expected.NotSent("SSLHandshake"));
  }

  private void brokenTls() throws IOException {
    for (int minor = 1; minor <= 2; minor++) {
      byte[] hello = serverHello(minor);
      handshake(
          "tls 1." + (minor - 1) + " alone",
          (socket, out) -> {
            out.write(hello);
            await();
          },
          "SSL");
    }
    handshake("plaintext", (socket, out) -> out.write(HostileServer.ok("{}")), "SSL");
    handshake("closes at once", (socket, out) -> socket.close(), "");
    handshake("never shakes hands", (socket, out) -> await(), "deadline");
  }

  private void handshake(String name, HostileServer.Script script, String reason)
      throws IOException {
    HostileServer server = HostileServer.plain(script);
    servers.put(name, server);
    row(
        name,
        "localhost",
        server.port(),
        HERE,
        reason.equals("deadline") ? 4_000 : PATIENCE,
        new Expected.NotSent(reason));
  }

  /** RFC 4346, 7.4.1.3: a server that speaks no newer version than 3.{minor}. */
  private static byte[] serverHello(int minor) {
    ByteArrayOutputStream hello = new ByteArrayOutputStream();
    hello.writeBytes(new byte[] {22, 3, (byte) minor, 0, 42, 2, 0, 0, 38, 3, (byte) minor});
    hello.writeBytes(new byte[33]);
    hello.writeBytes(new byte[] {(byte) 0xc0, 0x13, 0});
    return hello.toByteArray();
  }

  private void scripts(TestCa ca) throws IOException {
    ca.issue("scripted", Duration.ofHours(-1), Duration.ofDays(1), "localhost", "rebinding.test");
    servers.put("scripted", HostileServer.tls(TlsContexts.server(identity(ca, "scripted"), null)));
    redirects();
    answersThatAreNone();
    echoes();
  }

  private void script(String name, long millis, Expected what, HostileServer.Script script) {
    row(name, "localhost", scripted().port(), HERE, millis, what);
    scripted().on("/" + name.replaceAll("[^a-z0-9]+", "-"), script);
  }

  private HostileServer scripted() {
    return Objects.requireNonNull(servers.get("scripted"));
  }

  private void redirects() {
    for (int status : List.of(301, 302, 303, 307, 308)) {
      for (String to : List.of("127.0.0.1:" + trap.port(), "followed.test")) {
        String head =
            "HTTP/1.1 %d Moved\r\nLocation: https://%s/\r\nContent-Length: 0\r\n\r\n"
                .formatted(status, to);
        script(
            "redirect " + status + " to " + (to.startsWith("127") ? "private" : "public"),
            PATIENCE,
            new Expected.Bare(status),
            (socket, out) -> out.write(bytes(head)));
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** As good as endless: whoever reads on to the end of it has no bound. */
  private void endless(OutputStream out, String head, String unit) throws IOException {
    out.write(bytes(head));
    byte[] block = bytes(unit.repeat(1 + 16_384 / unit.length()));
    for (int written = 0; written < 64 << 20; written += block.length) {
      out.write(block);
    }
    readToTheEnd.add(head + unit.substring(0, 1));
  }

  private void answersThatAreNone() {
    Expected none = new Expected.NoAnswer();
    String ok = "HTTP/1.1 200 OK\r\n";
    String chunk = "400\r\n" + "x".repeat(1_024) + "\r\n";
    script(
        "too long",
        PATIENCE,
        none,
        (socket, out) -> endless(out, ok + "Content-Length: 67108864\r\n\r\n", "x"));
    script(
        "too long in chunks",
        PATIENCE,
        none,
        (socket, out) -> endless(out, ok + "Transfer-Encoding: chunked\r\n\r\n", chunk));
    script("without end", PATIENCE, none, (socket, out) -> endless(out, ok + "\r\n", "x"));
    script("head without end", PATIENCE, none, (socket, out) -> endless(out, ok, "X-A: b\r\n"));
    script("line without end", PATIENCE, none, (socket, out) -> endless(out, ok + "X-A: ", "b"));
    script(
        "status without end", PATIENCE, none, (socket, out) -> endless(out, "HTTP/1.1 200 ", "b"));
    script(
        "interim answers without end",
        PATIENCE,
        none,
        (socket, out) -> endless(out, "", "HTTP/1.1 103 Early Hints\r\n\r\n"));
    script(
        "drips",
        4_000,
        none,
        (socket, out) -> {
          out.write(bytes(ok + "Content-Length: 100000\r\n\r\n"));
          while (end.getCount() > 0) {
            out.write('x');
            out.flush();
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
          }
        });
    script("silence", 4_000, none, (socket, out) -> await());
    script("closes", PATIENCE, none, (socket, out) -> socket.close());
    script(
        "closes early",
        PATIENCE,
        none,
        (socket, out) -> out.write(bytes(ok + "Content-Length: 50\r\n\r\n{\"id\":")));
    script(
        "no http", PATIENCE, none, (socket, out) -> out.write(bytes("SSH-2.0-x\r\n".repeat(99))));
    script(
        "two lengths",
        PATIENCE,
        none,
        (socket, out) ->
            out.write(bytes(ok + "Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}       ")));
    script(
        "bad chunk",
        PATIENCE,
        none,
        (socket, out) ->
            out.write(bytes(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")));
    script(
        "http 2",
        PATIENCE,
        none,
        (socket, out) -> out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0}));
    script(
        "another protocol",
        PATIENCE,
        none,
        (socket, out) -> {
          out.write(
              bytes("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"));
          out.write(HostileServer.ok("{\"id\":\"x\"}"));
        });
    script(
        "compression bomb",
        PATIENCE,
        new Expected.Bare(200),
        (socket, out) -> out.write(compressed("gzip")));
    script(
        "another compression",
        PATIENCE,
        new Expected.Bare(200),
        (socket, out) -> out.write(compressed("br")));
    script(
        "deep answer",
        PATIENCE,
        new Expected.Bare(200),
        (socket, out) -> out.write(HostileServer.ok("{\"id\":" + "[".repeat(100_000))));
  }

  /** 32 MB of spaces in 32 KB. */
  private static byte[] compressed(String encoding) throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      byte[] block = bytes(" ".repeat(1 << 20));
      for (int n = 0; n < 32; n++) {
        gzip.write(block);
      }
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        bytes(
            "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(encoding, bomb.size())));
    answer.writeBytes(bomb.toByteArray());
    return answer.toByteArray();
  }

  private void echoes() {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("plain", VISA);
    notes.put("within text", "card " + VISA + "!");
    notes.put("spaced", VISA.replaceAll("(....)", "$1 "));
    notes.put("dashed", "4242-4242-4242-4242");
    notes.put("each digit apart", VISA.replaceAll("(.)", "$1."));
    notes.put("base64", Base64.getEncoder().encodeToString(NUMBER));
    notes.put("base64 moved", Base64.getEncoder().encodeToString(bytes("a" + VISA + "b")));
    notes.put("hex", HexFormat.of().formatHex(NUMBER));
    notes.put("hex with colons", HexFormat.ofDelimiter(":").formatHex(NUMBER));
    notes.put("percent", HexFormat.of().withPrefix("%").withDelimiter("").formatHex(NUMBER));
    notes.put("percent spaces", "4242%204242%204242%204242");
    notes.put("percent dashes", "4242%2d4242%2D4242%2d4242");
    notes.put("percent twice", "4242%252d4242%252d4242%252d4242");
    notes.put("form", "data%5Bcard%5D%5Bnumber%5D=" + VISA + "&x=1");
    notes.put("form in json", "{\\\"raw\\\":\\\"data[card][number]=" + VISA + "\\\"}");
    notes.put("form spaces", "4242+4242+4242+4242");
    notes.put("form in a form", "raw=data%255Bnumber%255D%253D" + VISA.replaceAll("(.)", "%253$1"));
    notes.put("half percent", "%34242424242424242");
    notes.put("json in json", VISA.replaceAll("(.)", "\\\\u003$1"));
    notes.put("entities", VISA.replaceAll("(.)", "&#5$1;").replaceAll("&#5(.)", "&#x3$1"));
    notes.put("wide digits", wide(VISA));
    notes.put("credential", "key: " + KEY);
    notes.put("credential base64", Base64.getEncoder().encodeToString(bytes(KEY)));
    notes.put("credential basic", Base64.getEncoder().encodeToString(bytes(KEY + ":")));
    notes.put("credential hex", HexFormat.of().formatHex(bytes(KEY)));
    notes.put("credential percent", KEY.replace("-", "%2D"));
    notes.forEach(
        (name, note) ->
            script(
                "echo " + name,
                PATIENCE,
                new Expected.Scrubbed(),
                (socket, out) ->
                    out.write(
                        HostileServer.ok(
                            new String(
                                Json.write(Map.of("id", "p_1", "note", note)),
                                StandardCharsets.UTF_8)))));
    script(
        "echo escaped",
        PATIENCE,
        new Expected.Scrubbed(),
        (socket, out) ->
            out.write(
                HostileServer.ok(
                    "{\"id\":\"p_1\",\"note\":\"" + VISA.replaceAll("(.)", "\\\\u003$1") + "\"}")));
    script(
        "echo number",
        PATIENCE,
        new Expected.Scrubbed(),
        (socket, out) -> out.write(HostileServer.ok("{\"id\":\"p_1\",\"note\":" + VISA + "}")));
    script(
        "echo exponent",
        PATIENCE,
        new Expected.Scrubbed(),
        (socket, out) ->
            out.write(HostileServer.ok("{\"id\":\"p_1\",\"note\":4.242424242424242e15}")));
    row("rebinding", "rebinding.test", scripted().port(), HERE, PATIENCE, new Expected.Scrubbed());
    scripted()
        .on(
            "/rebinding",
            (socket, out) ->
                out.write(HostileServer.ok("{\"id\":\"p_1\",\"note\":\"" + VISA + "\"}")));
  }

  private static String wide(String digits) {
    return digits
        .chars()
        .map(c -> c - '0' + '\uff10')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  // What is judged ------------------------------------------------------------------------------

  List<Row> rows() {
    return rows;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isRefusedOrScrubbed(Row row) throws Exception {
    Got got = Objects.requireNonNull(answers.get(row.name())).get();
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    assertThat(got.json().toString()).doesNotContain(VISA, KEY);
    switch (row.expected()) {
      case Expected.NotSent(String reason) -> {
        assertThat(got.json()).containsEntry("outcome", "not_sent");
        assertThat(got.text("reason")).startsWith(reason);
        HostileServer server = servers.get(row.name());
        if (server != null) {
          assertThat(server.received()).doesNotContain(VISA, KEY);
          assertThat(server.connections).as("nothing is tried twice").hasValue(1);
        }
      }
      case Expected.NoAnswer _ -> {
        assertThat(got.json()).containsEntry("outcome", "no_answer");
        // Of what was given up, none may have been read yet on a slow machine.
        assertThat(arrivals(row)).as("nothing is tried twice").isLessThanOrEqualTo(1);
      }
      case Expected.Bare(int status) -> {
        assertThat(got.json())
            .containsEntry("outcome", "answered")
            .containsEntry("status", (long) status)
            .containsEntry("body", null);
        assertThat(arrivals(row)).isEqualTo(1);
      }
      case Expected.Scrubbed _ -> {
        assertThat(got.text("body.id")).isEqualTo("p_1");
        assertThat(got.text("body.note")).contains("[REDACTED]");
        assertThat(arrivals(row)).isEqualTo(1);
      }
    }
    assertThat(trap.connections).as("connections to where nothing may go").hasValue(0);
    assertThat(readToTheEnd).isEmpty();
    assertThat(lookups).doesNotContainKey("followed.test");
    assertThat(lookups.get("rebinding.test")).as("one look, at connecting").hasValue(1);
  }

  private int arrivals(Row row) {
    return scripted().received().split("POST /" + row.provider() + " HTTP", -1).length - 1;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "127.0.0.1",
        "169.254.169.254",
        "8.8.8.8",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fd00:ec2::254]",
        "api.acme.test.",
        "localhost",
        "localhost.",
        "metadata",
        "api.acme.test\u3002",
        "api.acme.test%2eevil.test",
        "api.acme.test@evil.test",
        "api.acme.test#evil.test",
        "api.acme.test\\evil.test",
        "api .acme.test"
      })
  void noPolicyNamesSuchAHost(String host) {
    String policy =
        """
        {"provider":"acme","mode":"live","origin":"https://HOST",
         "credential":{"header":"Authorization","format":"{{secret}}","secret":"provider.acme.key"},
         "operations":{"pay":{"method":"POST","path":"/v1/pay","answer":["/id"]}}}
        """;
    assertThat(PolicyReader.read("acme.json", bytes(policy.replace("HOST", "api.acme.test"))))
        .isNotNull();
    assertThatThrownBy(
            () ->
                PolicyReader.read(
                    "acme.json", bytes(policy.replace("HOST", host.replace("\\", "\\\\")))))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("/origin");
  }
}
