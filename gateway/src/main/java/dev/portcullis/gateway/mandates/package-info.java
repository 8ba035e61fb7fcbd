/** What shoppers have agreed to be charged for later. */
@NullMarked
package dev.portcullis.gateway.mandates;

import org.jspecify.annotations.NullMarked;
