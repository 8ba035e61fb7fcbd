package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Posts deliveries to a developer's own server. */
final class Forwarder implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final URI target;
  private final boolean anywhere;
  private final HttpClient client;

  /**
   * @param target http or https
   * @param anywhere whether it may be another machine
   * @param unverified whether any certificate will do; for this machine alone
   */
  Forwarder(URI target, boolean anywhere, boolean unverified) {
    if (target.getHost() == null
        || !List.of("http", "https").contains(String.valueOf(target.getScheme()))) {
      throw new Refusal("Name where to, as in http://localhost:3000/hook.");
    }
    if (anywhere && unverified) {
      throw new Refusal("Certificates are left unverified on this machine alone.");
    }
    this.target = target;
    this.anywhere = anywhere;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5));
    this.client = (unverified ? builder.sslContext(unverifying()) : builder).build();
    if (!isAllowed()) {
      throw new Refusal(
          target.getHost()
              + " is not this machine: events may hold personal data. --allow-remote lets it be.");
    }
  }

  private boolean isAllowed() {
    try {
      return anywhere
          || Stream.of(InetAddress.getAllByName(target.getHost()))
              .allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /** The status, or why there is none. */
  String post(Map<String, String> headers, byte[] body) throws InterruptedException {
    // Asked anew each time: a name can change its meaning.
    if (!isAllowed()) {
      return "not sent (no address of this machine)";
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json; charset=utf-8")
            .header("User-Agent", "Portcullis-listen")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      return Integer.toString(
          client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode());
    } catch (IOException e) {
      return "no answer (" + Reasons.of(e) + ")";
    }
  }

  private static SSLContext unverifying() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new AnyCertificate()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no TLS", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /** For a server on this machine with a certificate that nobody has signed. */
  private static final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
