/** Commands of people: each signs in at the zone that it is for. */
@NullMarked
package dev.portcullis.cli.admin;

import org.jspecify.annotations.NullMarked;
