package dev.portcullis.wire.egress;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.portcullis.wire.threads.KeptThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Calls other hosts, once each: no redirect is followed, nothing is tried again, no cookie is kept,
 * addresses are checked where the connection is made, answers and time are bounded. It tells a call
 * that certainly did not leave from one that may have arrived; with money the difference is all.
 *
 * <p>Safe for use by many threads.
 */
public final class EgressClient implements AutoCloseable {

  /** The call that a thread is making. */
  private static final ScopedValue<Attempt> ATTEMPT = ScopedValue.newInstance();

  /** How long a held call waits for a connection that somebody gives back. */
  private static final Duration LEASE = Duration.ofMillis(50);

  /** More answers that are none (1xx) before the answer than any server has reason to send. */
  private static final int MOST_INTERIM = 8;

  /**
   * A connection idle for longer is checked before use: a server may have closed it, and a request
   * written to a closed connection would be counted as one that may have arrived.
   */
  private static final TimeValue CHECK_AFTER = TimeValue.ofMilliseconds(200);

  private final Executor threads = KeptThreads.first("egress-", KeptThreads.FEW);
  private final CloseableHttpClient client;
  private final int maxResponseBytes;
  private final boolean cutsLong;
  private final NotingTls tls;
  private final Semaphore holds;

  /**
   * @param tls whom to trust, and what to show of oneself
   */
  public EgressClient(SSLContext tls, EgressOptions options) {
    this(tls, options, Names.SYSTEM);
  }

  /**
   * @param tls whom to trust, and what to show of oneself
   * @param names what names are resolved by
   */
  public EgressClient(SSLContext tls, EgressOptions options, Names names) {
    this.maxResponseBytes = options.maxResponseBytes();
    this.cutsLong = options.cutsLong();
    this.holds = new Semaphore(Math.max(1, options.maxConnections() / 2));
    this.tls = new NotingTls(tls, options);
    this.client = build(this.tls, options, names);
  }

  private CloseableHttpClient build(NotingTls tls, EgressOptions options, Names names) {
    Timeout connect = Timeout.of(options.connectTimeout());
    BoundedHeads heads = new BoundedHeads(options.maxHeadBytes());
    return HttpClients.custom()
        .setConnectionManager(
            new WhileWanted()
                .setDnsResolver(new CheckedDnsResolver(options.addresses(), names, threads))
                .setConnectionFactory(
                    ManagedHttpClientConnectionFactory.builder()
                        .http1Config(heads.lines())
                        .responseParserFactory(heads)
                        .build())
                .setTlsSocketStrategy(tls)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(connect)
                        .setTimeToLive(TimeValue.ofMinutes(5))
                        .setValidateAfterInactivity(CHECK_AFTER)
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build())
                .setMaxConnPerRoute(options.maxConnections())
                .setMaxConnTotal(options.maxConnections())
                .build())
        .setRequestExecutor(new FewInterimAnswers())
        .addRequestInterceptorLast((request, entity, context) -> ATTEMPT.get().opens())
        .evictIdleConnections(TimeValue.ofSeconds(30))
        // A connection made with a client certificate would count as that user's own and, the next
        // call naming no user, never be used again: a handshake for each call.
        .disableConnectionState()
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .setUserAgent("Portcullis")
        .build();
  }

  /** How the last connection to that host came out, or null where none was tried. */
  public @Nullable TlsSeen seen(String host) {
    return tls.seen.get(host);
  }

  /**
   * Makes the call, on the thread of whoever waits for it: to wake another one, and to be woken by
   * it, costs more than most of what is done here. A virtual thread, which would be woken by way of
   * others for each part of the answer, has one of the system make it.
   *
   * @param timeLimit how long it may take in all, from now to the last byte of the answer
   */
  public EgressResult send(EgressRequest request, Duration timeLimit) {
    return send(prepare(request, timeLimit, timeLimit), new Attempt(timeLimit, false));
  }

  /**
   * Makes a call whose last byte is known only when all before it has been sent, and runs meanwhile
   * what decides about it, on the thread of whoever waits. Until that byte is written the call
   * counts as not sent. Where half of all connections are held, or all are taken, or the other end
   * is slow to be reached, it is not made: to hold a connection that others need gains nothing.
   *
   * @param end gives the byte after the request's body; may not be asked at all. What it throws
   *     ends the call; an error is thrown on.
   * @param timeLimit how long it may take to decide
   */
  public EgressResult send(EgressRequest request, LastByte end, Duration timeLimit) {
    if (!holds.tryAcquire()) {
      return new EgressResult.NotSent("too many are held");
    }
    try (Hold hold = new Hold(holds, end)) {
      HttpUriRequestBase call = prepare(request, timeLimit, shorter(LEASE, timeLimit));
      Attempt attempt = new Attempt(timeLimit, true);
      call.setEntity(new HeldBody(request.body(), hold, attempt));
      return send(call, attempt);
    }
  }

  /** One of those that may be held: until it is decided, or over. */
  private static final class Hold implements LastByte, AutoCloseable {
    private final Semaphore holds;
    private final LastByte end;
    private boolean over;

    Hold(Semaphore holds, LastByte end) {
      this.holds = holds;
      this.end = end;
    }

    @Override
    public End decide() {
      try {
        return end.decide();
      } finally {
        close();
      }
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        holds.release();
      }
    }
  }

  /** Decides about a call that has been sent but for its last byte. */
  @FunctionalInterface
  public interface LastByte {
    /** What it ends in. */
    End decide();
  }

  /**
   * What a held call ends in.
   *
   * @param last its last byte
   * @param timeLimit how long it may take from there to the last byte of the answer
   */
  public record End(byte last, Duration timeLimit) {}

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private EgressResult send(HttpUriRequestBase call, Attempt attempt) {
    attempt.start(() -> cancel(call));
    try {
      // What decides about a held call is the caller's own, and so is its thread.
      return Thread.currentThread().isVirtual() && !attempt.isHeld()
          ? CompletableFuture.supplyAsync(() -> run(call, attempt), threads).get()
          : run(call, attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      attempt.abandon("interrupted");
      cancel(call);
      return attempt.failed(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      return attempt.failed(e);
    } finally {
      attempt.stop();
    }
  }

  private EgressResult run(HttpUriRequestBase call, Attempt attempt) {
    return ScopedValue.where(ATTEMPT, attempt).call(() -> execute(call, attempt));
  }

  private EgressResult execute(HttpUriRequestBase call, Attempt attempt) {
    try {
      return client.execute(call, response -> answer(call, response));
    } catch (HeldBody.UndecidedException e) {
      throw e.why();
    } catch (IOException | RuntimeException e) {
      return attempt.failed(e);
    }
  }

  /** On a thread of its own: to close a connection may take its time. */
  private void cancel(HttpUriRequestBase call) {
    threads.execute(call::cancel);
  }

  private static HttpUriRequestBase prepare(
      EgressRequest request, Duration timeLimit, Duration lease) {
    HttpUriRequestBase call = new HttpUriRequestBase(request.method(), request.uri());
    call.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(lease))
            .setResponseTimeout(Timeout.of(timeLimit))
            .build());
    request.headers().forEach(call::setHeader);
    if (request.body().length > 0) {
      call.setEntity(new ByteArrayEntity(request.body(), null));
    }
    return call;
  }

  private EgressResult answer(HttpUriRequestBase call, ClassicHttpResponse response)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (Header header : response.getHeaders()) {
      String name = header.getName().toLowerCase(Locale.ROOT);
      headers.putIfAbsent(name, header.getValue());
      lines.computeIfAbsent(name, _ -> new ArrayList<>()).add(header.getValue());
    }
    return new EgressResult.Answered(
        response.getCode(), headers, lines, body(call, response.getEntity()));
  }

  private byte[] body(HttpUriRequestBase call, @Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return new byte[0];
    }
    try (InputStream in = entity.getContent()) {
      byte[] body = in.readNBytes(maxResponseBytes + 1);
      if (body.length > maxResponseBytes) {
        // First: whoever closes an open stream reads it to its end, however far that is.
        call.cancel();
        if (cutsLong) {
          return Arrays.copyOf(body, maxResponseBytes);
        }
        throw new IOException("the answer is too long");
      }
      return body;
    }
  }

  @Override
  public void close() {
    client.close(org.apache.hc.core5.io.CloseMode.GRACEFUL);
  }

  /** Notes how handshakes come out: nobody has to make one to know it. */
  private static final class NotingTls extends DefaultClientTlsStrategy {

    /** A policy names three hosts at most; those of its earlier versions go all at once. */
    private static final int MOST_HOSTS = 16;

    private final Map<String, TlsSeen> seen = new ConcurrentHashMap<>();

    NotingTls(SSLContext tls, EgressOptions options) {
      super(
          tls,
          options.protocols().toArray(String[]::new),
          null,
          SSLBufferMode.STATIC,
          HttpsSupport.getDefaultHostnameVerifier());
    }

    @Override
    public SSLSocket upgrade(
        Socket socket, String host, int port, @Nullable Object attachment, HttpContext context)
        throws IOException {
      try {
        SSLSocket upgraded = super.upgrade(socket, host, port, attachment, context);
        note(host, verified(upgraded.getSession()));
        return upgraded;
      } catch (SSLException e) {
        note(host, new TlsSeen.Failed(e.getClass().getSimpleName()));
        throw e;
      }
    }

    private void note(String host, TlsSeen outcome) {
      if (seen.size() >= MOST_HOSTS && !seen.containsKey(host)) {
        seen.clear();
      }
      seen.put(host, outcome);
    }

    private static TlsSeen verified(SSLSession session) throws SSLException {
      X509Certificate leaf = (X509Certificate) session.getPeerCertificates()[0];
      return new TlsSeen.Verified(
          session.getProtocol(),
          session.getCipherSuite(),
          leaf.getNotAfter().toInstant(),
          Instant.ofEpochMilli(session.getCreationTime()));
    }
  }

  /**
   * Goes on from address to address only while the call is waited for. To cancel it closes the one
   * connection that is being made, which by itself is a reason to try the next address.
   */
  private static final class WhileWanted extends PoolingHttpClientConnectionManagerBuilder {
    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
      Lookup<TlsSocketStrategy> strategies =
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build();
      return new DefaultHttpClientConnectionOperator(ports, names, strategies) {
        @Override
        protected void onBeforeSocketConnect(HttpContext context, HttpHost host) {
          if (ATTEMPT.get().hasEnded()) {
            throw new CancellationException("the call has ended");
          }
        }
      };
    }
  }

  /** Gives up on a server that answers without end before it answers, or changes the protocol. */
  private static final class FewInterimAnswers extends HttpRequestExecutor {
    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request,
        HttpClientConnection connection,
        @Nullable HttpResponseInformationCallback told,
        HttpContext context)
        throws IOException, HttpException {
      int[] seen = {0};
      return super.execute(
          request,
          connection,
          (interim, on, within) -> {
            if (++seen[0] > MOST_INTERIM
                || interim.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS) {
              throw new ProtocolException("too many interim answers, or another protocol");
            }
          },
          context);
    }
  }

  /**
   * Resolves names and lets pass only the addresses that the policy allows, the first of them: each
   * may take as long as a connection may take to make.
   */
  private record CheckedDnsResolver(AddressPolicy policy, Names names, Executor threads)
      implements DnsResolver {

    private static final int MOST_ADDRESSES = 4;

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] addresses = inTime(host);
      for (InetAddress address : addresses) {
        // One forbidden address condemns the name: which one is used must not depend on luck.
        if (!policy.allows(address)) {
          throw new AddressNotAllowedException();
        }
      }
      return Arrays.copyOf(addresses, Math.min(addresses.length, MOST_ADDRESSES));
    }

    /** On a thread of its own: a name server that does not answer can be waited for no shorter. */
    private InetAddress[] inTime(String host) throws UnknownHostException {
      CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
      threads.execute(
          () -> {
            try {
              answer.complete(names.resolve(host));
            } catch (UnknownHostException | RuntimeException | Error e) {
              answer.completeExceptionally(e);
            }
          });
      try {
        return answer.get(ATTEMPT.get().left(), NANOSECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownHostException unknown) {
          throw unknown;
        }
        throw new IllegalStateException(e.getCause());
      } catch (TimeoutException e) {
        throw new CancellationException("no name server has answered");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted");
      }
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  /** A name that leads where no call may go; its simple name is the reason that is told. */
  private static final class AddressNotAllowedException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    AddressNotAllowedException() {
      super("the address of the host is not allowed");
    }
  }
}
