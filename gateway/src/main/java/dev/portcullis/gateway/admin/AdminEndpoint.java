package dev.portcullis.gateway.admin;

import dev.portcullis.kit.Ids;
import dev.portcullis.wire.admin.AdminAnswer;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.admin.AdminCall;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Takes what comes through the {@link AdminListener}, all of it, to the commands. */
@Component
public final class AdminEndpoint
    implements RouterFunction<ServerResponse>, HandlerFunction<ServerResponse> {

  private static final Logger LOG = LoggerFactory.getLogger("administration");

  private static final long MAX_DISCARDED = 2L << 20;
  private static final int CHUNK = 8 << 10;

  private final AdminListener listener;
  private final AdminApi api;
  private final Ids ids;
  private final MeterRegistry meters;

  AdminEndpoint(AdminListener listener, AdminApi api, Ids ids, MeterRegistry meters) {
    this.listener = listener;
    this.api = api;
    this.ids = ids;
    this.meters = meters;
  }

  /** By the socket that it came through, which no header can say otherwise. */
  @Override
  public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
    return request.servletRequest().getLocalPort() == listener.port()
        ? Optional.of(this)
        : Optional.empty();
  }

  @Override
  public ServerResponse handle(ServerRequest request) {
    HttpServletRequest http = request.servletRequest();
    String id = ids.next("req");
    AdminAnswer answer = answer(http, id);
    LOG.atInfo()
        .addKeyValue("request", id)
        .addKeyValue("method", ApiErrors.shown(http.getMethod()))
        .addKeyValue("route", answer.route())
        .addKeyValue("status", answer.status())
        .addKeyValue("person", answer.person())
        .addKeyValue("address", http.getRemoteAddr())
        .log("command");
    meters
        .counter(
            "portcullis.admin.requests",
            "route",
            answer.route(),
            "status",
            Integer.toString(answer.status()))
        .increment();
    return respond(answer);
  }

  private static ServerResponse respond(AdminAnswer answer) {
    ServerResponse.BodyBuilder response = ServerResponse.status(answer.status());
    for (Map.Entry<String, String> field : answer.fields().entrySet()) {
      response.header(field.getKey(), field.getValue());
    }
    return response.body(answer.body());
  }

  private AdminAnswer answer(HttpServletRequest http, String id) {
    try {
      return api.answer(
          new AdminCall(
              id,
              http.getMethod(),
              http.getRequestURI(),
              http.getQueryString(),
              http.getHeader("Authorization"),
              http.getRemoteAddr(),
              body(http)));
    } catch (ApiException e) {
      return AdminAnswer.failed(e.error());
    } catch (IOException _) {
      return AdminAnswer.failed(ApiErrors.badRequest("The request's body could not be read."));
    } catch (TransientDataAccessException
        | NonTransientDataAccessResourceException
        | CannotCreateTransactionException e) {
      LOG.warn("The database cannot be used: {}", id, e);
      return AdminAnswer.failed(ApiErrors.unavailable());
    } catch (RuntimeException e) {
      LOG.error("The command failed: {}", id, e);
      return AdminAnswer.failed(ApiErrors.internal());
    }
  }

  /** Reads it to its end, which is watched; of one that is too large as much as a client errs. */
  private static byte[] body(HttpServletRequest http) throws IOException {
    InputStream in = http.getInputStream();
    byte[] body = in.readNBytes(AdminCall.MAX_BODY + 1);
    if (body.length > AdminCall.MAX_BODY) {
      discard(in);
      throw new ApiException(ApiErrors.tooLarge());
    }
    return body;
  }

  private static void discard(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long left = MAX_DISCARDED;
    for (int read = in.read(chunk); read >= 0 && left > 0; read = in.read(chunk)) {
      left -= read;
    }
  }
}
