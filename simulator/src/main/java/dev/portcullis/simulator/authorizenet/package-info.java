/** Authorize.Net's API, in JSON and in XML, over books of its own. */
@NullMarked
package dev.portcullis.simulator.authorizenet;

import org.jspecify.annotations.NullMarked;
