package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Item.Kind;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressReasons;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.ForeignHosts;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Gets pages and what belongs to them as a shopper's browser does, over the same way. Our own
 * origins are where the operator's configuration says; any other host is one that somebody else has
 * chosen. A redirect is followed within its origin alone.
 */
final class PageFetcher implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A page takes no longer than whoever asked for it waits. */
  private static final Duration PAGE_PATIENCE = Duration.ofSeconds(40);

  private static final int MOST_FILES = 60;
  private static final int MOST_REDIRECTS = 3;
  private static final int LONGEST = 4 << 20;
  private static final long MOST_BYTES = 24L << 20;
  private static final int AT_ONCE = 4;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** So that nobody serves us anything else than others; kept to what browsers send. */
  private static final String BROWSER =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
          + " Safari/537.36";

  private static final String A_PAGE =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

  private final Set<String> ours;
  private final boolean sandbox;
  private final EgressClient own;
  private final ForeignHosts foreign;

  /**
   * @param ours our own origins, as {@link #origin} writes them
   * @param sandbox whether pages of this machine may be watched, over plain HTTP too
   */
  PageFetcher(Set<String> ours, boolean sandbox, Names names) {
    EgressOptions options =
        new EgressOptions(
            AddressPolicy.CONFIGURED_HOST,
            List.of("TLSv1.3", "TLSv1.2"),
            AT_ONCE,
            LONGEST,
            Duration.ofSeconds(5));
    this.ours = Set.copyOf(ours);
    this.sandbox = sandbox;
    this.own = new EgressClient(TlsContexts.client(null, null), options);
    this.foreign = new ForeignHosts(TlsContexts.client(null, null), options, names);
  }

  /** Scheme, host and port. */
  static String origin(URI url) {
    return (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
  }

  /**
   * Gets a page and all that it is made of.
   *
   * @param whole whether it is the same for everybody, so that each byte counts
   * @param framed whether browsers get it into a frame
   * @throws PageUnread if the page cannot be got
   */
  Inventory look(URI url, boolean whole, boolean framed) throws PageUnread {
    return new Visit(url).look(whole, framed);
  }

  private record Got(URI url, Map<String, List<String>> lines, byte[] body) {}

  /** One page, within bounds of number, bytes and time. */
  private final class Visit {
    private final URI page;
    private final long end = System.nanoTime() + PAGE_PATIENCE.toNanos();
    private final Map<URI, String> hashes = new HashMap<>();
    private long bytes;

    Visit(URI page) {
      this.page = page;
    }

    Inventory look(boolean whole, boolean framed) throws PageUnread {
      Map<String, String> fields = fields(A_PAGE, framed ? "iframe" : "document");
      fields.put("Sec-Fetch-Mode", "navigate");
      fields.put("Sec-Fetch-Site", framed ? "cross-site" : "none");
      fields.put("Upgrade-Insecure-Requests", "1");
      if (!framed) {
        fields.put("Sec-Fetch-User", "?1");
      }
      Got got = get(page, fields);
      return PageReader.read(got.url, got.lines, got.body, whole, this::hash);
    }

    private String hash(URI file, Kind kind) throws PageUnread {
      String known = hashes.get(file);
      if (known != null) {
        return known;
      }
      if (hashes.size() == MOST_FILES) {
        throw new PageUnread("it names too many files");
      }
      Map<String, String> fields = fields("*/*", kind == Kind.SCRIPT ? "script" : "style");
      fields.put("Sec-Fetch-Mode", "no-cors");
      fields.put(
          "Sec-Fetch-Site", origin(file).equals(origin(page)) ? "same-origin" : "cross-site");
      String hash = Hashes.sha384(get(file, fields).body);
      hashes.put(file, hash);
      return hash;
    }

    private Map<String, String> fields(String accept, String destination) {
      Map<String, String> fields = new HashMap<>();
      fields.put("User-Agent", BROWSER);
      fields.put("Accept", accept);
      fields.put("Accept-Language", OwnPage.LANGUAGES);
      fields.put("Accept-Encoding", "gzip");
      fields.put("Sec-Fetch-Dest", destination);
      return fields;
    }

    private Got get(URI first, Map<String, String> fields) throws PageUnread {
      URI url = first;
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        EgressResult.Answered answer = answer(url, fields);
        if (answer.status() == 200) {
          return new Got(url, answer.lines(), unpacked(url, answer));
        }
        if (!REDIRECTS.contains(answer.status())) {
          throw new PageUnread(shown(url) + " answers " + answer.status());
        }
        url = next(url, answer.headers().getOrDefault("location", ""));
      }
      throw new PageUnread(shown(first) + " leads from one address to the next");
    }

    private URI next(URI url, String location) throws PageUnread {
      try {
        URI next = url.resolve(location);
        if (!location.isEmpty() && next.getHost() != null && origin(next).equals(origin(url))) {
          return next;
        }
      } catch (IllegalArgumentException _) {
        // An address that is none leads nowhere.
      }
      throw new PageUnread(shown(url) + " leads to another origin");
    }

    private EgressResult.Answered answer(URI url, Map<String, String> fields) throws PageUnread {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        throw new PageUnread("it took too long to get all of it");
      }
      Duration limit = left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
      EgressRequest request = EgressRequest.get(url, fields);
      EgressResult result =
          url.getHost() != null && ours.contains(origin(url))
              ? own.send(request, limit)
              : foreign.send(request, sandbox, limit);
      return switch (result) {
        case EgressResult.Answered answer -> answer;
        case EgressResult.NotSent(String reason) -> throw unread(url, reason);
        case EgressResult.NoAnswer(String reason) -> throw unread(url, reason);
      };
    }

    private byte[] unpacked(URI url, EgressResult.Answered answer) throws PageUnread {
      byte[] body =
          switch (answer.headers().getOrDefault("content-encoding", "").toLowerCase(Locale.ROOT)) {
            case "", "identity" -> answer.body();
            case "gzip" -> unzipped(url, answer.body());
            default -> throw new PageUnread(shown(url) + " is packed as was not asked for");
          };
      bytes += body.length;
      if (bytes > MOST_BYTES) {
        throw new PageUnread("it is too large in all");
      }
      return body;
    }
  }

  private static byte[] unzipped(URI url, byte[] packed) throws PageUnread {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] body = in.readNBytes(LONGEST + 1);
      if (body.length > LONGEST) {
        throw new PageUnread(shown(url) + " is too large");
      }
      return body;
    } catch (IOException e) {
      throw new PageUnread(shown(url) + " cannot be unpacked");
    }
  }

  private static PageUnread unread(URI url, String reason) {
    return new PageUnread(shown(url) + " was not got: " + EgressReasons.inWords(reason));
  }

  /** Without its query, which may hold something. */
  private static String shown(URI url) {
    String text = origin(url) + (url.getRawPath() == null ? "" : url.getRawPath());
    return text.length() <= 200 ? text : text.substring(0, 200);
  }

  @Override
  public void close() {
    own.close();
    foreign.close();
  }
}
