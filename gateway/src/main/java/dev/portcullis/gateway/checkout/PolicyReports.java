package dev.portcullis.gateway.checkout;

import dev.portcullis.wire.fields.PolicyViolation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.stereotype.Component;

/**
 * What browsers say that the policy of a hosted page has stopped (PCI DSS 4.0.1, 11.6.1): counted
 * by directive, and logged by directive and origin.
 */
@Component
final class PolicyReports {

  private static final Logger LOG = Logger.getLogger(PolicyReports.class.getName());

  private final MeterRegistry meters;

  PolicyReports(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Takes a body as browsers send it; one that is no report says nothing. */
  void take(byte[] body) {
    PolicyViolation.read(body).forEach(this::take);
  }

  private void take(PolicyViolation violation) {
    Counter.builder("portcullis.page.policy.reports")
        .description("What browsers say that a hosted page's policy has stopped")
        .tag("directive", violation.directive())
        .register(meters)
        .increment();
    LOG.log(
        Level.WARNING,
        "a browser reports that {0} of a hosted page has stopped {1}",
        new Object[] {violation.directive(), violation.blocked()});
  }
}
