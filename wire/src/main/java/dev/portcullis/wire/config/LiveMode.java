package dev.portcullis.wire.config;

import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsFileException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a zone must not be when it serves live payments, as far as the zone sees it itself. {@code
 * doctor --production} asks the same and more of the whole installation.
 */
public final class LiveMode {

  private static final String SETTLING = "admin.settling";

  /** Whoever lets an accomplice in is otherwise both people of a change in one minute. */
  private static final Duration LEAST_SETTLING = Duration.ofDays(1);

  private LiveMode() {}

  /**
   * Lets the zone start.
   *
   * @param listener the public listener, {@code api} or {@code cards}
   * @throws ConfigException with a sentence for each thing that is not safe, if {@code livemode} is
   *     true and there is any
   */
  public static void require(ZoneConfig config, String listener, Instant now) {
    if (!config.bool("livemode")) {
      return;
    }
    List<String> faults = faults(config, listener, now);
    if (!faults.isEmpty()) {
      throw new ConfigException(
          "Live payments are not served like this:\n  " + String.join("\n  ", faults));
    }
  }

  static List<String> faults(ZoneConfig config, String listener, Instant now) {
    List<String> faults = new ArrayList<>();
    if (config.bool("sandbox")) {
      faults.add("sandbox is true: take it out.");
    }
    tls(config.findPath(listener + ".tls.certificate"), config, listener, now)
        .ifPresent(faults::add);
    String url = config.string("database.url");
    foreignParameter(url)
        .ifPresent(name -> faults.add("database.url has the parameter " + name + ": take it out."));
    if (!isVerified(url)) {
      faults.add("database.url reaches over a network without sslmode=verify-full.");
    }
    if (config.knows(SETTLING) && config.duration(SETTLING).compareTo(LEAST_SETTLING) < 0) {
      faults.add(
          "%s is %s: take it out, or set PT24H or more, so that others notice who was let in."
              .formatted(SETTLING, config.string(SETTLING)));
    }
    openSecrets(config.directory().resolve("secrets")).ifPresent(faults::add);
    return faults;
  }

  private static Optional<String> tls(
      Optional<Path> certificate, ZoneConfig config, String listener, Instant now) {
    if (certificate.isEmpty()) {
      return Optional.of(listener + ".tls.certificate is missing: the listener speaks plain HTTP.");
    }
    try {
      Path key = config.path(listener + ".tls.key");
      PemIdentity identity = PemIdentity.load(certificate.get(), key);
      Optional<String> open = openKey(key);
      if (open.isPresent()) {
        return open;
      }
      return now.isBefore(identity.chain().getFirst().getNotAfter().toInstant())
          ? Optional.empty()
          : Optional.of(listener + ".tls.certificate has expired: renew it.");
    } catch (TlsFileException e) {
      return Optional.of(e.getMessage() + ".");
    }
  }

  /**
   * What the driver may be told. Others put classes in the place of its own ({@code sslfactory},
   * {@code sslhostnameverifier}, {@code socketFactory}), so that verify-full verifies nothing, or
   * name another server.
   */
  private static final Set<String> PARAMETERS =
      Set.of(
          "sslmode",
          "sslrootcert",
          "connectTimeout",
          "socketTimeout",
          "loginTimeout",
          "tcpKeepAlive",
          "targetServerType",
          "hostRecheckSeconds",
          "loadBalanceHosts",
          "ApplicationName",
          "prepareThreshold");

  /** Trusts the JDK's authorities, and says so where no file of one is named. */
  private static final String PUBLIC_AUTHORITIES =
      "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";

  /** A parameter of a JDBC URL that is not known to be safe, or stands there twice. */
  public static Optional<String> foreignParameter(String jdbcUrl) {
    Set<String> seen = new HashSet<>();
    int query = jdbcUrl.indexOf('?');
    if (query < 0) {
      return Optional.empty();
    }
    for (String pair : jdbcUrl.substring(query + 1).split("&", -1)) {
      String name = pair.replaceFirst("=.*$", "");
      boolean known = PARAMETERS.contains(name) || pair.equals(PUBLIC_AUTHORITIES);
      if (!pair.isEmpty() && !(known && seen.add(name))) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** Whether a JDBC URL stays on this machine or proves whom it reached. */
  public static boolean isVerified(String jdbcUrl) {
    String rest = jdbcUrl.replaceFirst("^jdbc:postgresql://", "");
    String host = rest.replaceFirst("[/?].*$", "").replaceFirst(":\\d+$", "");
    return foreignParameter(jdbcUrl).isEmpty() && (isFullyVerified(jdbcUrl) || isLoopback(host));
  }

  /** Whether a JDBC URL proves whom it reached, wherever that is. */
  public static boolean isFullyVerified(String jdbcUrl) {
    return foreignParameter(jdbcUrl).isEmpty()
        && jdbcUrl.matches(".*[?&]sslmode=verify-full(&.*)?");
  }

  private static boolean isLoopback(String host) {
    try {
      return !host.contains(",") && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /**
   * What is wrong with who may read a private key: a group of the machine's may, everybody may not.
   */
  public static Optional<String> openKey(Path key) {
    try {
      return Files.getPosixFilePermissions(key).stream()
              .anyMatch(permission -> permission.name().startsWith("OTHERS_"))
          ? Optional.of(key + " can be read by everybody: chmod o-rwx " + key + ".")
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of(key + " cannot be looked at.");
    }
  }

  private static Optional<String> openSecrets(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (Files.getPosixFilePermissions(file).stream().anyMatch(LiveMode::isForOthers)) {
          return Optional.of(file + " can be read by others: chmod go-rwx " + file + ".");
        }
      }
      return Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of(folder + " cannot be looked at.");
    }
  }

  private static boolean isForOthers(PosixFilePermission permission) {
    return !permission.name().startsWith("OWNER_");
  }
}
