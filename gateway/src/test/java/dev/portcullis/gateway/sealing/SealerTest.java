package dev.portcullis.gateway.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealerTest {

  private static final Place PLACE = new Place("acct_1", false, "a.secret", "we_1");

  private final String older = "1:" + key();
  private final String newer = "2:" + key();

  private static String key() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Sealer with(String... lines) {
    return Sealer.of(Secret.of(String.join("\n", lines)), SecretAccess.insecureGrant());
  }

  @Test
  void whatIsSealedOpensAndShowsNothing() {
    Sealer sealer = with(older);
    String sealed = sealer.seal(PLACE, "whsec_text ä");
    assertThat(Sealer.isSealed(sealed)).isTrue();
    assertThat(sealed).doesNotContain("whsec");
    assertThat(sealer.open(PLACE, sealed)).isEqualTo("whsec_text ä");
    assertThat(sealer.seal(PLACE, "whsec_text ä")).isNotEqualTo(sealed);
    assertThat(sealed.length()).isLessThan(230);
  }

  @Test
  void itOpensInNoOtherPlace() {
    Sealer sealer = with(older);
    String sealed = sealer.seal(PLACE, "text");
    for (Place other :
        List.of(
            new Place("acct_2", false, "a.secret", "we_1"),
            new Place("acct_1", true, "a.secret", "we_1"),
            new Place("acct_1", false, "b.secret", "we_1"),
            new Place("acct_1", false, "a.secret", "we_2"),
            new Place("acct_", false, "1a.secret", "we_1"))) {
      assertThatThrownBy(() -> sealer.open(other, sealed)).isInstanceOf(SealException.class);
    }
  }

  @Test
  void aNewKeySealsAndTheOlderOneStillOpens() {
    String before = with(older).seal(PLACE, "text");
    Sealer rotated = with(newer, older);
    String after = rotated.seal(PLACE, "text");
    assertThat(rotated.open(PLACE, before)).isEqualTo("text");
    assertThat(with(newer).open(PLACE, after)).isEqualTo("text");
    assertThatThrownBy(() -> with(newer).open(PLACE, before)).isInstanceOf(SealException.class);
    assertThatThrownBy(() -> with("1:" + key()).open(PLACE, before))
        .isInstanceOf(SealException.class);
  }

  @Test
  void whatWasChangedDoesNotOpen() {
    Sealer sealer = with(older);
    String sealed = sealer.seal(PLACE, "text");
    byte[] bytes = Base64.getDecoder().decode(sealed.substring("sealed:1:".length()));
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      String text = "sealed:1:" + Base64.getEncoder().encodeToString(changed);
      assertThatThrownBy(() -> sealer.open(PLACE, text)).isInstanceOf(SealException.class);
    }
    for (String text : List.of("", "text", "sealed:1:", "sealed:1:%", "sealed:2:AAAA")) {
      assertThatThrownBy(() -> sealer.open(PLACE, text)).isInstanceOf(SealException.class);
    }
  }

  @Test
  void keysOfAnotherFormAreRefusedAndNotShown() {
    String key = key();
    for (String keyset :
        List.of("", key, "0:" + key, "1:" + key + "x", "1:" + key + "\n1:" + key(), "x:" + key)) {
      assertThatThrownBy(() -> with(keyset))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining(key);
    }
  }
}
