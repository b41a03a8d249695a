package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.sql.Vendor;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

class PostgresStoreTest extends ServerContract {
    @TempDir
    private static Path data;

    private static PostgresServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start(data);
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

    @Test
    void every_instance_listens_and_each_change_is_told() throws Exception {
        SqlStore store = open("a");
        first(store);
        await().atMost(SOON).until(() -> listening() == 1);

        try (Connection connection = Vendor.POSTGRESQL.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + Notifications.CHANNEL);
            apply(store, user("wangwu"));
            PGNotification[] told = connection.unwrap(PGConnection.class).getNotifications((int) SOON.toMillis());
            assertThat(told)
                    .singleElement()
                    .extracting(PGNotification::getParameter)
                    .isEqualTo(store.state().tag());
        }
        count("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
        await().atMost(SOON).until(() -> listening() == 1);
    }

    private long listening() throws Exception {
        return count(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = CURRENT_DATABASE()");
    }
}
