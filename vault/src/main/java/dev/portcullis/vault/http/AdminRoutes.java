package dev.portcullis.vault.http;

import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.KeysDestroyedException;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.admin.AdminAnswer;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.admin.AdminCall;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The vault's administration, for people who are signed in; over TLS, on a port of its own. */
public final class AdminRoutes implements Routes {

  private static final Logger LOG = Logger.getLogger(AdminRoutes.class.getName());

  private final AdminApi api;

  /** Serves those commands. */
  public AdminRoutes(AdminApi api) {
    this.api = api;
  }

  @Override
  public int maxBody() {
    return AdminCall.MAX_BODY;
  }

  @Override
  public String nameOf(String path) {
    return "command";
  }

  @Override
  public Reply answer(Exchange exchange) {
    AdminAnswer answer = perform(exchange);
    LOG.info(
        () ->
            "administration %s %s %s %d by %s from %s"
                .formatted(
                    exchange.requestId(),
                    ApiErrors.shown(exchange.method()),
                    answer.route(),
                    answer.status(),
                    answer.person().isEmpty() ? "nobody" : answer.person(),
                    exchange.peer().getHostAddress()));
    return new Reply(answer.status(), answer.fields(), answer.body());
  }

  private AdminAnswer perform(Exchange exchange) {
    try {
      return api.answer(
          new AdminCall(
              exchange.requestId(),
              exchange.method(),
              exchange.path(),
              exchange.query(),
              exchange.header("Authorization"),
              exchange.peer().getHostAddress(),
              exchange.body()));
    } catch (ApiException e) {
      return AdminAnswer.failed(e.error());
    } catch (KeysDestroyedException e) {
      return AdminAnswer.failed(
          ApiErrors.badRequest("The keys of that account and mode were destroyed."));
    } catch (StoreFailure e) {
      LOG.log(Level.SEVERE, exchange.requestId() + ": the database failed", e);
      return AdminAnswer.failed(ApiErrors.unavailable());
    } catch (KeyUnavailableException e) {
      LOG.log(Level.SEVERE, "{0}: {1}", new Object[] {exchange.requestId(), e.getMessage()});
      return AdminAnswer.failed(ApiErrors.vaultKeyUnavailable());
    } catch (TamperedException e) {
      LOG.log(Level.SEVERE, exchange.requestId() + ": a stored value was changed", e);
      return AdminAnswer.failed(ApiErrors.internal());
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, exchange.requestId() + ": a command failed", e);
      return AdminAnswer.failed(ApiErrors.internal());
    }
  }
}
