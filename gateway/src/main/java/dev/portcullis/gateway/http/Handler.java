package dev.portcullis.gateway.http;

/** One use case behind a route. */
@FunctionalInterface
public interface Handler {

  /**
   * Does what is asked. By now the key is known and may, and the parameters are as declared.
   *
   * @throws dev.portcullis.wire.error.ApiException for each refusal that the client is told of
   */
  Reply handle(ApiRequest request);
}
