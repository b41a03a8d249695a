package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.sql.Database;
import io.aiproxy.sql.Vendor;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What books must do in every database. */
abstract class BooksContract {
    static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Eight days around the end of summer time in Europe, and the first of a month. */
    static final long FROM = Instant.parse("2026-10-24T20:07:11Z").toEpochMilli();

    static final long TO = Instant.parse("2026-11-02T03:20:00Z").toEpochMilli();

    private static final Comparator<UsageRecord> ORDER =
            Comparator.comparingLong(UsageRecord::startedMillis).thenComparing(UsageRecord::id);

    @TempDir
    Path dir;

    Database database;
    private final List<SqlBooks> opened = new ArrayList<>();
    private long place;

    abstract Database fresh() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        database = fresh();
    }

    @AfterEach
    void closeAll() {
        opened.forEach(SqlBooks::close);
    }

    SqlBooks open(ZoneId zone) throws BooksException {
        SqlBooks books = SqlBooks.open(database, zone);
        opened.add(books);
        return books;
    }

    void add(SqlBooks books, List<UsageRecord> records) throws BooksException {
        for (int i = 0; i < records.size(); i += 700) {
            books.add(records.subList(i, Math.min(records.size(), i + 700)), new Position("a", 1, ++place));
        }
    }

    static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    static StatisticsQuery query(Granularity granularity, ZoneId zone, Dimension... by) {
        return new StatisticsQuery(at(FROM), at(TO), zone, granularity, List.of(by), Map.of(), true);
    }

    void execute(String sql) throws Exception {
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long count(String sql) throws Exception {
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void check(SqlBooks books, List<UsageRecord> all, StatisticsQuery query) throws BooksException {
        assertThat(books.statistics(query)).as("%s", query).isEqualTo(Naive.statistics(all, query));
    }

    @Test
    void new_books_are_empty() throws Exception {
        SqlBooks books = open(BERLIN);

        assertThat(books.position("a")).isEmpty();
        assertThat(books.statistics(query(Granularity.DAY, BERLIN))).isEmpty();
        assertThat(books.records(new RecordQuery(Instant.MIN, Instant.MAX, Map.of(), Optional.empty(), 10)))
                .isEmpty();
        assertThat(books.trouble()).isEmpty();
        assertThat(books.place()).isEqualTo(database.place());
    }

    @Test
    void records_come_back_as_they_were_in_their_order() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(1).between(FROM, FROM + 100_000, 1_500);
        add(books, all);
        List<UsageRecord> sorted = all.stream().sorted(ORDER).toList();

        List<UsageRecord> each = new ArrayList<>();
        books.each(Instant.MIN, Instant.MAX, each::add);
        assertThat(each).isEqualTo(sorted);

        List<UsageRecord> paged = new ArrayList<>();
        Optional<RecordQuery.Mark> mark = Optional.empty();
        do {
            List<UsageRecord> page = books.records(new RecordQuery(at(FROM), at(TO), Map.of(), mark, 400));
            paged.addAll(page);
            mark = page.stream().reduce((a, b) -> b).map(last -> new RecordQuery.Mark(last.startedMillis(), last.id()));
        } while (mark.isPresent());
        Collections.reverse(paged);
        assertThat(paged).isEqualTo(sorted);
    }

    @Test
    void records_are_filtered_across_days() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(2).between(FROM, TO, 800);
        add(books, all);

        Map<Dimension, Set<String>> filters =
                Map.of(Dimension.GROUP, Set.of("research"), Dimension.KEY, Set.of("zhangsan/laptop"));
        List<UsageRecord> wanted = all.stream()
                .filter(record ->
                        record.user().equals("zhangsan") && record.key().equals("laptop"))
                .sorted(ORDER.reversed())
                .toList();
        assertThat(wanted).hasSizeGreaterThan(60);
        assertThat(books.records(new RecordQuery(at(FROM), at(TO), filters, Optional.empty(), 50)))
                .isEqualTo(wanted.subList(0, 50));
        UsageRecord last = wanted.get(49);
        assertThat(books.records(new RecordQuery(
                        at(FROM),
                        at(TO),
                        filters,
                        Optional.of(new RecordQuery.Mark(last.startedMillis(), last.id())),
                        1000)))
                .isEqualTo(wanted.subList(50, wanted.size()));
        assertThat(books.records(new RecordQuery(
                        at(FROM), at(TO), Map.of(Dimension.USER, Set.of("' OR 1=1 --")), Optional.empty(), 50)))
                .isEmpty();
    }

    @Test
    void statistics_are_the_sums_of_records_in_every_zone() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(3).between(FROM - 100_000, TO + 100_000, 2_500);
        add(books, all);

        for (String zone : List.of("Europe/Berlin", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York")) {
            for (Granularity granularity : Granularity.values()) {
                check(books, all, query(granularity, ZoneId.of(zone)));
            }
            check(books, all, query(Granularity.DAY, ZoneId.of(zone), Dimension.USER, Dimension.GROUP));
        }
        for (Dimension one : Dimension.values()) {
            check(books, all, query(Granularity.MONTH, BERLIN, one));
            check(books, all, query(Granularity.TOTAL, BERLIN, one, Dimension.CURRENCY));
        }
    }

    @Test
    void statistics_are_filtered_by_what_is_bound_and_never_by_what_is_written() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(4).between(FROM, TO, 600);
        add(books, all);
        List<Map<Dimension, Set<String>>> filters = List.of(
                Map.of(Dimension.USER, Set.of("zhangsan", "lisi"), Dimension.MODEL, Set.of("gpt-4o")),
                Map.of(Dimension.GROUP, Set.of("staff")),
                Map.of(Dimension.GROUP, Set.of("")),
                Map.of(Dimension.KEY, Set.of("wang/wu/server", "")),
                Map.of(Dimension.CHANNEL, Set.of()),
                Map.of(Dimension.USER, Set.of("'; DROP TABLE aiproxy_usage_record; --", "x' OR '1'='1")));
        for (Map<Dimension, Set<String>> filter : filters) {
            for (List<Dimension> by :
                    List.of(List.<Dimension>of(), List.of(Dimension.GROUP), List.of(Dimension.USER, Dimension.MODEL))) {
                check(books, all, new StatisticsQuery(at(FROM), at(TO), BERLIN, Granularity.DAY, by, filter, true));
            }
        }
    }

    @Test
    void what_is_here_already_counts_once() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(5).between(FROM, TO, 400);
        add(books, all);
        List<UsageRecord> again = new ArrayList<>(all.subList(100, 300));
        List<UsageRecord> fresh = new Calls(6).between(FROM, TO, 50);
        again.addAll(fresh);
        again.addAll(fresh);
        books.add(again, new Position("b", 7, 9));

        List<UsageRecord> together = new ArrayList<>(all);
        together.addAll(fresh);
        check(books, together, query(Granularity.HOUR, BERLIN, Dimension.USER));
        check(books, together, query(Granularity.DAY, BERLIN, Dimension.USER));
        assertThat(books.position("b")).contains(new Position("b", 7, 9));
        assertThat(books.position("a")).contains(new Position("a", 1, place));
        assertThat(books.addMissing(together.iterator())).isEqualTo(new SqlBooks.Imported(0, 450, 0));
    }

    @Test
    void what_is_tried_out_leaves_nothing() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(18).between(FROM, TO, 50);
        books.tryOut(all.get(0));
        for (String table : List.of("record", "dimension", "group", "writer", "minute", "month")) {
            assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_" + table)).isZero();
        }
        add(books, all);
        books.tryOut(new Calls(19).at(FROM));
        check(books, all, query(Granularity.DAY, BERLIN, Dimension.USER));
    }

    @Test
    void one_that_is_here_behind_many_that_are_not_spoils_nothing() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> known = new Calls(15).between(FROM, TO, 1);
        add(books, known);
        List<UsageRecord> fresh = new Calls(16).between(FROM, TO, 900);
        List<UsageRecord> offered = new ArrayList<>(fresh);
        offered.addAll(known);
        books.add(offered, new Position("a", 1, ++place));

        List<UsageRecord> together = new ArrayList<>(known);
        together.addAll(fresh);
        check(books, together, query(Granularity.HOUR, BERLIN, Dimension.USER));
        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_record")).isEqualTo(901);
        assertThat(books.trouble()).isEmpty();
    }

    @Test
    void instances_add_at_the_same_time_while_statistics_are_asked() throws Exception {
        SqlBooks one = open(BERLIN);
        SqlBooks two = open(BERLIN);
        List<UsageRecord> ofOne = new Calls(7).between(FROM, TO, 2_000);
        List<UsageRecord> ofTwo = new Calls(8).between(FROM, TO, 2_000);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> unchecked(() -> {
            while (!done.get()) {
                List<StatisticsRow> days = one.statistics(query(Granularity.DAY, BERLIN));
                long requests =
                        days.stream().mapToLong(row -> row.sums().requests()).sum();
                assertThat(requests % 100).isZero(); // whole batches
            }
        }));
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> unchecked(() -> {
            for (int i = 0; i < 2_000; i += 100) {
                two.add(ofTwo.subList(i, i + 100), new Position("two", 1, i));
            }
        }));
        for (int i = 0; i < 2_000; i += 100) {
            one.add(ofOne.subList(i, i + 100), new Position("one", 1, i));
        }
        writing.join();
        done.set(true);
        asking.join();

        List<UsageRecord> all = new ArrayList<>(ofOne);
        all.addAll(ofTwo);
        check(two, all, query(Granularity.DAY, BERLIN, Dimension.USER, Dimension.MODEL));
        check(one, all, query(Granularity.TOTAL, BERLIN, Dimension.KEY));
        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_dimension"))
                .isEqualTo(all.stream().map(Facts::of).distinct().count()
                        + all.stream().map(UsageRecord::currency).distinct().count());
    }

    /** Something that may throw. */
    interface Attempt {
        void make() throws Exception;
    }

    static void unchecked(Attempt attempt) {
        try {
            attempt.make();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_was_purged_is_told_and_the_rest_stays_right() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(9).between(FROM, TO, 6_000);
        add(books, all);
        long records = Instant.parse("2026-10-27T10:02:33Z").toEpochMilli();
        long minutes = Instant.parse("2026-10-31T00:00:00Z").toEpochMilli();
        books.purge(at(records), at(minutes));

        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_record"))
                .isEqualTo(
                        all.stream().filter(r -> r.startedMillis() >= records).count());
        assertThat(count("SELECT MIN(bucket) FROM aiproxy_usage_minute")).isGreaterThanOrEqualTo(minutes);
        Instant quarter = Instant.parse("2026-10-24T20:15:00Z");
        for (Granularity granularity : List.of(Granularity.TOTAL, Granularity.HOUR, Granularity.DAY)) {
            check(
                    books,
                    all,
                    new StatisticsQuery(
                            quarter,
                            at(TO),
                            ZoneId.of("Asia/Kolkata"),
                            granularity,
                            List.of(Dimension.USER),
                            Map.of(),
                            true));
        }
        Instant odd = Instant.parse("2026-10-28T10:02:33Z");
        check(
                books,
                all,
                new StatisticsQuery(odd, at(TO), BERLIN, Granularity.MINUTE, List.of(Dimension.GROUP), Map.of(), true));
        assertThatThrownBy(() -> books.statistics(query(Granularity.MINUTE, BERLIN)))
                .isInstanceOf(BooksException.class)
                .hasMessageContaining("single minutes are kept from 2026-10-27T11:03 Europe/Berlin");
        assertThatThrownBy(() -> books.rebuild(at(FROM), at(TO)))
                .isInstanceOf(BooksException.class)
                .hasMessageContaining("records are kept from 2026-10-27T10:15:00Z on");
        assertThat(books.addMissing(all.iterator()).added()).isZero();
        check(books, all, new StatisticsQuery(quarter, at(TO), BERLIN, Granularity.MONTH, List.of(), Map.of(), true));
    }

    @Test
    void sums_can_be_made_again() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(10).between(FROM, TO, 1_500);
        add(books, all);
        try (Connection connection = Vendor.of(database.url()).orElseThrow().connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM aiproxy_usage_quarter WHERE dimension % 2 = 0");
            statement.execute("UPDATE aiproxy_usage_day SET requests = requests + 5, durations = NULL");
            statement.execute("UPDATE aiproxy_usage_minute SET requests = requests * 2");
            statement.execute("UPDATE aiproxy_usage_whole SET cost = 1, requests = requests + 1");
            statement.execute("DELETE FROM aiproxy_usage_month");
        }

        assertThat(books.rebuild(Instant.EPOCH, Instant.parse("2030-01-01T00:00:00Z")))
                .isEqualTo(1_500);
        for (Granularity granularity : Granularity.values()) {
            check(books, all, query(granularity, BERLIN, Dimension.USER, Dimension.MODEL));
            check(books, all, query(granularity, BERLIN));
        }
        List<UsageRecord> more = new ArrayList<>(all);
        List<UsageRecord> fresh = new Calls(11).between(FROM, TO, 500);
        more.addAll(fresh);
        add(books, fresh);
        check(books, more, query(Granularity.MONTH, BERLIN, Dimension.USER));
        assertThat(books.rebuild(at(FROM + 86_400_000), at(TO - 86_400_000))).isPositive();
        check(books, more, query(Granularity.DAY, BERLIN, Dimension.USER));
    }

    @Test
    void who_asks_about_everything_is_answered_from_few_sums() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(20).between(FROM, TO, 1_500);
        add(books, all);
        execute("UPDATE aiproxy_usage_quarter SET cost = 99, attempts = 99, durations = NULL");

        long from = Times.ceil(FROM, Times.QUARTER);
        long to = Times.floor(TO, Times.QUARTER);
        for (List<Dimension> by : List.of(List.<Dimension>of(), List.of(Dimension.CURRENCY))) {
            for (Map<Dimension, Set<String>> filter :
                    List.of(Map.<Dimension, Set<String>>of(), Map.of(Dimension.CURRENCY, Set.of("", "USD")))) {
                check(books, all, new StatisticsQuery(at(from), at(to), BERLIN, Granularity.HOUR, by, filter, true));
            }
        }
    }

    @Test
    void what_an_older_version_has_not_added_to_the_few_sums_is_not_missing() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(21).between(FROM, TO, 1_500);
        add(books, all);
        execute("DELETE FROM aiproxy_usage_whole WHERE bucket < " + (FROM + TO) / 2);

        check(books, all, query(Granularity.HOUR, BERLIN));
        check(books, all, query(Granularity.DAY, ZoneId.of("Asia/Kolkata"), Dimension.CURRENCY));
        books.rebuild(at(FROM), at(TO));
        assertThat(count("SELECT SUM(requests) FROM aiproxy_usage_whole")).isEqualTo(1_500);
        check(books, all, query(Granularity.HOUR, BERLIN, Dimension.CURRENCY));
    }

    @Test
    void another_zone_makes_other_days_of_the_same_calls() throws Exception {
        List<UsageRecord> all = new Calls(12).between(FROM, TO, 1_500);
        try (SqlBooks before = SqlBooks.open(database, BERLIN)) {
            add(before, all.subList(0, 1_000));
        }
        ZoneId kolkata = ZoneId.of("Asia/Kolkata");
        SqlBooks books = open(kolkata);
        check(books, all.subList(0, 1_000), query(Granularity.DAY, kolkata, Dimension.USER));
        add(books, all.subList(1_000, 1_200));
        check(books, all.subList(0, 1_200), query(Granularity.DAY, BERLIN, Dimension.USER));
        books.purge(Instant.MIN, Instant.MIN);
        add(books, all.subList(1_200, 1_500));

        assertThat(count("SELECT summed FROM aiproxy_usage_state")).isEqualTo(1);
        assertThat(count("SELECT SUM(requests) FROM aiproxy_usage_day")).isEqualTo(1_500);
        assertThat(count("SELECT SUM(requests) FROM aiproxy_usage_month")).isEqualTo(1_500);
        assertThat(count("SELECT COUNT(DISTINCT bucket) FROM aiproxy_usage_day WHERE bucket % 86400000 <> 66600000"))
                .isZero();
        check(books, all, query(Granularity.DAY, kolkata, Dimension.USER));
        check(books, all, query(Granularity.MONTH, BERLIN, Dimension.USER));
    }

    @Test
    void what_callers_name_cannot_break_the_books() throws Exception {
        SqlBooks books = open(BERLIN);
        UsageRecord plain = new Calls(13).at(FROM + 60_000);
        UsageRecord odd = new UsageRecord(
                "id\u0000" + "x".repeat(500),
                FROM + 60_000,
                FROM + 60_000,
                plain.user(),
                "key\u0000",
                List.of("g".repeat(999), "ß\uD800"),
                "",
                "",
                "openai",
                "chat",
                "/v1/" + "t".repeat(999),
                "M".repeat(99),
                "\uD83D\uDE00".repeat(999),
                "",
                false,
                404,
                "refused",
                "model_not_found",
                0,
                0,
                0,
                -1,
                Long.MAX_VALUE / 2,
                0,
                plain.usage(),
                plain.source(),
                -5,
                "",
                false,
                Map.of("x-team", "\u0000'\"\uD83D\uDE00"),
                "2001:db8::1",
                1,
                "");
        add(books, List.of(plain, odd));
        add(books, List.of(plain, odd));

        List<StatisticsRow> rows = books.statistics(query(Granularity.TOTAL, BERLIN, Dimension.MODEL));
        assertThat(rows).extracting(row -> row.sums().requests()).containsExactlyInAnyOrder(1L, 1L);
        assertThat(books.records(new RecordQuery(at(FROM), at(TO), Map.of(), Optional.empty(), 9)))
                .hasSize(2)
                .contains(plain);
    }

    @Test
    void a_random_question_is_answered_as_from_the_records() throws Exception {
        SqlBooks books = open(ZoneId.of("Australia/Lord_Howe"));
        Random random = new Random(14);
        List<UsageRecord> all = new Calls(15).between(FROM, TO, 1_000);
        add(books, all);
        for (int i = 0; i < 60; i++) {
            long from = FROM + random.nextInt((int) (TO - FROM));
            long to = from + random.nextInt((int) (TO - from));
            check(
                    books,
                    all,
                    new StatisticsQuery(
                            at(from),
                            at(to),
                            ZoneId.of(random.nextBoolean() ? "Australia/Lord_Howe" : "America/St_Johns"),
                            Granularity.values()[random.nextInt(5)],
                            random.nextBoolean() ? List.of() : List.of(Dimension.CHANNEL, Dimension.ENDING),
                            Map.of(),
                            random.nextBoolean()));
        }
    }

    @Test
    void what_is_left_of_an_hour_is_the_same_piece_for_whoever_asks() throws Exception {
        ZoneId lordHowe = ZoneId.of("Australia/Lord_Howe"); // at two o'clock it is half past
        SqlBooks books = open(lordHowe);
        long change = Instant.parse("2026-10-03T15:30:00Z").toEpochMilli();
        List<UsageRecord> all = new Calls(16).between(change - 7_200_000, change + 7_200_000, 300);
        add(books, all);
        for (int minutes = -95; minutes < 95; minutes += 10) {
            check(
                    books,
                    all,
                    new StatisticsQuery(
                            at(change + minutes * 60_000L),
                            at(change + 7_200_000),
                            lordHowe,
                            Granularity.HOUR,
                            List.of(Dimension.USER),
                            Map.of(),
                            false));
        }
    }
}
