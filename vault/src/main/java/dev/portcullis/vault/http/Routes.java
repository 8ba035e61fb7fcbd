package dev.portcullis.vault.http;

/** The routes of one listener. */
interface Routes {

  /** Answers a request, refusals and failures included: nothing is thrown. */
  Reply answer(Exchange exchange);

  /**
   * The route's name for metrics: one of a few, never a text that a client chose.
   *
   * @param path the request's path
   */
  String nameOf(String path);

  /** How many bytes a body may have. */
  int maxBody();
}
