package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.config.Snapshot;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;

/** Opens the books of a gateway that may be running beside. */
@FunctionalInterface
public interface BooksOpener {
    /**
     * Opens them for reading; who calls closes them.
     *
     * @throws BooksException when they are not there or cannot be read
     */
    Books open(Settings settings, Snapshot snapshot) throws BooksException;
}
