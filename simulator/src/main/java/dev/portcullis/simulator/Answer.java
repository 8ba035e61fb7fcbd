package dev.portcullis.simulator;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes back over HTTP.
 *
 * @param status the HTTP status
 * @param body the JSON object
 */
record Answer(int status, Map<String, ? extends @Nullable Object> body) {}
