@NullMarked
package dev.portcullis.gateway;

import org.jspecify.annotations.NullMarked;
