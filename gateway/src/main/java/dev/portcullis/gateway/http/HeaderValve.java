package dev.portcullis.gateway.http;

import dev.portcullis.wire.http.CommonHeaders;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives every answer the common header fields before anybody writes it. */
public final class HeaderValve extends ValveBase {

  /** Runs for each request. */
  public HeaderValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    put(response.getResponse(), request.isSecure());
    getNext().invoke(request, response);
  }

  /** Again, where the server has thrown away what an answer had so far. */
  static void put(HttpServletResponse response, boolean tls) {
    CommonHeaders.of(tls).forEach(response::setHeader);
  }
}
