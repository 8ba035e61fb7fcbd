package dev.portcullis.wire.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls other hosts, once each: no redirect is followed, nothing is tried again, no cookie is kept,
 * addresses are checked where the connection is made, answers and time are bounded. It tells a call
 * that certainly did not leave from one that may have arrived; with money the difference is all.
 *
 * <p>Safe for use by many threads.
 */
public final class EgressClient implements AutoCloseable {

  /** Set in a call's context just before its first byte is written. */
  private static final String SENDING = "portcullis.sending";

  /**
   * A connection idle for longer is checked before use: a server may have closed it, and a request
   * written to a closed connection would be counted as one that may have arrived.
   */
  private static final TimeValue CHECK_AFTER = TimeValue.ofMilliseconds(200);

  private final CloseableHttpClient client;
  private final ScheduledThreadPoolExecutor deadlines;
  private final int maxResponseBytes;

  /**
   * @param tls whom to trust, and what to show of oneself
   */
  public EgressClient(SSLContext tls, EgressOptions options) {
    this.maxResponseBytes = options.maxResponseBytes();
    this.client = build(tls, options);
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("deadlines").factory());
    deadlines.setRemoveOnCancelPolicy(true);
  }

  private static CloseableHttpClient build(SSLContext tls, EgressOptions options) {
    Timeout connect = Timeout.of(options.connectTimeout());
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new CheckedDnsResolver(options.addresses()))
                .setTlsSocketStrategy(
                    new DefaultClientTlsStrategy(
                        tls,
                        options.protocols().toArray(String[]::new),
                        null,
                        SSLBufferMode.STATIC,
                        HttpsSupport.getDefaultHostnameVerifier()))
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
        .addRequestInterceptorLast(
            (request, entity, context) -> context.setAttribute(SENDING, true))
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

  /**
   * Makes the call.
   *
   * @param timeLimit how long it may take in all, from now to the last byte of the answer
   */
  public EgressResult send(EgressRequest request, Duration timeLimit) {
    HttpUriRequestBase call = prepare(request, timeLimit);
    HttpClientContext context = HttpClientContext.create();
    ScheduledFuture<?> deadline =
        deadlines.schedule(call::cancel, timeLimit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return client.execute(call, context, this::answer);
    } catch (IOException | IllegalStateException e) {
      String reason = e.getClass().getSimpleName();
      return context.getAttribute(SENDING) == null
          ? new EgressResult.NotSent(reason)
          : new EgressResult.NoAnswer(reason);
    } finally {
      deadline.cancel(false);
    }
  }

  private static HttpUriRequestBase prepare(EgressRequest request, Duration timeLimit) {
    HttpUriRequestBase call = new HttpUriRequestBase(request.method(), request.uri());
    call.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(timeLimit))
            .setResponseTimeout(Timeout.of(timeLimit))
            .build());
    request.headers().forEach(call::setHeader);
    if (request.body().length > 0) {
      call.setEntity(new ByteArrayEntity(request.body(), null));
    }
    return call;
  }

  private EgressResult answer(ClassicHttpResponse response) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    return new EgressResult.Answered(response.getCode(), headers, body(response.getEntity()));
  }

  private byte[] body(@org.jspecify.annotations.Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return new byte[0];
    }
    try (InputStream in = entity.getContent()) {
      byte[] body = in.readNBytes(maxResponseBytes + 1);
      if (body.length > maxResponseBytes) {
        throw new IOException("the answer is too long");
      }
      return body;
    }
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
    client.close(org.apache.hc.core5.io.CloseMode.GRACEFUL);
  }

  /** Resolves names and lets pass only the addresses that the policy allows. */
  private record CheckedDnsResolver(AddressPolicy policy) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] addresses = SystemDefaultDnsResolver.INSTANCE.resolve(host);
      for (InetAddress address : addresses) {
        // One forbidden address condemns the name: which one is used must not depend on luck.
        if (!policy.allows(address)) {
          throw new UnknownHostException("the address of the host is not allowed");
        }
      }
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
