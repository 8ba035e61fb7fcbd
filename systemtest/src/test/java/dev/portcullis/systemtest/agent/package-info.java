/**
 * Runs inside the gateway in the crash tests, and only there: ends it at a chosen line, so that
 * production code needs no hooks. Uses nothing but the JDK.
 */
@NullMarked
package dev.portcullis.systemtest.agent;

import org.jspecify.annotations.NullMarked;
