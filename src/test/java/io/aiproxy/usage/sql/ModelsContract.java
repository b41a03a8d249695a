package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What books must do in every database with names of models that callers have made up. */
abstract class ModelsContract extends BooksContract {
    private static final String MALLORY = "mallory";
    private long place;
    private int ids;

    /** A call of which only the model matters. */
    private UsageRecord call(String user, String asked, String answered, int status) {
        boolean used = status < 400;
        long started = FROM + 977L * (ids % 600_000);
        return new UsageRecord(
                "req-" + ids++,
                started,
                started + 5,
                user,
                "laptop",
                List.of("staff"),
                "openai",
                "default",
                "openai",
                "chat",
                "/v1/chat/completions",
                "POST",
                asked,
                answered,
                false,
                status,
                "ok",
                "",
                1,
                10,
                20,
                3_000,
                5_000,
                100,
                used ? new Usage(7, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) : Usage.NONE,
                used ? UsageSource.PROVIDER : UsageSource.NONE,
                used ? 11 : 0,
                used ? "USD" : "",
                used,
                Map.of(),
                "192.0.2.1",
                1,
                "");
    }

    private List<UsageRecord> refused(String user, int from, int to) {
        List<UsageRecord> calls = new ArrayList<>();
        for (int i = from; i < to; i++) {
            calls.add(call(user, "made-up-" + i, "", 404));
        }
        return calls;
    }

    private void book(SqlBooks books, List<UsageRecord> calls) throws Exception {
        for (int i = 0; i < calls.size(); i += 20_000) {
            books.add(calls.subList(i, Math.min(calls.size(), i + 20_000)), new Position("m", 1, ++place));
        }
    }

    private static StatisticsQuery models(Granularity granularity, String... users) {
        return new StatisticsQuery(
                at(FROM),
                at(TO),
                BERLIN,
                granularity,
                List.of(Dimension.MODEL),
                users.length == 0 ? Map.of() : Map.of(Dimension.USER, Set.of(users)),
                true);
    }

    private static long requests(List<StatisticsRow> rows, String model) {
        return rows.stream()
                .filter(row -> row.values().equals(List.of(model)))
                .mapToLong(row -> row.sums().requests())
                .sum();
    }

    /** How many names a caller makes up here. */
    int flood() {
        return 5_000;
    }

    @Test
    void a_caller_who_makes_names_up_makes_no_rows_and_harms_nobody() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> office = new Calls(21).between(FROM, TO, 500);
        add(books, office.subList(0, 250));
        List<UsageRecord> made = refused(MALLORY, 0, flood());
        book(books, made);
        add(books, office.subList(250, 500));

        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_dimension WHERE user_id = 'mallory'"))
                .isEqualTo(Models.ASKED + 1);
        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_month WHERE dimension IN"
                        + " (SELECT id FROM aiproxy_usage_dimension WHERE user_id = 'mallory')"))
                .isLessThanOrEqualTo(2L * (Models.ASKED + 1));
        List<StatisticsRow> rows = books.statistics(models(Granularity.TOTAL, MALLORY));
        assertThat(rows).hasSize(Models.ASKED + 1);
        assertThat(requests(rows, Models.OTHER)).isEqualTo(flood() - Models.ASKED);
        assertThat(rows.stream().mapToLong(row -> row.sums().requests()).sum()).isEqualTo(flood());

        List<UsageRecord> all = new ArrayList<>(office);
        all.addAll(made);
        StatisticsQuery others = models(Granularity.DAY, "zhangsan", "lisi", "wang/wu", "");
        assertThat(books.statistics(others)).isEqualTo(Naive.statistics(office, others));
        StatisticsQuery users = query(Granularity.HOUR, BERLIN, Dimension.USER, Dimension.ENDING);
        assertThat(books.statistics(users)).isEqualTo(Naive.statistics(all, users));
    }

    @Test
    void sums_made_again_of_records_are_those_that_were_added() throws Exception {
        SqlBooks books = open(BERLIN);
        book(books, refused(MALLORY, 0, 150));
        book(books, List.of(call(MALLORY, "made-up-140", "made-up-140", 200)));
        book(books, refused(MALLORY, 120, 170));
        List<StatisticsRow> added = books.statistics(models(Granularity.HOUR));

        assertThat(books.rebuild(at(FROM), at(TO))).isEqualTo(201);
        assertThat(books.statistics(models(Granularity.HOUR))).isEqualTo(added);
        assertThat(requests(books.statistics(models(Granularity.TOTAL)), "made-up-140"))
                .isEqualTo(2);
    }

    @Test
    void places_are_the_same_after_a_restart_and_at_another_instance() throws Exception {
        List<UsageRecord> first = refused(MALLORY, 0, 60);
        List<UsageRecord> second = refused(MALLORY, 60, 140);
        SqlBooks one = open(BERLIN);
        book(one, first);
        SqlBooks two = open(BERLIN);
        two.add(second, new Position("n", 1, 1));
        book(one, refused(MALLORY, 60, 140));
        book(one, refused(MALLORY, 0, 60));
        book(one, refused(MALLORY, 1_000, 1_010));
        SqlBooks three = open(BERLIN);
        book(three, refused("lisi", 0, 10));
        book(three, refused(MALLORY, 0, 140));

        List<StatisticsRow> rows = three.statistics(models(Granularity.TOTAL, MALLORY));
        assertThat(rows).hasSize(Models.ASKED + 1);
        for (int i = 0; i < Models.ASKED; i++) {
            assertThat(requests(rows, "made-up-" + i)).isEqualTo(3);
        }
        assertThat(requests(rows, Models.OTHER)).isEqualTo(3 * 40 + 10);
        assertThat(requests(three.statistics(models(Granularity.TOTAL, "lisi")), "made-up-9"))
                .isEqualTo(1);
    }

    @Test
    void names_that_a_provider_served_have_more_room_and_those_it_told_have_all() throws Exception {
        SqlBooks books = open(BERLIN);
        book(books, refused(MALLORY, 0, 200));
        List<UsageRecord> served = new ArrayList<>();
        List<UsageRecord> told = new ArrayList<>();
        for (int i = 0; i < Models.SERVED; i++) {
            served.add(call(MALLORY, "echoed-" + i, i % 2 == 0 ? "echoed-" + i : "", 200));
            told.add(call(MALLORY, "latest", "told-" + i, 200));
        }
        book(books, served);
        List<StatisticsRow> rows = books.statistics(models(Granularity.TOTAL, MALLORY));
        assertThat(rows).hasSize(Models.SERVED + 1);
        assertThat(requests(rows, "echoed-0")).isEqualTo(1);
        assertThat(requests(rows, Models.OTHER)).isEqualTo(100 + Models.ASKED);

        book(books, told);
        assertThat(books.statistics(models(Granularity.TOTAL, MALLORY)))
                .hasSize(2 * Models.SERVED + 1)
                .anyMatch(row -> row.values().equals(List.of("told-1999")));
    }

    @Test
    void records_keep_the_name_and_are_found_by_it() throws Exception {
        SqlBooks books = open(BERLIN);
        book(books, refused(MALLORY, 0, Models.ASKED));
        List<UsageRecord> served = new ArrayList<>();
        for (int i = 0; i < Models.SERVED; i++) {
            served.add(call(MALLORY, "echoed-" + i, "", 200));
        }
        book(books, served);
        List<UsageRecord> last = List.of(
                call(MALLORY, "another", "", 404),
                call(MALLORY, "another", "another", 200),
                call(MALLORY, "another", "", 200),
                call(MALLORY, "with blanks  ", "", 404),
                call(MALLORY, "another", "known", 200),
                call(MALLORY, Models.OTHER, "", 404),
                call(MALLORY, Models.OTHER, Models.OTHER, 200),
                call(MALLORY, "", "", 404));
        book(books, last);

        List<UsageRecord> found = new ArrayList<>();
        books.each(at(FROM), at(TO), found::add);
        assertThat(found).containsAll(last);
        assertThat(records(books, "another")).containsExactly(last.get(2), last.get(1), last.get(0));
        assertThat(records(books, "known")).containsExactly(last.get(4));
        assertThat(records(books, Models.OTHER)).contains(last.get(0), last.get(5), last.get(6));
        assertThat(records(books, "nobody's")).isEmpty();
    }

    private static List<UsageRecord> records(SqlBooks books, String model) throws Exception {
        return books.records(
                new RecordQuery(at(FROM), at(TO), Map.of(Dimension.MODEL, Set.of(model)), Optional.empty(), 1_000));
    }

    @Test
    void books_that_an_older_version_has_filled_go_on() throws Exception {
        try (SqlBooks before = SqlBooks.open(database, BERLIN)) {
            before.position("m");
        }
        execute("DROP INDEX aiproxy_usage_dimension_model" + onTable());
        execute("DROP TABLE aiproxy_usage_whole");
        execute("DROP TABLE aiproxy_usage_told");
        execute("ALTER TABLE aiproxy_usage_record DROP COLUMN work");
        execute("DELETE FROM aiproxy_usage_schema_history WHERE version = '2'");
        for (int i = 0; i < 300; i++) {
            execute(
                    "INSERT INTO aiproxy_usage_dimension (digest, user_id, user_key, user_groups, channel, model, dialect,"
                            + " operation, ending, failure, currency) VALUES ('old-" + i
                            + "', 'mallory', 'mallory/laptop', '[]', '', 'made-up-" + i
                            + "', 'openai', 'chat', 'ok', '', '')");
        }
        SqlBooks books = open(BERLIN);
        book(books, refused(MALLORY, 290, 310));

        List<StatisticsRow> rows = books.statistics(models(Granularity.TOTAL, MALLORY));
        assertThat(rows).hasSize(11);
        assertThat(requests(rows, Models.OTHER)).isEqualTo(10);
        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_schema_history WHERE version = '2' AND success"))
                .isEqualTo(1);
    }

    /** What {@code DROP INDEX} says besides its name. */
    String onTable() {
        return "";
    }
}
