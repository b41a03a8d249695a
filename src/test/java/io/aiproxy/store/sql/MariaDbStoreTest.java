package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.sql.Vendor;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.MariaDbServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MariaDbStoreTest extends ServerContract {
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

    private void execute(String... statements) throws Exception {
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    /** Its statements that make tables are committed one by one. */
    @Test
    void tables_that_were_half_made_when_the_server_died_are_completed() throws Exception {
        String script;
        try (InputStream in =
                SqlStore.class.getResourceAsStream("/db/migration/mysql/V1__configuration_and_audit.sql")) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--[^\n]*", "");
        }
        String[] all = script.split(";", -1);
        execute(Arrays.copyOf(all, 4));

        SqlStore store = open("a");
        first(store);

        assertThat(store.load().users()).containsKeys("zhangsan", "lisi");
    }

    /** The script that made them could not be done twice, and was mended. */
    @Test
    void tables_of_an_earlier_version_are_good() throws Exception {
        first(open("a"));
        execute("UPDATE aiproxy_schema_history SET checksum = 4711 WHERE version = '1'");

        assertThat(open("b").load().users()).containsKeys("zhangsan", "lisi");
    }
}
