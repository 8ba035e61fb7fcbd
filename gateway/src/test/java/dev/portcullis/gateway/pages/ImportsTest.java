package dev.portcullis.gateway.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which other files scripts and stylesheets are found to have browsers load. */
class ImportsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "import './a.js'; | ./a.js",
        "import{a as b}from\"./a.js\";let c | ./a.js",
        "import d, * as e from '/a.js' | /a.js",
        "export * from 'https://cdn.example/a.js'; | https://cdn.example/a.js",
        "import x from /* which */ './a.js' | ./a.js",
        "import f from 'lit'; | lit",
        "const glob = 'src/*'; import './a.js'; /* end */ | ./a.js",
        "const glob = \"src/*\"; import './a.js'; /* end */ | ./a.js",
        "const glob = `src/*`; import './a.js'; /* end */ | ./a.js",
        "const it = 'it\\'s /*'; import './a.js'; /* end */ | ./a.js",
        "const pattern = /[/]*\"/; import './a.js'; /* import './b.js' */ | ./a.js",
        "const half = a/2; const glob = 'src/*'; import './a.js'; /* end */ | ./a.js",
        "let a; // all of src/*\\nimport './a.js'; /* end */ | ./a.js",
        "if (x) /'/.test(y); const glob = 'src/*'; import './a.js'; /* end */ | ./a.js",
        "for(;f(x);)/`/.test(y);const glob=`src/*`;import './a.js'; /* end */ | ./a.js",
        "function f(){return/\"/g}const glob=\"src/*\";import './a.js'; /* end */ | ./a.js",
        "let a=typeof /'/;const glob='src/*';import './a.js'; /* end */ | ./a.js",
        "if(x){}/'/.test(y);const glob='src/*';import './a.js'; /* end */ | ./a.js",
        "a++ /'/;b='/*';import './a.js'; /* end */ | ./a.js",
        "if(x)/[/]*\"/.test(y);import './a.js'; /* end */ | ./a.js",
        "if(x)/'/.test(y);import a from/* it's */'./a.js' | ./a.js",
        "const t = `${`it's`}`;const glob=`src/*`;import './a.js'; /* end */ | ./a.js",
        "const t = `${f({},`it's`)}`;const glob=`src/*`;import './a.js'; /* end */ | ./a.js",
        "f( // a word\\n /`/);const glob=`src/*`;import './a.js'; /* end */ | ./a.js",
        "let px = (a)/2+'px',half=b/2; import './a.js'; /* import './b.js' */ | ./a.js",
        "let px = a/2+'px',half=b/2; import './a.js'; /* import './b.js' */ | ./a.js",
        "if (a) b = (c)/2; import './a.js'; /* import './b.js' */ | ./a.js"
      })
  void whatAModuleImportsIsFound(String script, String named) {
    assertThat(Imports.ofModule(script.replace("\\n", "\n"))).containsExactly(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/* import './a.js' */ let b",
        "// import './a.js'",
        "import('./a.js')",
        "let from = \"a\"; let important = './b.js'"
      })
  void whatIsNoImportIsNot(String script) {
    assertThat(Imports.ofModule(script)).isEmpty();
  }

  @Test
  void whatAStylesheetImportsIsFound() {
    assertThat(
            Imports.ofStyles(
                "@import 'a.css';@IMPORT url(b.css) print;@import url( \"c.css\" );"
                    + "/* @import 'd.css' */ p { background: url(e.png) }"))
        .isEqualTo(List.of("a.css", "b.css", "c.css"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p::before { content: '/*' } @import 'a.css'; /* end */",
        "p::before { content: \"/*\" } @import 'a.css'; /* end */",
        "p::before { content: '\\'/*' } @import 'a.css'; /* end */",
        "p { background: url(all/*.png) } @import 'a.css'; /* end */",
        "p { background: url( all/*.png ) } @import 'a.css'; /* end */",
        "p::before { content: 'not closed /*\n } @import 'a.css'; /* end */",
        "@import 'a.css'; /* it's @import 'b.css' */"
      })
  void whatLooksLikeACommentInATextHidesNothing(String styles) {
    assertThat(Imports.ofStyles(styles)).containsExactly("a.css");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/*",
        "//",
        "// \n",
        "'",
        "`",
        "/[",
        "url(",
        "( ",
        "/**/ /",
        "import ",
        "from 'a",
        "@import url(",
        "import/**/",
        " \n",
        "}/[",
        "}/'",
        "if(",
        "`${",
        "return/"
      })
  void noTextTakesLongToLookThrough(String part) {
    String text = part.repeat((4 << 20) / part.length());
    Assertions.assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          assertThat(Imports.ofModule(text)).hasSizeLessThan(601);
          assertThat(Imports.ofStyles(text)).hasSizeLessThan(601);
        });
  }
}
