/**
 * The versions of the API. Everything inside speaks the newest one; an older one is a list of small
 * gates, which each undo one change on the way out and make up for it on the way in.
 */
@NullMarked
package dev.portcullis.gateway.versions;

import org.jspecify.annotations.NullMarked;
