package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.model.Customer;
import com.stripe.model.StripeCollection;
import com.stripe.param.CustomerListParams;
import com.stripe.service.V1Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A list of a thousand, from end to end and back, while it grows. */
@Order(17)
@ExtendWith(SharedPortcullis.class)
class StripeJavaPagingTest {
  private static final String EMAIL = "thousand@example.com";

  private final Portcullis portcullis;
  private final V1Services api;

  StripeJavaPagingTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.api = new Sdk(portcullis).api();
  }

  @Test
  void aThousandObjectsComeOnceEachForwardsAndBackwardsWhileMoreAreMade() throws Exception {
    List<String> made = ManyCustomers.make(portcullis, EMAIL);
    assertThat(Set.copyOf(made)).hasSize(ManyCustomers.MANY);

    List<String> forwards = new ArrayList<>();
    List<String> backwards;
    List<String> added;
    try (ManyCustomers.Growing growing = new ManyCustomers.Growing(portcullis, EMAIL)) {
      for (Customer each : api.customers().list(page().build()).autoPagingIterable()) {
        forwards.add(each.getId());
      }
      backwards = backwardsFrom(forwards.getLast());
      added = growing.end();
    }

    assertThat(added).as("made meanwhile").isNotEmpty();
    assertThat(forwards).doesNotHaveDuplicates().containsAll(made);
    assertThat(forwards)
        .as("newest first")
        .isSortedAccordingTo(java.util.Comparator.reverseOrder());
    assertThat(backwards).doesNotHaveDuplicates();
    List<String> old = new ArrayList<>(backwards);
    old.removeAll(added);
    List<String> expected = new ArrayList<>(made.stream().sorted().toList());
    expected.remove(forwards.getLast());
    assertThat(old).isEqualTo(expected);

    List<String> everyone = new ArrayList<>();
    for (Customer each : api.customers().list(page().build()).autoPagingIterable()) {
      everyone.add(each.getId());
    }
    made.addAll(added);
    assertThat(everyone).containsExactlyElementsOf(made.stream().sorted().toList().reversed());
  }

  private static CustomerListParams.Builder page() {
    return CustomerListParams.builder().setEmail(EMAIL).setLimit(100L);
  }

  /** Oldest first, up to a page that says that there is nothing newer. */
  private List<String> backwardsFrom(String last) throws Exception {
    List<String> seen = new ArrayList<>();
    String cursor = last;
    StripeCollection<Customer> page;
    do {
      page = api.customers().list(page().setEndingBefore(cursor).build());
      List<String> ids = page.getData().stream().map(Customer::getId).toList();
      seen.addAll(ids.reversed());
      cursor = ids.isEmpty() ? cursor : ids.getFirst();
    } while (page.getHasMore());
    return seen;
  }
}
