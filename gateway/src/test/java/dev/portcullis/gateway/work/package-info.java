@NullMarked
package dev.portcullis.gateway.work;

import org.jspecify.annotations.NullMarked;
