package io.aiproxy.imports;

/** Nothing can be imported, or nothing was written: one sentence that says why and what to do, never with a secret. */
public final class ImportException extends Exception {
    ImportException(String message) {
        super(message, null, false, false);
    }
}
