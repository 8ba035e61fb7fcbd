package dev.portcullis.gateway.http;

/** The methods that the API knows. */
public enum Method {
  GET,
  POST,
  DELETE
}
