/** Customers. */
@NullMarked
package dev.portcullis.gateway.customers;

import org.jspecify.annotations.NullMarked;
