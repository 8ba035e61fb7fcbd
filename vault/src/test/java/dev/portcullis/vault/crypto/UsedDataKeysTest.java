package dev.portcullis.vault.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsedDataKeysTest {

  /** A table that is forgotten here would lose its key to a rotation. */
  @Test
  void everyTableThatNamesADataKeyIsAmongThem() {
    String named =
        TestDatabase.shared()
            .query(
                "select string_agg(table_name, ' ' order by table_name collate \"C\") from"
                    + " information_schema.columns where table_schema = 'public' and column_name ="
                    + " 'data_key'");
    assertThat(List.of(named.split(" "))).containsExactlyInAnyOrderElementsOf(UsedDataKeys.TABLES);
  }
}
