@NullMarked
package dev.portcullis.simulator;

import org.jspecify.annotations.NullMarked;
