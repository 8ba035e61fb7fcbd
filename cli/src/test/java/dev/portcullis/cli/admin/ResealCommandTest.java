package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.admin.ResealCommand.Counts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResealCommandTest {

  @Test
  void eachTableHasItsOwnFiguresAndTheTotalSaysThatItIsOne() {
    Map<String, Counts> tables = new LinkedHashMap<>();
    tables.put("customers", new Counts(1_200, 300));
    tables.put("payment_intents", new Counts(40, 4));
    assertThat(ResealCommand.line("customers", tables.get("customers")))
        .matches(" +customers +1,200 rows looked at, +300 sealed anew");
    assertThat(ResealCommand.total("", tables).lines().findFirst().orElseThrow())
        .matches(" +all tables +1,240 rows looked at, +304 sealed anew");
    assertThat(ResealCommand.total("customers:acct_1", tables)).contains("all from customers on");
  }
}
