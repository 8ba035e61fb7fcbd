package dev.portcullis.gateway.admin;

import dev.portcullis.wire.admin.AdminRoute;
import java.util.List;

/** The commands of one feature; a bean of this type is all that it takes to serve them. */
public interface AdminRoutes {

  /** The commands, the same at every call. */
  List<AdminRoute> routes();
}
