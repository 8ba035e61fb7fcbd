/** Reads the providers' lists of disputes, again and again, each by one gateway at a time. */
@NullMarked
package dev.portcullis.gateway.disputes;

import org.jspecify.annotations.NullMarked;
