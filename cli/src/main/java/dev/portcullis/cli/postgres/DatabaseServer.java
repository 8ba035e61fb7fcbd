package dev.portcullis.cli.postgres;

import dev.portcullis.cli.home.Refusal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server and the role that may make roles and databases on it.
 *
 * @param parameters connection parameters such as {@code sslmode}, never a password
 * @param password the administrator's; null leaves it to the driver's password file
 */
public record DatabaseServer(
    String host,
    int port,
    Map<String, String> parameters,
    String administrator,
    @Nullable String password,
    String maintenanceDatabase,
    boolean embedded) {
  static final int OLDEST_VERSION = 15;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}");
  private static final List<String> DURABLE =
      List.of("fsync", "synchronous_commit", "full_page_writes");
  private static final Set<String> PARAMETERS = Set.of("sslmode", "sslrootcert");

  /** The server that this instance runs itself. */
  public static DatabaseServer embedded(int port, String password) {
    return new DatabaseServer(
        "127.0.0.1", port, Map.of(), PostgresProgram.SUPERUSER, password, "postgres", true);
  }

  /**
   * An outside server.
   *
   * @param url {@code postgresql://user@host:port/database?sslmode=verify-full&sslrootcert=...},
   *     with or without {@code jdbc:} before it
   * @param password from the environment; null when there is none
   */
  public static DatabaseServer outside(String url, @Nullable String password) {
    URI uri = parse(url);
    String user = uri.getUserInfo();
    if (user == null || user.isEmpty()) {
      throw new Refusal(
          "--database-url names no user: write postgresql://ADMIN@HOST:PORT/postgres, where ADMIN"
              + " may make roles and databases.");
    }
    if (user.contains(":") || parameters(uri).containsKey("password")) {
      throw new Refusal(
          "--database-url holds a password, which every user of this machine could read: give it"
              + " in PORTCULLIS_DATABASE_PASSWORD or in a .pgpass file.");
    }
    Map<String, String> parameters = parameters(uri);
    parameters.keySet().stream()
        .filter(name -> !PARAMETERS.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new Refusal("--database-url has an unknown parameter: " + name + ".");
            });
    if (!"verify-full".equals(parameters.get("sslmode")) && !loopback(uri.getHost())) {
      throw new Refusal(
          "The database at "
              + uri.getHost()
              + " is reached over a network: add sslmode=verify-full (and sslrootcert=FILE when"
              + " its authority is your own) to --database-url.");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    String database = path.length() > 1 ? path.substring(1) : "postgres";
    if (!NAME.matcher(database).matches()) {
      throw new Refusal(
          "--database-url must name a database of letters, digits, - and _, such as postgres.");
    }
    int port = uri.getPort() < 0 ? 5432 : uri.getPort();
    return new DatabaseServer(uri.getHost(), port, parameters, user, password, database, false);
  }

  private static URI parse(String url) {
    String text = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
    try {
      URI uri = new URI(text);
      boolean postgres = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
      if (postgres && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new Refusal("--database-url is not a URL: " + e.getReason() + ".", e);
    }
    throw new Refusal("--database-url must look like postgresql://ADMIN@HOST:PORT/postgres.");
  }

  private static Map<String, String> parameters(URI uri) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (uri.getQuery() != null) {
      for (String pair : uri.getQuery().split("&")) {
        int equals = pair.indexOf('=');
        parameters.put(
            equals < 0 ? pair : pair.substring(0, equals),
            equals < 0 ? "" : pair.substring(equals + 1));
      }
    }
    return parameters;
  }

  private static boolean loopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new Refusal("The database's host " + host + " is not known here.", e);
    }
  }

  /** The file of the authority that signed the server's certificate, when one is named. */
  public Optional<Path> authority() {
    return Optional.ofNullable(parameters.get("sslrootcert"))
        .map(Path::of)
        .filter(
            path -> {
              if (!Files.isReadable(path)) {
                throw new Refusal("The database's sslrootcert " + path + " cannot be read.");
              }
              return true;
            });
  }

  /**
   * The JDBC URL of one of its databases.
   *
   * @param authority stands in for {@code sslrootcert}: a copy that a zone can read; null keeps it
   */
  public String url(String database, @Nullable Path authority) {
    Map<String, String> given = new LinkedHashMap<>(parameters);
    if (authority != null) {
      given.computeIfPresent("sslrootcert", (name, file) -> authority.toString());
    }
    if ("verify-full".equals(given.get("sslmode")) && !given.containsKey("sslrootcert")) {
      // Without it the driver looks for a file in a home folder that the zones' accounts lack.
      given.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    String query =
        given.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("&"));
    String base = "jdbc:postgresql://" + host + ":" + port + "/" + database;
    return query.isEmpty() ? base : base + "?" + query;
  }

  /**
   * How a home notes where its data lies.
   *
   * @param outside a PostgreSQL that somebody else runs; null for our own
   */
  public static String note(@Nullable DatabaseServer outside) {
    return outside == null ? "embedded" : outside.host() + ":" + outside.port();
  }

  /** Connects as the administrator. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", administrator);
    if (password != null) {
      properties.setProperty("password", password);
    }
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("ApplicationName", "portcullis");
    return DriverManager.getConnection(url(database, null), properties);
  }

  /**
   * Refuses a server that cannot be reached, is too old, may lose what it acknowledged, or does not
   * let the administrator make roles and databases.
   */
  public void requireUsable() {
    try (Connection connection = connect(maintenanceDatabase)) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST_VERSION) {
        throw new Refusal(
            "The database at %s:%d is PostgreSQL %d; %d or newer is needed."
                .formatted(host, port, version, OLDEST_VERSION));
      }
      for (String setting : DURABLE) {
        if (ask(connection, "SELECT current_setting(?) = 'off'", setting)) {
          throw new Refusal(
              "The database at %s:%d runs with %s = off and may lose payments; turn it on."
                  .formatted(host, port, setting));
        }
      }
      if (!ask(
          connection,
          "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = ?",
          administrator)) {
        throw new Refusal(
            "The database's user %s may not make roles and databases: ALTER ROLE %s CREATEROLE CREATEDB."
                .formatted(administrator, administrator));
      }
    } catch (SQLException e) {
      throw new Refusal(reason(e), e);
    }
  }

  private static boolean ask(Connection connection, String query, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private String reason(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    if (state.equals("28P01") || words.contains("no password was provided")) {
      return "The database at %s:%d did not take the password of %s: give it in PORTCULLIS_DATABASE_PASSWORD or in a .pgpass file."
          .formatted(host, port, administrator);
    }
    return "The database at %s:%d could not be used: %s"
        .formatted(host, port, words.endsWith(".") ? words : words + ".");
  }
}
