package dev.portcullis.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long one key's payments take while nothing else happens, and while others attack: clients
 * that send slowly, connections that lie idle, and floods at ten times what is allowed.
 */
final class Flood {

  /** What {@code bench} configures for reads by a key, or by an address, a second. */
  private static final int LIMIT = 50;

  private static final int IDLE = 10_000;
  private static final int SLOW = 1_000;

  /** Well below what a gateway allows one address. */
  private static final int PER_ADDRESS = 500;

  private static final int PAYMENTS_PER_SECOND = 10;
  private static final int PAYERS = 4;

  private final Target target;
  private final Shop shop;
  private final Duration part;
  private final PrintStream out;

  Flood(Target target, Shop shop, Duration part, PrintStream out) {
    this.target = target;
    this.shop = shop;
    this.part = part;
    this.out = out;
  }

  /** Measures, and prints the ratios. */
  void measure() throws IOException {
    out.println("Warming up ...");
    new Load(shop::pay, PAYERS).closedLoop(part);
    Map<String, Sample> samples = new LinkedHashMap<>();
    out.println("Paying in quiet for " + part.toSeconds() + " s ...");
    samples.put("quiet", pay());
    samples.put(SLOW + " clients that send slowly", whileSlow());
    samples.put(IDLE + " connections that lie idle", whileIdle());
    samples.put("a server floods at ten times its key's limit", whileFlooded(target.secretKey()));
    samples.put("a page floods at ten times its limit", whileFlooded(target.publishableKey()));
    samples.put("quiet again", pay());
    print(samples);
    if (samples.values().stream().anyMatch(sample -> sample.failures() > 0)) {
      throw new IllegalStateException("some payments did not succeed: the figures are void");
    }
  }

  private Sample pay() {
    return new Load(shop::pay, PAYERS).paced(part, PAYMENTS_PER_SECOND);
  }

  private void print(Map<String, Sample> samples) {
    double quiet = samples.values().iterator().next().percentileMillis(99);
    out.println();
    out.printf(
        Locale.ROOT,
        "%-45s %10s %10s %8s %8s%n",
        "payments",
        "p50 ms",
        "p99 ms",
        "ratio",
        "failed");
    samples.forEach(
        (name, sample) ->
            out.printf(
                Locale.ROOT,
                "%-45s %10.1f %10.1f %8.2f %8d%n",
                name,
                sample.percentileMillis(50),
                sample.percentileMillis(99),
                sample.percentileMillis(99) / quiet,
                sample.failures()));
  }

  /** Each header goes on by a byte a second; who is cut off comes again. */
  private Sample whileSlow() throws IOException {
    out.println("Sending slowly from " + SLOW + " clients ...");
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong cutOff = new AtomicLong();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < SLOW; n++) {
        int client = n;
        threads.execute(() -> drip(client, over, cutOff));
      }
      Sample sample = pay();
      over.set(true);
      out.println("  " + cutOff + " times one was cut off");
      return sample;
    }
  }

  private void drip(int client, AtomicBoolean over, AtomicLong cutOff) {
    byte[] begin = "GET / HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII);
    while (!over.get()) {
      try (SocketChannel channel = connect(client)) {
        channel.write(ByteBuffer.wrap(begin));
        while (!over.get()) {
          channel.write(ByteBuffer.wrap(new byte[] {'a'}));
          LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
      } catch (IOException _) {
        cutOff.incrementAndGet();
      }
    }
  }

  /** Each has made one request, and keeps the connection. */
  private Sample whileIdle() throws IOException {
    out.println("Opening " + IDLE + " connections ...");
    List<SocketChannel> channels = new ArrayList<>();
    try {
      for (int n = 0; n < IDLE; n++) {
        SocketChannel channel = connect(n);
        channels.add(channel);
        channel.write(
            ByteBuffer.wrap(
                "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      }
      ByteBuffer answer = ByteBuffer.allocate(4_096);
      int answered = 0;
      for (SocketChannel channel : channels) {
        answered += channel.read(answer.clear()) > 0 ? 1 : 0;
      }
      Sample sample = pay();
      int held = 0;
      for (SocketChannel channel : channels) {
        channel.configureBlocking(false);
        held += channel.read(answer.clear()) < 0 ? 0 : 1;
      }
      out.println("  " + answered + " were answered, " + held + " are open still");
      return sample;
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  /** Reads, while payments, which have a bucket of their own, go on even with the same key. */
  private Sample whileFlooded(String key) {
    out.println("Reading " + LIMIT * 10 + " times a second where " + LIMIT + " are allowed ...");
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong refused = new AtomicLong();
    AtomicLong let = new AtomicLong();
    int threadCount = 8;
    long pause = Duration.ofSeconds(threadCount).toNanos() / (LIMIT * 10);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < threadCount; n++) {
        threads.execute(
            () -> {
              long due = System.nanoTime();
              while (!over.get()) {
                due += pause;
                LockSupport.parkNanos(due - System.nanoTime());
                (shop.isRefused(key) ? refused : let).incrementAndGet();
              }
            });
      }
      Sample sample = pay();
      over.set(true);
      out.println("  " + refused + " were refused, " + let + " were let through");
      if (refused.get() < let.get()) {
        throw new IllegalStateException("the flood was not refused: the figures are void");
      }
      return sample;
    }
  }

  /** From one of many addresses of this machine, as if from many clients. */
  private SocketChannel connect(int n) throws IOException {
    SocketChannel channel = SocketChannel.open();
    int from = n / PER_ADDRESS;
    channel.bind(
        new InetSocketAddress(
            InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + from)}), 0));
    channel.connect(new InetSocketAddress(target.api().getHost(), target.api().getPort()));
    return channel;
  }
}
