package dev.portcullis.cli.webhooks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends what is hostile as it is: the JDK's client would tidy headers up. Nothing is tried again
 * and no redirect is followed.
 */
final class AttackClient implements AutoCloseable {

  private static final int MOST_OF_AN_ANSWER = 65_536;

  /** What differs from answer to answer and says nothing. */
  private static final Set<String> VARYING =
      Set.of("date", "request-id", "x-request-id", "traceparent", "connection", "keep-alive");

  private final CloseableHttpClient client;
  private final Duration patience;

  /**
   * @param tls whom to trust
   * @param patience how long an answer may take
   */
  AttackClient(SSLContext tls, Duration patience) {
    this.patience = patience;
    Timeout timeout = Timeout.of(patience);
    client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .charCodingConfig(
                                CharCodingConfig.custom()
                                    .setCharset(StandardCharsets.UTF_8)
                                    .build())
                            .build())
                    .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(timeout)
                            .setSocketTimeout(timeout)
                            .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                            .build())
                    .build())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableContentCompression()
            .setUserAgent("Portcullis-webhook-attack")
            .build();
  }

  /** What came back. */
  sealed interface Reply {

    /**
     * An answer.
     *
     * @param looks all of it that a stranger can tell it from another by
     */
    record Answer(int status, String looks) implements Reply {}

    /** The connection ended, or nothing came in time. */
    record None(String reason) implements Reply {}

    /**
     * No connection came about, so that nothing of the request was seen.
     *
     * @param why in words
     */
    record Unreached(String why) implements Reply {}
  }

  Reply send(URI url, AttackRequest request, List<Map.Entry<String, String>> more) {
    HttpPost post = new HttpPost(url);
    request.headers().forEach(header -> post.addHeader(header.getKey(), header.getValue()));
    more.forEach(header -> post.addHeader(header.getKey(), header.getValue()));
    post.setEntity(new ByteArrayEntity(request.body(), null));
    try {
      return client.execute(post, AttackClient::read);
    } catch (ConnectException | UnknownHostException e) {
      return new Reply.Unreached("nobody listens");
    } catch (ConnectTimeoutException e) {
      return new Reply.Unreached("no connection in " + patience.toSeconds() + " s");
    } catch (SSLException e) {
      return new Reply.Unreached("its certificate is not trusted, or no version of TLS fits");
    } catch (SocketTimeoutException e) {
      return new Reply.None("nothing in " + patience.toSeconds() + " s");
    } catch (IOException e) {
      return new Reply.None("it broke the connection off");
    }
  }

  private static Reply read(ClassicHttpResponse response) throws IOException {
    Set<String> looks = new TreeSet<>();
    for (Header header : response.getHeaders()) {
      String name = header.getName().toLowerCase(Locale.ROOT);
      if (!VARYING.contains(name)) {
        looks.add(name + ": " + header.getValue());
      }
    }
    HttpEntity entity = response.getEntity();
    byte[] body = entity == null ? new byte[0] : entity.getContent().readNBytes(MOST_OF_AN_ANSWER);
    return new Reply.Answer(
        response.getCode(), looks + " " + body.length + " " + Arrays.hashCode(body));
  }

  @Override
  public void close() {
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }
}
