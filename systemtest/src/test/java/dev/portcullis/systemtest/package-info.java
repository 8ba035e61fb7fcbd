@NullMarked
package dev.portcullis.systemtest;

import org.jspecify.annotations.NullMarked;
