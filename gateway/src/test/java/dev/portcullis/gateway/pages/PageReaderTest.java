package dev.portcullis.gateway.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken down of a page whose words may change, so that no hash of the whole sees it. */
class PageReaderTest {

  private static final String PAGE =
      "<html><body><form action=/pay></form><p>Shop</p>MORE</body></html>";

  private static Inventory read(String more) throws PageUnread {
    return PageReader.read(
        URI.create("https://shop.example/"),
        Map.of("content-security-policy", List.of("script-src 'nonce-" + more.hashCode() + "'")),
        PAGE.replace("MORE", more).getBytes(StandardCharsets.UTF_8),
        false,
        FILES);
  }

  /** Files that name others, by their path. */
  private static final Map<String, List<String>> IMPORTS =
      Map.of(
          "/imports.js", List.of("./deeper.js", "named", "kit/part.js", "unknown"),
          "/deeper.js", List.of("/imports.js", "https://cdn.example/last.js"),
          "/imports.css", List.of("deeper.css"),
          "/deeper.css", List.of("imports.css", "https://cdn.example/last.css"));

  private static final PageReader.Resources FILES =
      (url, use) ->
          new PageReader.File(
              "hash of " + url,
              url,
              use == PageReader.Use.SCRIPT
                  ? List.of()
                  : IMPORTS.getOrDefault(url.getPath(), List.of()));

  private static List<String> added(String more) throws PageUnread {
    return read(more).against(read("")).stream().map(Difference::subject).toList();
  }

  @Test
  void theFilesOfModulesAndStylesheetsAreFollowedAsFarAsTheyLead() throws PageUnread {
    assertThat(added("<script type=module src=/imports.js></script>"))
        .contains(
            "https://shop.example/imports.js",
            "https://shop.example/deeper.js",
            "https://cdn.example/last.js");
    assertThat(added("<link rel=stylesheet href=/imports.css>"))
        .contains("https://shop.example/deeper.css", "https://cdn.example/last.css");
    assertThat(added("<script src=/imports.js></script>"))
        .as("a script that is no module imports nothing")
        .containsExactly("https://shop.example/imports.js");
  }

  @Test
  void namesOfModulesStandForWhatThePageSaysThatTheyDo() throws PageUnread {
    assertThat(
            added(
                "<script"
                    + " type=importmap>{\"imports\":{\"named\":\"/n.js\",\"kit/\":\"/k/\"}}</script><script"
                    + " type=module src=/imports.js></script>"))
        .contains("https://shop.example/n.js", "https://shop.example/k/part.js");
  }

  @Test
  void anotherRightOfAFrameAndAnotherTypeAreDifferences() throws PageUnread {
    assertThat(
            read("<iframe src=/f sandbox></iframe>")
                .against(read("<iframe src=/f sandbox='allow-scripts'></iframe>")))
        .extracting(Difference::kind)
        .containsExactly(Item.Kind.FRAME_RIGHTS);
    assertThat(
            read("<script src=/x.js type=text/plain></script>")
                .against(read("<script src=/x.js></script>")))
        .extracting(Difference::kind)
        .containsExactly(Item.Kind.SCRIPT_TYPE);
  }

  @Test
  void aPageIsReadInTheEncodingThatItsHeaderNames() throws PageUnread {
    // To whoever reads it as the page says of itself, what stands between the two is Japanese.
    String hidden = "\u001b$B<script>steal()</script>\u001b(B";
    Inventory seen =
        PageReader.read(
            URI.create("https://shop.example/"),
            Map.of("content-type", List.of("text/html; charset=utf-8")),
            ("<meta charset=iso-2022-jp>" + hidden).getBytes(StandardCharsets.UTF_8),
            false,
            FILES);
    assertThat(seen.items()).extracting(Item::kind).contains(Item.Kind.INLINE_SCRIPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<script src=//evil.example/x.js></script> | SCRIPT",
        "<svg><script href=//evil.example/x.js></script></svg> | SCRIPT",
        "<script src='data:text/javascript,1'></script> | SCRIPT",
        "<script>steal()</script> | INLINE_SCRIPT",
        "<script type=module>steal()</script> | INLINE_SCRIPT",
        "<img src=x onerror=steal()> | HANDLER",
        "<a href='java&#10;script:steal()'>x</a> | SCRIPT_ADDRESS",
        "<base href=//evil.example/> | BASE",
        "<iframe src=//evil.example/></iframe> | FRAME",
        "<iframe srcdoc='<script>1</script>'></iframe> | FRAME",
        "<object data=//evil.example/></object> | FRAME",
        "<form action=//evil.example/></form> | FORM",
        "<button formaction=//evil.example/>x</button> | FORM",
        "<link rel=stylesheet href=//evil.example/x.css> | STYLESHEET",
        "<link rel='x modulepreload' href=//evil.example/x.js> | LINK",
        "<link rel=modulepreload href=//evil.example/x.js> | SCRIPT",
        "<script type=module>import '//evil.example/x.js'</script> | SCRIPT",
        "<script type=module src=/imports.js></script> | SCRIPT",
        "<style>@import '//evil.example/x.css';</style> | STYLESHEET",
        "<iframe sandbox=allow-scripts></iframe> | FRAME_RIGHTS",
        "<iframe allow='payment *'></iframe> | FRAME_RIGHTS",
        "<script src=/x.js type=text/plain></script> | SCRIPT_TYPE",
        "<script src=/x.js nomodule></script> | SCRIPT_TYPE",
        "<noscript><p title='</noscript><script src=//evil.example>'></noscript> | INLINE_SCRIPT",
        "<style>input{background:url(//evil.example)}</style> | INLINE_STYLE",
        "<meta http-equiv=refresh content='0;url=//evil.example'> | META"
      })
  void eachThingThatRunsFramesOrSendsIsTakenDown(String more, Item.Kind kind) throws PageUnread {
    List<Difference> differences = read(more).against(read(""));
    assertThat(differences).as(more).extracting(Difference::kind).contains(kind);
    assertThat(read(more).against(read(more))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'<p>words</p>'", "'<img src=x.png>'", "'<script type=application/json>{}</script>'"})
  void wordsPicturesAndDataAreThePagesOwn(String more) throws PageUnread {
    assertThat(read(more).against(read(""))).as(more).isEmpty();
  }
}
