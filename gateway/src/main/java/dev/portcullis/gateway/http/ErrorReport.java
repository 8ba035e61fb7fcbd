package dev.portcullis.gateway.http;

import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * Gives the wire's form to what the server itself refuses, before any code of ours sees the
 * request: a path with a bad escape, a method that is switched off.
 */
public final class ErrorReport extends ErrorReportValve {

  private static final Logger LOG = Logger.getLogger(ErrorReport.class.getName());

  private final Ids ids;

  /** Reports with request ids of that source. */
  public ErrorReport(Ids ids) {
    this.ids = ids;
  }

  /** A transfer coding or version that nobody asked us to know is the client's doing, not ours. */
  private static int asClientError(int status) {
    return status == 501 || status == 505 ? 400 : status;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = asClientError(response.getStatus());
    boolean nothingToSay = status < 400 || response.getContentWritten() > 0;
    if (nothingToSay || !response.setErrorReported()) {
      return;
    }
    String requestId = ids.next("req");
    if (failure != null && status >= 500) {
      LOG.log(Level.SEVERE, "The request failed in the server: " + requestId, failure);
    }
    var error =
        switch (status) {
          case 404 -> ApiErrors.unrecognizedUrl("GET", "/");
          case 405 -> ApiErrors.methodNotAllowed(request.getMethod(), "this address");
          case 413 -> ApiErrors.tooLarge();
          default ->
              status < 500
                  ? ApiErrors.badRequest("The request is malformed.")
                  : ApiErrors.internal();
        };
    try {
      response.getResponse().setStatus(status);
      response.setHeader("Request-Id", requestId);
      HeaderValve.put(response.getResponse(), request.isSecure());
      response.setHeader("Content-Type", "application/json");
      byte[] body = Json.write(error.body());
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
      response.finishResponse();
    } catch (IOException e) {
      LOG.log(Level.FINE, "The client is gone.", e);
    }
  }
}
