package io.aiproxy.store;

import java.time.Instant;

/**
 * A version of the configuration that was in force, or could have been.
 *
 * @param number counts up from 1
 * @param at when it was made
 * @param author who made it
 * @param note why, or what was done; may be empty
 */
public record Version(long number, Instant at, Author author, String note) {}
