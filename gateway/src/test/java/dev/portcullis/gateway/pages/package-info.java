@NullMarked
package dev.portcullis.gateway.pages;

import org.jspecify.annotations.NullMarked;
