/**
 * The integrity of payment pages (PCI DSS 4.0.1, 6.4.3 and 11.6.1): what browsers report, and
 * whether the pages arrive as they were approved.
 */
@NullMarked
package dev.portcullis.gateway.pages;

import org.jspecify.annotations.NullMarked;
