package io.aiproxy.sql;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.DatabaseException.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Copies a SQLite database while others read and write it. */
public final class SqliteCopy {
    private SqliteCopy() {}

    /**
     * Writes a copy of one moment, compact, readable by its owner alone ({@code VACUUM INTO}, sqlite.org/lang_vacuum.html).
     *
     * @param to replaced if it is there
     */
    public static void make(Path from, Path to) throws IOException, DatabaseException {
        Files.deleteIfExists(to);
        PrivateFiles.create(to); // an empty file is one that may be written to
        Database database = new Database("jdbc:sqlite:" + from.toAbsolutePath(), "", Secret.of(""));
        try (Connection connection = Vendor.SQLITE.connect(database);
                PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, to.toAbsolutePath().toString());
            copy.execute();
        } catch (SQLException e) {
            throw new DatabaseException(
                    Why.REFUSED,
                    from + " cannot be copied: " + new Troubles(database).of(e).getMessage(),
                    e);
        }
    }
}
