package io.aiproxy.store;

/**
 * All entries at one moment.
 *
 * @param version the newest version's number
 * @param tag stands for exactly these entries: a change names the tag of what it was made from, and is refused when another
 *     one came before it
 * @param entries the entries
 */
public record State(long version, String tag, Entries entries) {}
