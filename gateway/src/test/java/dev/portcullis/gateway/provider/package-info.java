@NullMarked
package dev.portcullis.gateway.provider;

import org.jspecify.annotations.NullMarked;
