package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.sql.Vendor;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.StoreException.Why;
import io.aiproxy.testing.DatabaseServer;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What else a database must do that is a server of its own, and so may be down. */
abstract class ServerContract extends StoreContract {
    abstract DatabaseServer server();

    @Override
    Database fresh() throws Exception {
        return new Database(server().freshDatabase(), server().user(), Secret.of(server().password()));
    }

    @Test
    void a_database_that_was_down_is_used_again_as_soon_as_it_is_back() throws Exception {
        SqlStore store = open("a");
        first(store);
        store.load();
        AtomicInteger seen = new AtomicInteger();
        AtomicInteger reloaded = new AtomicInteger();
        try (AutoCloseable watch = store.watch(seen::incrementAndGet)) {
            server().stop();
            SqlStore started;
            SqlStore stranger;
            try {
                await().atMost(SOON).until(() -> store.trouble().isPresent());
                assertThat(refusal(() -> store.apply("1-0000000000000000", List.of(), ADMIN, ""))
                                .why())
                        .isEqualTo(Why.UNAVAILABLE);
                assertThat(store.load().users()).containsKeys("zhangsan", "lisi");

                started = open("a");
                assertThat(started.load().users()).containsKeys("zhangsan", "lisi");
                assertThat(started.trouble()).isPresent();
                stranger = open("elsewhere");
                assertThat(refusal(stranger::load))
                        .hasMessageContaining("there is no copy of its configuration")
                        .hasMessageContaining(database.place());
            } finally {
                server().start();
            }
            try (AutoCloseable again = started.watch(reloaded::incrementAndGet)) {
                await().atMost(SOON).until(() -> store.trouble().isEmpty() && reloaded.get() > 0 && seen.get() > 0);
                int before = seen.get();
                apply(started, user("wangwu"));
                await().atMost(SOON).until(() -> seen.get() > before);
                assertThat(store.load().users()).containsKey("wangwu");
                assertThat(stranger.load().users()).containsKey("wangwu");
            }
        }
    }

    @Test
    void a_restart_between_two_questions_is_not_noticed() throws Exception {
        SqlStore store = open("a");
        first(store);
        server().stop();
        server().start();

        assertThat(store.state().version()).isEqualTo(1);
        server().stop();
        server().start();
        assertThat(apply(store, user("wangwu")).number()).isEqualTo(2);
    }

    @Test
    void no_acknowledged_change_is_lost_when_the_server_dies() throws Exception {
        SqlStore store = open("a");
        first(store);
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            while (!enough.get()) {
                try {
                    apply(store, user("user" + (acknowledged.get() + 1)));
                    acknowledged.incrementAndGet();
                } catch (Exception down) {
                    enough.set(true);
                }
            }
        });
        writer.start();
        await().atMost(SOON).until(() -> acknowledged.get() >= 5);
        server().stop();
        server().start();
        enough.set(true);
        writer.join();

        assertThat(open("b").load().users()).containsKey("user" + acknowledged.get());
    }

    @Test
    void a_database_that_has_become_empty_does_not_lock_everybody_out() throws Exception {
        SqlStore before = open("a");
        first(before);
        before.load();
        execute("DELETE FROM aiproxy_entry");
        execute("UPDATE aiproxy_head SET version = 0, tag = '0'");

        SqlStore store = open("a");
        assertThat(store.load().users()).containsKeys("zhangsan", "lisi");
        Files.delete(dir.resolve("a/last-configuration/configuration.json"));
        assertThat(store.load().users()).isEmpty();
    }

    @Test
    void what_the_database_refuses_is_told_without_what_was_in_it() throws Exception {
        SqlStore store = open("a");
        first(store);
        execute("ALTER TABLE aiproxy_entry ADD CONSTRAINT aiproxy_no CHECK (id <> 'forbidden')");

        StoreException refusal = refusal(() -> apply(store, user("forbidden"), user("wangwu")));
        assertThat(refusal.why()).isEqualTo(Why.UNAVAILABLE);
        assertThat(refusal).hasMessageContaining("aiproxy_no").hasMessageNotContaining("pk_test");
        assertThat(refusal.getCause()).isNull();
        assertThat(store.state().version()).isEqualTo(1);
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_wrong_password_is_told_without_it() throws Exception {
        Database wrong = new Database(database.url(), database.user() + "x", Secret.of("not-the-right-password"));
        StoreException refusal = refusal(open(wrong, "a")::load);

        assertThat(refusal.why()).isEqualTo(Why.UNAVAILABLE);
        assertThat(refusal).hasMessageContaining(wrong.place());
        for (Optional<Throwable> at = Optional.of(refusal); at.isPresent(); at = at.map(Throwable::getCause)) {
            assertThat(at.get().toString()).doesNotContain("not-the-right-password");
        }
    }
}
