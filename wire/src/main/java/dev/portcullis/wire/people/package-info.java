/**
 * Named people who administer a zone: their two factors, their sessions, their enrolment. Each zone
 * keeps its own register and checks for itself; the register's store is the zone's to write.
 */
@NullMarked
package dev.portcullis.wire.people;

import org.jspecify.annotations.NullMarked;
