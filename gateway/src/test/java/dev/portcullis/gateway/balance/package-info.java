@NullMarked
package dev.portcullis.gateway.balance;

import org.jspecify.annotations.NullMarked;
