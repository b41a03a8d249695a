package io.aiproxy.app.backup;

import java.io.Serial;

/** An archive cannot be made or used. Its message says why, to people, and holds no secret. */
public final class BackupException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** @param message for the administrator */
    public BackupException(String message) {
        super(message);
    }

    /** @param message for the administrator */
    public BackupException(String message, Throwable cause) {
        super(message, cause);
    }
}
