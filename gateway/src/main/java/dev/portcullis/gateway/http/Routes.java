package dev.portcullis.gateway.http;

import java.util.List;

/** The endpoints of one feature; a bean of this type is all that it takes to serve them. */
public interface Routes {

  /** The endpoints, the same at every call. */
  List<Route> routes();
}
