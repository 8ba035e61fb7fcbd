package dev.portcullis.systemtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/**
 * A page with the two oldest holes, over a real PostgreSQL: its query is glued into a statement,
 * and said back as it came. A scanner that finds nothing here would find nothing anywhere.
 */
final class InjectablePage implements AutoCloseable {
  private static final String NAME = "email=";

  private final DataSource database;
  private final HttpServer server;

  InjectablePage(DataSource database) throws IOException {
    this.database = database;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** With a parameter to play with. */
  String url() {
    return "http://127.0.0.1:"
        + server.getAddress().getPort()
        + "/people?"
        + NAME
        + "a@example.com";
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    int at = query.indexOf(NAME);
    String email =
        at < 0
            ? ""
            : URLDecoder.decode(
                query.substring(at + NAME.length()).replaceFirst("&.*", ""),
                StandardCharsets.UTF_8);
    byte[] page =
        ("<html><body><p>" + email + "</p><p>" + found(email) + "</p></body></html>")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, page.length);
    exchange.getResponseBody().write(page);
    exchange.close();
  }

  private String found(String email) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM (VALUES ('Ada', 'a@example.com')) AS people (name, email)"
                    + " WHERE email = '"
                    + email
                    + "'")) {
      return row.next() ? "There is " + row.getString(1) : "Nobody";
    } catch (SQLException e) {
      return "org.postgresql.util.PSQLException: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
