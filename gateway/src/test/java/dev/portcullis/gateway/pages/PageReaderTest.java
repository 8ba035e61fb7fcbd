package dev.portcullis.gateway.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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
        (url, _) -> "hash of " + url);
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
