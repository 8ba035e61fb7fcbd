package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.log.Redaction;
import dev.portcullis.wire.params.ParamTree;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes known of a request while it is handled, for its answer and its line in the log. */
final class Call {

  final HttpServletRequest http;
  final String requestId;
  final InetAddress address;
  Version version = Version.NEWEST;
  @Nullable Route route;
  @Nullable Principal principal;
  ParamTree parameters = ParamTree.EMPTY;

  /** The ids of the objects that it is about, of the path and of the answer. */
  final Set<String> objects = new LinkedHashSet<>();

  /** What made it fail inside, which nobody outside is told; null for nothing more to say. */
  @Nullable Throwable cause;

  /** Whether a limit refused it: there may be thousands of them, and the limits count them. */
  boolean limited;

  Call(HttpServletRequest http, String requestId, InetAddress address) {
    this.address = address;
    this.http = http;
    this.requestId = requestId;
  }

  /** Takes a text for an object's id, if it has the form of one: a path may hold anything. */
  void isAbout(String id) {
    if (Ids.createdAt(id).isPresent() && Redaction.scrub(id).equals(id)) {
      objects.add(id);
    }
  }
}
