@NullMarked
package dev.portcullis.gateway.http;

import org.jspecify.annotations.NullMarked;
