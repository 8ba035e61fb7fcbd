package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shopper in front of the bank's page. */
final class Challenge {
  private static final Pattern ACTION = Pattern.compile("<form[^>]*action=\"([^\"]*)\"");

  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"");

  private Challenge() {}

  /** Opens the page and presses the button that says yes; returns where the shopper is sent. */
  static String complete(String url) throws IOException, InterruptedException {
    return press(url, "complete");
  }

  /** Opens the page and gives up. */
  static String fail(String url) throws IOException, InterruptedException {
    return press(url, "fail");
  }

  private static String press(String url, String outcome) throws IOException, InterruptedException {
    Http.Answer page = Http.send(Http.request(url).GET());
    assertThat(page.status()).as(page.body()).isEqualTo(200);
    Matcher form = ACTION.matcher(page.body());
    URI target =
        form.find()
            ? URI.create(url).resolve(form.group(1).replace("&amp;", "&"))
            : URI.create(url);
    Map<String, String> fields = new LinkedHashMap<>();
    HIDDEN.matcher(page.body()).results().forEach(m -> fields.put(m.group(1), m.group(2)));
    fields.put("outcome", outcome);
    Http.Answer pressed = Http.send(Http.request(target.toString()), fields);
    assertThat(pressed.status()).as(pressed.body()).isEqualTo(303);
    return pressed.header("location");
  }
}
