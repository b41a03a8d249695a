package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.sql.Vendor;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.AuditLog.Query;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.StoreException.Why;
import io.aiproxy.store.Version;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every database must do. One class for each of them begins with a fresh database for each test. */
abstract class StoreContract {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Author ADMIN = new Author("ops", "192.0.2.7");
    static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    Database database;
    private final List<SqlStore> opened = new ArrayList<>();

    abstract Database fresh() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        database = fresh();
    }

    @AfterEach
    void closeAll() {
        opened.forEach(SqlStore::close);
    }

    SqlStore open(String data) throws StoreException {
        return open(database, data);
    }

    SqlStore open(Database of, String data) throws StoreException {
        SqlStore store = SqlStore.open(of, dir, dir.resolve(data), Map.of("TOKEN", "from-the-environment")::get);
        opened.add(store);
        return store;
    }

    static JsonNode json(String text) throws Exception {
        return JSON.readTree(text.replace('\'', '"'));
    }

    static Change put(Kind kind, String id, String body) throws Exception {
        return new Change(kind, id, Optional.of(json(body)));
    }

    static Change channel(String id) throws Exception {
        return put(Kind.CHANNEL, id, "{'base_url': 'https://" + id + ".example.com', 'api_key': '${env:TOKEN}'}");
    }

    static Change user(String id) throws Exception {
        return put(
                Kind.USER,
                id,
                "{'channels': ['openai'], 'keys': [{'proxy_key': 'pk_test_" + Integer.toHexString(id.hashCode())
                        + "', 'name': 'laptop'}]}");
    }

    static Change gone(Kind kind, String id) {
        return new Change(kind, id, Optional.empty());
    }

    static Version first(SqlStore store) throws Exception {
        return store.apply(
                store.state().tag(), List.of(channel("openai"), user("zhangsan"), user("lisi")), ADMIN, "begin");
    }

    static Version apply(SqlStore store, Change... changes) throws Exception {
        return store.apply(store.state().tag(), List.of(changes), ADMIN, "");
    }

    static StoreException refusal(Callable<?> of) {
        return catchThrowableOfType(StoreException.class, of::call);
    }

    @Test
    void a_new_database_is_empty_and_can_be_loaded() throws Exception {
        SqlStore store = open("a");

        assertThat(store.state().version()).isZero();
        assertThat(store.state().entries().byKind())
                .allSatisfy((kind, entries) -> assertThat(entries).isEmpty());
        assertThat(store.load().users()).isEmpty();
        assertThat(store.versions(Long.MAX_VALUE, 10)).isEmpty();
        assertThat(store.trouble()).isEmpty();
    }

    @Test
    void what_was_applied_is_loaded_in_its_order_by_everybody() throws Exception {
        Version version = first(open("a"));
        SqlStore other = open("b");

        Snapshot snapshot = other.load();
        assertThat(version.number()).isEqualTo(1);
        assertThat(snapshot.version()).isEqualTo(1);
        assertThat(snapshot.users().keySet()).containsExactly("zhangsan", "lisi");
        assertThat(snapshot.channels().get("openai").credentials().get(0).apiKey())
                .isEqualTo(Secret.of("from-the-environment"));
        assertThat(other.versions(Long.MAX_VALUE, 10)).containsExactly(version);
        assertThat(other.state().entries().of(Kind.CHANNEL).get("openai"))
                .isEqualTo(channel("openai").body().orElseThrow());
    }

    @Test
    void versions_are_listed_newest_first_and_each_gives_its_entries() throws Exception {
        SqlStore store = open("a");
        first(store);
        Entries one = store.state().entries();
        apply(store, gone(Kind.USER, "zhangsan"), user("wangwu"), put(Kind.SYSTEM, "log_level", "'debug'"));
        Entries two = store.state().entries();
        apply(store, user("zhangsan"), gone(Kind.SYSTEM, "log_level"));

        assertThat(store.versions(Long.MAX_VALUE, 10))
                .extracting(Version::number)
                .containsExactly(3L, 2L, 1L);
        assertThat(store.versions(3, 1)).extracting(Version::number).containsExactly(2L);
        assertThat(store.at(1)).isEqualTo(one);
        assertThat(store.at(2)).isEqualTo(two);
        assertThat(store.at(3)).isEqualTo(store.state().entries());
        assertThat(two.of(Kind.USER).keySet()).containsExactly("lisi", "wangwu");
        assertThat(store.at(3).of(Kind.USER).keySet()).containsExactly("lisi", "wangwu", "zhangsan");
        assertThat(refusal(() -> store.at(4)).why()).isEqualTo(Why.NOT_FOUND);
        assertThat(refusal(() -> store.at(0)).why()).isEqualTo(Why.NOT_FOUND);
    }

    @Test
    void only_the_newest_fifty_versions_are_kept() throws Exception {
        SqlStore store = open("a");
        first(store);
        apply(store, gone(Kind.USER, "lisi"));
        for (int i = 3; i <= 54; i++) {
            apply(store, user("user" + i % 2), put(Kind.SYSTEM, "log_level", i % 2 == 0 ? "'info'" : "'debug'"));
        }

        assertThat(store.versions(Long.MAX_VALUE, 100))
                .hasSize(50)
                .last()
                .extracting(Version::number)
                .isEqualTo(5L);
        assertThat(store.at(5).of(Kind.USER).keySet()).containsExactly("zhangsan", "user1", "user0");
        assertThat(store.at(5).of(Kind.SYSTEM)).containsEntry("log_level", json("'debug'"));
        assertThat(store.at(6).of(Kind.SYSTEM)).containsEntry("log_level", json("'info'"));
        assertThat(store.at(54)).isEqualTo(store.state().entries());
        assertThat(refusal(() -> store.at(4)).why()).isEqualTo(Why.NOT_FOUND);
        assertThat(count("SELECT COUNT(*) FROM aiproxy_entry_history WHERE id = 'lisi'"))
                .isZero();
        assertThat(count("SELECT COUNT(*) FROM aiproxy_entry_history WHERE id = 'zhangsan'"))
                .isEqualTo(1);
        assertThat(count("SELECT COUNT(*) FROM aiproxy_entry_history WHERE id = 'log_level'"))
                .isEqualTo(50);
    }

    @Test
    void a_change_of_an_older_state_is_refused() throws Exception {
        SqlStore store = open("a");
        String old = store.state().tag();
        first(store);
        State now = store.state();

        assertThat(refusal(() -> store.apply(old, List.of(user("wangwu")), ADMIN, ""))
                        .why())
                .isEqualTo(Why.CONFLICT);
        assertThat(refusal(() -> store.apply("nonsense", List.of(user("wangwu")), ADMIN, ""))
                        .why())
                .isEqualTo(Why.CONFLICT);
        assertThat(store.state()).isEqualTo(now);
    }

    @Test
    void what_could_not_be_loaded_is_never_written() throws Exception {
        SqlStore store = open("a");
        first(store);
        State now = store.state();
        Change bad = put(Kind.USER, "zhangsan", "{'channels': ['nowhere'], 'keys': [{'proxy_key': ''}]}");

        assertThatThrownBy(() -> apply(store, channel("azure"), bad))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("users.zhangsan.channels")
                .hasMessageContaining("users.zhangsan.keys[0]");
        assertThat(store.state()).isEqualTo(now);
        assertThat(store.versions(Long.MAX_VALUE, 9)).hasSize(1);
    }

    @Test
    void what_changes_nothing_makes_no_version() throws Exception {
        SqlStore store = open("a");
        Version version = first(store);
        State now = store.state();

        assertThat(apply(store, user("lisi"), gone(Kind.USER, "nobody"))).isEqualTo(version);
        assertThat(store.state()).isEqualTo(now);
    }

    @Test
    void of_many_changes_at_once_exactly_one_wins() throws Exception {
        List<SqlStore> stores = List.of(open("a"), open("b"));
        first(stores.get(0));
        String tag = stores.get(0).state().tag();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> changes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SqlStore store = stores.get(i % 2);
                Change change = user("user" + i);
                changes.add(() -> {
                    try {
                        store.apply(tag, List.of(change), ADMIN, "");
                        return "won";
                    } catch (StoreException e) {
                        return e.why() == Why.CONFLICT ? "conflict" : String.valueOf(e.getMessage());
                    }
                });
            }
            List<String> results = new ArrayList<>();
            for (Future<String> future : threads.invokeAll(changes)) {
                results.add(future.get());
            }
            assertThat(results).containsOnly("won", "conflict").containsOnlyOnce("won");
        } finally {
            threads.shutdownNow();
        }
        assertThat(stores.get(1).state().version()).isEqualTo(2);
        assertThat(stores.get(1).state().entries().of(Kind.USER)).hasSize(3);
    }

    @Test
    void instances_that_start_together_make_the_tables_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Callable<Long>> starts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SqlStore store = open("data" + i);
                starts.add(() -> store.state().version());
            }
            for (Future<Long> start : threads.invokeAll(starts)) {
                assertThat(start.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_change_by_one_instance_is_seen_by_the_others() throws Exception {
        SqlStore here = open("a");
        SqlStore there = open("b");
        first(here);
        there.load();
        AtomicInteger seenHere = new AtomicInteger();
        AtomicInteger seenThere = new AtomicInteger();
        here.load();
        try (AutoCloseable one = here.watch(seenHere::incrementAndGet);
                AutoCloseable two = there.watch(seenThere::incrementAndGet)) {
            apply(here, user("wangwu"));

            await().atMost(SOON).until(() -> seenThere.get() > 0 && seenHere.get() > 0);
            assertThat(there.load().users()).containsKey("wangwu");
        }
    }

    @Test
    void a_change_between_load_and_watch_is_seen() throws Exception {
        SqlStore here = open("a");
        SqlStore there = open("b");
        first(here);
        there.load();
        apply(here, user("wangwu"));
        AtomicInteger seen = new AtomicInteger();

        try (AutoCloseable watch = there.watch(seen::incrementAndGet)) {
            await().atMost(SOON).until(() -> seen.get() > 0);
        }
    }

    @Test
    void ids_are_what_they_are_in_every_script_and_case() throws Exception {
        SqlStore store = open("a");
        first(store);
        apply(store, user("张三"), user("Zhangsan"), user("émile"), user("emile"), user("Ünal"), user("𠮷野"));
        apply(
                store,
                put(
                        Kind.USER,
                        "张三",
                        "{'name': '张三 😀', 'channels': ['openai'], 'keys': [{'proxy_key': 'pk_test_x'}]}"));

        assertThat(open("b").load().users().keySet())
                .containsExactly("zhangsan", "lisi", "张三", "Zhangsan", "émile", "emile", "Ünal", "𠮷野");
        assertThat(store.load().users().get("张三").name()).isEqualTo("张三 😀");
        apply(store, gone(Kind.USER, "emile"));
        assertThat(store.state().entries().of(Kind.USER)).containsKey("émile").doesNotContainKey("emile");
    }

    @Test
    void an_id_that_no_column_holds_is_refused_in_words() throws Exception {
        SqlStore store = open("a");
        String tag = store.state().tag();

        assertThat(refusal(() -> store.apply(tag, List.of(user("x".repeat(513))), ADMIN, "")))
                .hasMessageContaining("at most 512 characters");
        assertThat(store.state().version()).isZero();
    }

    @Test
    void the_audit_log_finds_what_is_asked_for_newest_first() throws Exception {
        AuditLog log = open("a").auditLog();
        Instant begin = Instant.ofEpochMilli(1_700_000_000_000L);
        for (int i = 0; i < 6; i++) {
            log.append(new AuditEvent(
                    begin.plusSeconds(i / 2),
                    i % 2 == 0 ? ADMIN : Author.CLI,
                    i < 4 ? "user.update" : "user_group.update",
                    "目标" + i,
                    "done",
                    Optional.of(json("{'keys': ['***']}")),
                    Optional.empty()));
        }
        AuditLog other = open("b").auditLog();

        assertThat(other.find(new Query(Instant.MIN, Instant.MAX, "", "", "", 0, 100)))
                .extracting(AuditEvent::target)
                .containsExactly("目标5", "目标4", "目标3", "目标2", "目标1", "目标0");
        assertThat(other.find(new Query(Instant.MIN, Instant.MAX, "", "", "", 2, 2)))
                .extracting(AuditEvent::target)
                .containsExactly("目标3", "目标2");
        assertThat(other.find(new Query(begin.plusSeconds(1), begin.plusSeconds(2), "", "", "", 0, 9)))
                .extracting(AuditEvent::target)
                .containsExactly("目标3", "目标2");
        assertThat(other.find(new Query(begin, Instant.MAX, "ops", "user.", "", 0, 9)))
                .extracting(AuditEvent::target)
                .containsExactly("目标2", "目标0");
        assertThat(other.find(new Query(begin, Instant.MAX, "", "user_group.update", "目标4", 0, 9)))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.author()).isEqualTo(ADMIN);
                    assertThat(event.before()).contains(json("{'keys': ['***']}"));
                    assertThat(event.after()).isEmpty();
                });
    }

    @Test
    void the_audit_log_takes_whatever_somebody_asked_for() throws Exception {
        AuditLog log = open("a").auditLog();
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
        String target = "a\0b".repeat(40_000);
        log.append(new AuditEvent(now, ADMIN, "user.get", target, "not_found", Optional.empty(), Optional.empty()));

        assertThat(log.find(new Query(now, Instant.MAX, "", "", "", 0, 9)))
                .singleElement()
                .satisfies(event -> assertThat(event.target()).startsWith("a\uFFFDba\uFFFDb"));
    }

    long count(String sql) throws Exception {
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
