/** What every HTTP answer of a zone has in common. */
@NullMarked
package dev.portcullis.wire.http;

import org.jspecify.annotations.NullMarked;
