package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.PageReader.File;
import dev.portcullis.gateway.pages.PageReader.Use;
import dev.portcullis.gateway.pages.PageUnread.Fault;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Gets pages and what belongs to them as a shopper's browser does, over the same way. Our own
 * origins are where the operator's configuration says; any other host is one that somebody else has
 * chosen. A redirect is followed within its origin alone.
 */
final class PageFetcher implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PageFetcher.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A page takes no longer than whoever asked for it waits. */
  private static final Duration PAGE_PATIENCE = Duration.ofSeconds(40);

  private static final int MOST_FILES = 60;
  private static final int MOST_REDIRECTS = 3;
  private static final int LONGEST = 4 << 20;
  private static final int HEAD = 64 << 10;
  private static final long MOST_BYTES = 24L << 20;
  private static final int AT_ONCE = 4;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** Somebody answered, in no HTTP that a network makes by itself. */
  private static final Set<String> ANSWERS_THAT_ARE_NONE =
      Set.of(
          "MessageConstraintException",
          "ParseException",
          "ProtocolException",
          "ClientProtocolException",
          "UnsupportedHttpVersionException",
          "MalformedChunkCodingException",
          "NotImplementedException");

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
   * @param authorities those that pages' certificates may come from besides those of the JDK, or
   *     null
   */
  PageFetcher(Set<String> ours, boolean sandbox, Names names, @Nullable Path authorities) {
    EgressOptions options =
        new EgressOptions(
                AddressPolicy.CONFIGURED_HOST,
                List.of("TLSv1.3", "TLSv1.2"),
                AT_ONCE,
                LONGEST,
                Duration.ofSeconds(5))
            // One byte more than there may be says that it is too large: no answer at all would
            // look as if the network had failed.
            .cuttingOff(AT_ONCE, HEAD, LONGEST + 1);
    this.ours = Set.copyOf(ours);
    this.sandbox = sandbox;
    SSLContext tls =
        authorities == null
            ? TlsContexts.client(null, null)
            : TlsContexts.clientOfMore(authorities);
    this.own = new EgressClient(tls, options);
    this.foreign = new ForeignHosts(tls, options, names);
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

  private record Named(URI file, Use use) {}

  /** One page, within bounds of number, bytes and time. */
  private final class Visit {
    private final URI page;
    private final long end = System.nanoTime() + PAGE_PATIENCE.toNanos();
    private final Map<Named, File> files = new HashMap<>();
    private long bytes;
    private int asked;

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
      try {
        return PageReader.read(got.url, got.lines, got.body, whole, this::file);
      } catch (RuntimeException e) {
        // Browsers read on where a parser fails, and so does whoever has written the page.
        LOG.log(Level.WARNING, shown(page) + " cannot be parsed", e);
        throw new PageUnread(Fault.UNREADABLE, shown(page) + " cannot be parsed");
      }
    }

    private File file(URI file, Use use) throws PageUnread {
      Named named = new Named(file, use);
      File known = files.get(named);
      if (known != null) {
        return known;
      }
      if (++asked > MOST_FILES) {
        throw new PageUnread(Fault.TOO_MANY, "it names too many files");
      }
      Map<String, String> fields = fields("*/*", use == Use.STYLES ? "style" : "script");
      fields.put("Sec-Fetch-Mode", use == Use.MODULE ? "cors" : "no-cors");
      fields.put(
          "Sec-Fetch-Site", origin(file).equals(origin(page)) ? "same-origin" : "cross-site");
      Got got = get(file, fields);
      File found =
          new File(
              Hashes.sha384(got.body),
              got.url,
              use.imports(new String(got.body, StandardCharsets.UTF_8)));
      files.put(named, found);
      return found;
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
          throw PageUnread.status(answer.status(), shown(url));
        }
        url = next(url, answer.headers().getOrDefault("location", ""));
      }
      throw new PageUnread(Fault.REDIRECTED, shown(first) + " leads from one address to the next");
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
      throw new PageUnread(Fault.REDIRECTED, shown(url) + " leads to another origin");
    }

    private EgressResult.Answered answer(URI url, Map<String, String> fields) throws PageUnread {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        throw new PageUnread(Fault.UNANSWERED, "it took too long to get all of it");
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
            case "", "identity" -> bounded(url, answer.body());
            case "gzip" -> unzipped(url, answer.body());
            default ->
                throw new PageUnread(Fault.PACKED, shown(url) + " is packed as was not asked for");
          };
      bytes += body.length;
      if (bytes > MOST_BYTES) {
        throw new PageUnread(Fault.TOO_LARGE, "it is too large in all");
      }
      return body;
    }
  }

  private static byte[] unzipped(URI url, byte[] packed) throws PageUnread {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return bounded(url, in.readNBytes(LONGEST + 1));
    } catch (IOException e) {
      throw new PageUnread(Fault.PACKED, shown(url) + " cannot be unpacked");
    }
  }

  private static byte[] bounded(URI url, byte[] body) throws PageUnread {
    if (body.length > LONGEST) {
      throw new PageUnread(Fault.TOO_LARGE, shown(url) + " is too large");
    }
    return body;
  }

  private static PageUnread unread(URI url, String reason) {
    return new PageUnread(
        ANSWERS_THAT_ARE_NONE.contains(reason) ? Fault.UNREADABLE : Fault.UNANSWERED,
        shown(url) + " was not got: " + EgressReasons.inWords(reason));
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
