package dev.portcullis.simulator.adyen;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Hooks.Hook;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adyen's webhooks of a merchant account (docs.adyen.com, Management API v3). The key that is
 * signed with is made by a request of its own; before that nothing is sent.
 */
final class AdyenHooks {
  private static final String PATH = "/v3/merchants/{merchant}/webhooks";
  private final Map<String, String> urls = new HashMap<>();
  private final Desk desk;

  AdyenHooks(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.post(PATH, "webhook_register", this::create)
        .get(PATH, "webhooks", this::list)
        .post(PATH + "/{id}/generateHmac", "webhook_sign", this::sign)
        .delete(PATH + "/{id}", "webhook_remove", this::delete);
  }

  private synchronized Answer create(Call call) {
    Tree sent = new Tree(call.body());
    if (!"standard".equals(sent.at("type").text())
        || !"json".equals(sent.at("communicationFormat").text())) {
      throw AdyenErrors.invalid("702", "The webhook has no type, or no format");
    }
    String id = "WBHK" + call.reference();
    Hook hook = desk.hooks().add(id, sent.at("url").text(), null);
    urls.put(id, hook.url().toString());
    return new Answer(201, shown(hook));
  }

  private static Map<String, @Nullable Object> shown(Hook hook) {
    return new Members()
        .put("id", hook.id())
        .put("type", "standard")
        .put("url", hook.url().toString())
        .put("active", true)
        .build();
  }

  /** Ten a page unless asked otherwise, and the pages count from 1. */
  private Answer list(Call call) {
    List<Hook> all = desk.hooks().all();
    int size = number(call, "pageSize", 10);
    int page = number(call, "pageNumber", 1);
    int pages = (all.size() + size - 1) / size;
    Members links = new Members().put("self", link(call, page));
    if (page < pages) {
      links.put("next", link(call, page + 1));
    }
    return new Answer(
        200,
        new Members()
            .put("_links", links)
            .put("itemsTotal", all.size())
            .put("pagesTotal", pages)
            .put(
                "data",
                all.stream().skip((page - 1L) * size).limit(size).map(AdyenHooks::shown).toList())
            .build());
  }

  private static int number(Call call, String name, int otherwise) {
    return call.query(name).isEmpty() ? otherwise : Integer.parseInt(call.query(name));
  }

  private Members link(Call call, int page) {
    return new Members().put("href", desk.providerUrl() + call.path() + "?pageNumber=" + page);
  }

  private synchronized Answer sign(Call call) {
    String id = call.variable("id");
    String url = urls.get(id);
    if (url == null) {
      throw missing();
    }
    String key =
        HexFormat.of()
            .withUpperCase()
            .formatHex(call.reference().getBytes(StandardCharsets.US_ASCII));
    desk.hooks().remove(id);
    desk.hooks().add(id, url, key);
    return new Answer(200, new Members().put("hmacKey", key).build());
  }

  private synchronized Answer delete(Call call) {
    String id = call.variable("id");
    if (!desk.hooks().remove(id)) {
      throw missing();
    }
    urls.remove(id);
    return new Answer(204, Map.of(), null);
  }

  private static Refused missing() {
    return new Refused(404, "not_found", "There is no such webhook.", null);
  }
}
