@org.jspecify.annotations.NullMarked
package dev.portcullis.vault.portability;
