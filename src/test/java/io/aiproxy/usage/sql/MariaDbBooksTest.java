package io.aiproxy.usage.sql;

import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.MariaDbServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class MariaDbBooksTest extends ServerBooksContract {
    @TempDir
    private static Path data;

    private static MariaDbServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = MariaDbServer.start(data);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    DatabaseServer server() {
        return server;
    }
}
