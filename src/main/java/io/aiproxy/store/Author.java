package io.aiproxy.store;

/**
 * Who made a change.
 *
 * @param name the id of the admin token, {@code cli}, or {@code file} for a hand-edited file
 * @param from the client's address; empty where there is none
 */
public record Author(String name, String from) {
    /** Somebody with an editor: nobody knows who. */
    public static final Author FILE = new Author("file", "");

    /** Somebody at the command line. */
    public static final Author CLI = new Author("cli", "");
}
