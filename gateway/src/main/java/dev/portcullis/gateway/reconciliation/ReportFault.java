package dev.portcullis.gateway.reconciliation;

/** A record of a report that is not what its provider documents. */
final class ReportFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence that names the column; nothing of the record is in it
   */
  ReportFault(String message) {
    super(message);
  }
}
