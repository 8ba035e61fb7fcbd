package dev.portcullis.gateway.payments;

import java.net.URI;

/** Where a provider sends the shopper after a challenge. */
public final class ReturnUrls {

  /** The path of the return endpoint, before account, operation and keyed hash. */
  public static final String PATH = "/redirect/";

  private final String base;
  private final ClientSecrets secrets;

  /**
   * @param publicUrl the API's origin as shoppers reach it
   * @param secrets what makes an address known to those alone who were given it
   */
  public ReturnUrls(URI publicUrl, ClientSecrets secrets) {
    this.secrets = secrets;
    String url = publicUrl.toString();
    this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** The address of that operation; it cannot be made from the operation's id. */
  public String of(String account, String operation) {
    return base + PATH + account + "/" + operation + "/" + secrets.ofReturn(account, operation);
  }
}
