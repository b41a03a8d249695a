package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.AccessLogRecords;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What books must do in every database with usage that is told wherever a result is fetched: it counts once. */
abstract class ToldContract extends ModelsContract {
    private static final String WORK = "0123456789abcdef0123456789abcdef";

    /** A call that has fetched a result. */
    private static UsageRecord fetched(String id, long started, String work) {
        return new UsageRecord(
                id,
                started,
                started + 5,
                "zhangsan",
                "laptop",
                List.of(),
                "bailian",
                "default",
                "dashscope",
                "tasks",
                "/api/v1/tasks/{id}",
                "GET",
                "",
                "wan-2",
                false,
                200,
                "ok",
                "",
                1,
                0,
                20,
                3_000,
                5_000,
                100,
                new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0),
                UsageSource.PROVIDER,
                700,
                "CNY",
                true,
                Map.of(),
                "192.0.2.1",
                1,
                work);
    }

    private static Position place(String journal, long offset) {
        return new Position(journal, 1, offset);
    }

    private static List<UsageRecord> kept(SqlBooks books) throws Exception {
        List<UsageRecord> kept = new ArrayList<>();
        books.each(Instant.MIN, Instant.MAX, kept::add);
        return kept;
    }

    /** Records and sums are these, and sums stay so when they are made again. */
    private void check(SqlBooks books, UsageRecord... expected) throws Exception {
        assertThat(kept(books)).containsExactlyInAnyOrder(expected);
        for (int i = 0; i < 2; i++) {
            for (Granularity granularity : Granularity.values()) {
                StatisticsQuery query = query(granularity, BERLIN);
                assertThat(books.statistics(query)).isEqualTo(Naive.statistics(List.of(expected), query));
            }
            books.rebuild(at(FROM - 86_400_000), at(TO));
        }
    }

    @Test
    void what_two_gateways_tell_counts_for_the_first() throws Exception {
        SqlBooks one = open(BERLIN);
        SqlBooks other = open(BERLIN);
        UsageRecord first = fetched("req-1", FROM + 60_000, WORK);
        UsageRecord second = fetched("req-2", FROM + 30_000, WORK);
        UsageRecord another = fetched("req-3", FROM + 90_000, WORK.replace('0', '1'));
        UsageRecord plain = fetched("req-4", FROM + 90_000, "");
        UsageRecord alike = fetched("req-5", FROM + 90_000, "");
        one.add(List.of(first, plain), place("a", 1));
        other.add(List.of(second, another, alike), place("b", 1));

        UsageRecord stripped = kept(one).get(0);
        assertThat(stripped.id()).isEqualTo("req-2");
        assertThat(stripped.usage()).isEqualTo(Usage.NONE);
        assertThat(stripped.source()).isEqualTo(UsageSource.NONE);
        assertThat(stripped.cost()).isZero();
        assertThat(stripped.currency()).isEmpty();
        assertThat(stripped.priced()).isFalse();
        assertThat(stripped.work()).isEqualTo(WORK);
        check(one, first, plain, second.toldElsewhere(), another, alike);
        StatisticsRow all = one.statistics(query(Granularity.TOTAL, BERLIN)).get(0);
        assertThat(all.sums().requests()).isEqualTo(5);
        assertThat(all.sums().usage().images()).isEqualTo(16);
        assertThat(all.sums().cost()).isEqualTo(2_800);
    }

    @Test
    void who_adds_the_same_again_comes_to_the_same_end() throws Exception {
        SqlBooks one = open(BERLIN);
        SqlBooks other = open(BERLIN);
        UsageRecord first = fetched("req-1", FROM + 60_000, WORK);
        UsageRecord second = fetched("req-2", FROM + 30_000, WORK);
        one.add(List.of(first), place("a", 1));
        other.add(List.of(second), place("b", 1));
        one.add(List.of(first), place("a", 1));
        other.add(List.of(second), place("b", 1));
        check(one, first, second.toldElsewhere());

        // a database that was put back: the records are gone, and come again in another order
        execute("DELETE FROM aiproxy_usage_record");
        open(BERLIN).rebuild(at(FROM - 86_400_000), at(TO));
        other.add(List.of(second), place("b", 2));
        one.add(List.of(first), place("a", 2));
        check(one, first, second.toldElsewhere());
    }

    @Test
    void of_two_in_one_batch_the_first_counts() throws Exception {
        SqlBooks books = open(BERLIN);
        UsageRecord first = fetched("req-1", FROM + 60_000, WORK);
        UsageRecord second = fetched("req-2", FROM + 30_000, WORK);
        books.add(List.of(first, second), place("a", 1));
        check(books, first, second.toldElsewhere());
        books.add(List.of(second, first), place("a", 2));
        check(books, first, second.toldElsewhere());
    }

    @Test
    void what_tells_nothing_takes_nothing_from_others() throws Exception {
        SqlBooks books = open(BERLIN);
        UsageRecord nothing = fetched("req-1", FROM + 30_000, WORK).toldElsewhere();
        UsageRecord first = fetched("req-2", FROM + 60_000, WORK);
        books.add(List.of(nothing, first), place("a", 1));
        check(books, nothing, first);
    }

    /** Each waits for the other now and then, and none of them forever. */
    @Test
    void gateways_that_tell_the_same_at_once_tell_it_once() throws Exception {
        int works = 60;
        List<CompletableFuture<?>> tellers = new ArrayList<>();
        for (String gateway : List.of("a", "b")) {
            SqlBooks books = open(BERLIN);
            books.position(gateway);
            List<UsageRecord> records = new ArrayList<>();
            for (int i = 0; i < works; i++) {
                records.add(fetched(gateway + i, FROM + i * 1_000L, "%032x".formatted(i)));
            }
            if (gateway.equals("b")) {
                Collections.reverse(records);
            }
            tellers.add(CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < works; i += 5) {
                        books.add(records.subList(i, i + 5), place(gateway, i + 1));
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        CompletableFuture.allOf(tellers.toArray(CompletableFuture[]::new)).join();

        SqlBooks books = open(BERLIN);
        assertThat(kept(books).stream()
                        .filter(record -> record.source() == UsageSource.PROVIDER)
                        .map(UsageRecord::work))
                .hasSize(works)
                .doesNotHaveDuplicates();
        check(books, kept(books).toArray(UsageRecord[]::new));
        StatisticsRow all = books.statistics(query(Granularity.TOTAL, BERLIN)).get(0);
        assertThat(all.sums().requests()).isEqualTo(2 * works);
        assertThat(all.sums().cost()).isEqualTo(700L * works);
    }

    @Test
    void what_is_imported_from_access_logs_counts_once() throws Exception {
        SqlBooks books = open(BERLIN);
        UsageRecord journaled = fetched("req-1", FROM + 60_000, WORK);
        books.add(List.of(journaled), place("a", 1));
        AccessLogRecords lines = new AccessLogRecords(Pricing.NONE);
        List<UsageRecord> read = new ArrayList<>();
        for (String line : List.of(
                line("req-1", FROM + 60_000, WORK),
                line("req-2", FROM + 70_000, WORK),
                line("req-3", FROM + 80_000, "ffffffffffffffffffffffffffffffff"),
                line("req-4", FROM + 90_000, "ffffffffffffffffffffffffffffffff"),
                line("req-5", FROM + 95_000, ""))) {
            read.add(lines.record(line).orElseThrow());
        }
        assertThat(books.addMissing(read.iterator()).added()).isEqualTo(4);
        assertThat(books.addMissing(read.iterator()).added()).isZero();
        check(
                books,
                journaled,
                read.get(1).toldElsewhere(),
                read.get(2),
                read.get(3).toldElsewhere(),
                read.get(4));
    }

    private static String line(String id, long started, String work) {
        return "{\"time\":\"" + at(started) + "\",\"id\":\"" + id + "\",\"channel\":\"bailian\",\"status\":200,"
                + "\"ending\":\"ok\",\"usage\":{\"images\":4}" + (work.isEmpty() ? "" : ",\"work\":\"" + work + "\"")
                + "}";
    }

    @Test
    void who_has_told_is_known_longer_than_its_record() throws Exception {
        SqlBooks books = open(BERLIN);
        books.add(List.of(fetched("req-1", FROM, WORK)), place("a", 1));
        books.purge(at(FROM).plus(Duration.ofDays(62)), at(FROM));
        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_record")).isZero();
        UsageRecord late = fetched("req-2", FROM + 60_000, WORK);
        books.add(List.of(late), place("a", 2));
        assertThat(kept(books)).containsExactly(late.toldElsewhere());

        books.purge(at(FROM + 1).plus(Duration.ofDays(62)), at(FROM));
        assertThat(count("SELECT COUNT(*) FROM aiproxy_usage_told")).isZero();
    }
}
