/** What several gateways share the work on: claimed from tables, a few at a time. */
@NullMarked
package dev.portcullis.gateway.work;

import org.jspecify.annotations.NullMarked;
