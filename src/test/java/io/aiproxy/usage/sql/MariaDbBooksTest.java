package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.sql.Vendor;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.MariaDbServer;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.UsageRecord;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

    @Test
    void an_index_that_was_made_when_the_server_died_is_not_made_again() throws Exception {
        try (SqlBooks before = SqlBooks.open(database, BERLIN)) {
            before.position("m");
        }
        execute("DELETE FROM aiproxy_usage_schema_history WHERE version = '2'");

        assertThat(open(BERLIN).position("m")).isEmpty();
    }

    @Override
    String onTable() {
        return " ON aiproxy_usage_dimension";
    }

    /** Its statements that make tables are committed one by one. */
    @Test
    void tables_that_were_half_made_when_the_server_died_are_completed() throws Exception {
        String script;
        try (InputStream in = SqlBooks.class.getResourceAsStream("/db/usage/mysql/V1__usage.sql")) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--[^\n]*", "");
        }
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement()) {
            for (String part : script.split(";", -1)) {
                if (part.contains("aiproxy_usage_quarter")) {
                    break;
                }
                statement.execute(part);
            }
        }
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(17).between(FROM, TO, 200);
        add(books, all);
        assertThat(books.statistics(query(Granularity.DAY, BERLIN)))
                .isEqualTo(Naive.statistics(all, query(Granularity.DAY, BERLIN)));
    }
}
