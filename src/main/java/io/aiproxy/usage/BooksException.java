package io.aiproxy.usage;

/** The books cannot be read or written: the message says what an administrator can do. */
public final class BooksException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean passing;

    /**
     * @param message what to do
     * @param passing whether it may work later without anybody doing anything
     * @param cause what the store said
     */
    public BooksException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    /** What is asked for cannot be answered from what is kept. */
    public BooksException(String message) {
        super(message);
        this.passing = false;
    }

    /** Whether it may work later without anybody doing anything. */
    public boolean passing() {
        return passing;
    }
}
