package dev.portcullis.connectors;

import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.PreparationStep;
import dev.portcullis.connectors.spi.PreparationStep.Prepared;
import dev.portcullis.connectors.spi.ProviderOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a connector sends for an operation, with a step before it or without. */
final class Requests {

  private Requests() {}

  static Optional<ForwardRequest> preparation(Connector connector, ProviderOperation operation) {
    return connector instanceof PreparationStep step
        ? step.preparation(operation)
        : Optional.empty();
  }

  /** The operation's own, after the step's answer if there is a step. */
  static ForwardRequest own(Specimen specimen, ProviderOperation operation) {
    Connector connector = specimen.connector();
    if (preparation(connector, operation).isEmpty()) {
      return connector.request(operation);
    }
    Prepared prepared =
        ((PreparationStep) connector).prepared(operation, specimen.prepared(operation).answer());
    return ((Prepared.Ready) prepared).request();
  }

  /** In their order. */
  static List<ForwardRequest> all(Specimen specimen, ProviderOperation operation) {
    List<ForwardRequest> all = new ArrayList<>();
    preparation(specimen.connector(), operation).ifPresent(all::add);
    all.add(own(specimen, operation));
    return all;
  }
}
