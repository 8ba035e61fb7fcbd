package dev.portcullis.gateway.customers;

import dev.portcullis.gateway.search.SearchField;
import dev.portcullis.gateway.search.Searchable;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** By what customers are found (Stripe documentation, Query fields for customers). */
@Configuration(proxyBeanMethods = false)
class CustomerSearch {

  @Bean
  Searchable customersSearch() {
    return new Searchable(
        "customer",
        "/v1/customers",
        Customer.TABLE,
        "NOT deleted",
        "(doc->'metadata')",
        Map.of(
            "created", Searchable.CREATED,
            "email", SearchField.personalText("email"),
            "name", SearchField.personalText("name"),
            "phone", SearchField.personalText("phone")));
  }
}
