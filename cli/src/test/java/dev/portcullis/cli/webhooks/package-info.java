@NullMarked
package dev.portcullis.cli.webhooks;

import org.jspecify.annotations.NullMarked;
