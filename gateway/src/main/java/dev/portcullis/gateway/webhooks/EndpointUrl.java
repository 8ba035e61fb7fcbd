package dev.portcullis.gateway.webhooks;

import dev.portcullis.wire.egress.ForeignUrl;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.net.URI;

/** Where events may be sent, as far as the URL itself tells. */
final class EndpointUrl {

  private EndpointUrl() {}

  /**
   * Lets a URL pass.
   *
   * @param mayBeLoopback whether this machine is allowed, by http as well: in the sandbox
   * @throws ApiException 400 that names {@code url}
   */
  static String check(URI url, boolean mayBeLoopback) {
    return switch (ForeignUrl.judge(url, mayBeLoopback)) {
      case ForeignUrl.Judgement.Internet _, ForeignUrl.Judgement.ThisMachine _ -> url.toString();
      case ForeignUrl.Judgement.Refused(String why) ->
          throw new ApiException(
              ApiErrors.invalid("url", "url_invalid", "Invalid URL for a webhook: " + why + "."));
    };
  }
}
