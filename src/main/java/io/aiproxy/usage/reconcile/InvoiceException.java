package io.aiproxy.usage.reconcile;

/** An invoice cannot be used at all: the message says what to do. */
public final class InvoiceException extends Exception {
    private static final long serialVersionUID = 1;

    InvoiceException(String message) {
        super(message);
    }
}
