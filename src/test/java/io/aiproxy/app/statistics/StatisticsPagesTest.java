package io.aiproxy.app.statistics;

import static io.aiproxy.testing.CallRecord.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.Topic;
import io.aiproxy.testing.CallRecord;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums as JSON: what is counted, how time is cut, which rows there are, what is refused. */
class StatisticsPagesTest {
    @TempDir
    private Path directory;

    private Desk desk;

    @BeforeEach
    void open() {
        desk = new Desk(directory).open();
    }

    private void calls(CallRecord... calls) {
        for (CallRecord call : calls) {
            desk.books.with(call.record());
        }
    }

    private static List<String> each(JsonNode page, String field) {
        List<String> values = new ArrayList<>();
        page.path("rows").forEach(row -> values.add(row.path(field).asText()));
        return values;
    }

    @Test
    void a_row_has_every_number() {
        calls(
                at("a", "2026-05-20T11:00:00Z").took(100),
                at("b", "2026-05-20T11:01:00Z").took(300).used(CallRecord.tokens(40, 8), true),
                at("c", "2026-05-20T11:02:00Z").took(200).failed(502, "channel_error", "upstream_unreachable"),
                at("d", "2026-05-20T11:03:00Z").socket(3_600_000).cost(0, ""),
                at("old", "2026-05-19T11:59:59Z"));
        JsonNode page = desk.ask(Topic.SUMMARY, "latency=true");
        JsonNode row = page.at("/rows/0");
        assertThat(page.path("rows")).hasSize(1);
        assertThat(page.path("totals")).isEqualTo(row);
        assertThat(row.path("requests").asInt()).isEqualTo(4);
        assertThat(row.path("successful").asInt()).isEqualTo(3);
        assertThat(row.path("failed").asInt()).isEqualTo(1);
        assertThat(row.path("success_rate").toString()).isEqualTo("0.75");
        assertThat(row.path("attempts").asInt()).isEqualTo(4);
        assertThat(row.path("bytes_in").asInt()).isEqualTo(4000);
        assertThat(row.path("bytes_out").asInt()).isEqualTo(8000);
        assertThat(row.at("/usage/total_tokens").asInt()).isEqualTo(288);
        assertThat(row.at("/usage/input_tokens").asInt()).isEqualTo(240);
        assertThat(row.at("/usage/cached_input_tokens").asInt()).isEqualTo(120);
        assertThat(row.at("/usage/reasoning_tokens").asInt()).isEqualTo(12);
        assertThat(row.path("estimated").asInt()).isEqualTo(1);
        assertThat(row.path("unpriced").asInt()).isEqualTo(1);
        assertThat(row.path("cost").asText()).isEqualTo("0.0025");
        assertThat(row.path("currency").asText()).isEqualTo("USD");
        assertThat(row.at("/duration_ms/count").asInt()).isEqualTo(3);
        assertThat(row.at("/duration_ms/p50").asDouble()).isEqualTo(200.0);
        assertThat(row.at("/duration_ms/max").asDouble()).isEqualTo(300.0);
        assertThat(row.at("/first_byte_ms/p99").asDouble()).isEqualTo(150.0);
    }

    @Test
    void nothing_is_no_rows_and_zeros_and_no_rate() {
        JsonNode page = desk.ask(Topic.USERS, "");
        assertThat(page.path("rows")).isEmpty();
        assertThat(page.path("total_rows").asInt()).isZero();
        assertThat(page.at("/totals/requests").asInt()).isZero();
        assertThat(page.at("/totals/success_rate").isNull()).isTrue();
        assertThat(page.at("/totals/cost").asText()).isEqualTo("0");
        assertThat(page.at("/range/start_time").asText()).isEqualTo("2026-05-19T20:00:00+08:00");
        assertThat(page.at("/range/end_time").asText()).isEqualTo("2026-05-20T20:00:00+08:00");
        assertThat(page.path("time_zone").asText()).isEqualTo("Asia/Shanghai");
        assertThat(page.path("granularity").asText()).isEqualTo("total");
    }

    @Test
    void currencies_are_never_added_up() {
        calls(
                at("a", "2026-05-20T11:00:00Z").cost(1, "USD"),
                at("b", "2026-05-20T11:00:00Z").cost(2_000_000_000L, "CNY"),
                at("c", "2026-05-20T11:00:00Z").of("lisi").cost(7_000_000, "CNY"),
                at("d", "2026-05-20T11:00:00Z").of("lisi").cost(0, ""));
        JsonNode page = desk.ask(Topic.USERS, "sort=user");
        assertThat(each(page, "user")).containsExactly("lisi", "zhangsan");
        assertThat(page.at("/rows/0/cost").asText()).isEqualTo("0.007");
        assertThat(page.at("/rows/0/currency").asText()).isEqualTo("CNY");
        assertThat(page.at("/rows/0/unpriced").asInt()).isEqualTo(1);
        assertThat(page.at("/rows/1/cost").isNull()).isTrue();
        assertThat(page.at("/rows/1/costs").toString())
                .isEqualTo("[{\"currency\":\"CNY\",\"cost\":\"2\"},{\"currency\":\"USD\",\"cost\":\"0.000000001\"}]");
        assertThat(each(desk.ask(Topic.SUMMARY, "by=currency&sort=currency"), "requests"))
                .containsExactly("1", "2", "1");
    }

    @Test
    void each_topic_has_its_rows() {
        calls(
                at("a", "2026-05-20T11:00:00Z").of("zhangsan", "team-a", "team-b"),
                at("b", "2026-05-20T11:00:00Z").of("lisi", "team-a").to("beta", "qwen-max"),
                at("c", "2026-05-20T11:00:00Z").of("", "").to("", "").failed(401, "refused", "invalid_api_key"),
                at("d", "2026-05-20T11:00:00Z").failed(400, "caller_error", ""));
        assertThat(each(desk.ask(Topic.USERS, "sort=user"), "user_name")).containsExactly("", "", "张三");
        assertThat(each(desk.ask(Topic.CHANNELS, "sort=-requests,channel"), "channel"))
                .containsExactly("alpha", "", "beta");
        assertThat(each(desk.ask(Topic.CHANNELS, ""), "channel_name")).contains("Alpha");
        assertThat(each(desk.ask(Topic.MODELS, "sort=-model"), "model")).containsExactly("qwen-max", "gpt-4o", "");
        assertThat(each(desk.ask(Topic.KEYS, "user=lisi"), "key")).containsExactly("lisi/laptop");
        assertThat(each(desk.ask(Topic.GROUPS, "group=team-a&group=team-b"), "group"))
                .containsExactly("team-a", "team-b");
        assertThat(each(desk.ask(Topic.GROUPS, "sort=group"), "group")).containsExactly("", "team-a", "team-b");
        assertThat(desk.ask(Topic.GROUPS, "group=team-a&group=team-b")
                        .at("/totals/requests")
                        .asInt())
                .as("a call counts once in the whole")
                .isEqualTo(2);
        JsonNode operations = desk.ask(Topic.OPERATIONS, "");
        assertThat(operations.path("by").toString()).isEqualTo("[\"dialect\",\"operation\"]");
        assertThat(operations.at("/rows/0/operation").asText()).isEqualTo("chat");
        JsonNode errors = desk.ask(Topic.ERRORS, "sort=ending");
        assertThat(each(errors, "ending")).containsExactly("caller_error", "refused");
        assertThat(each(errors, "failure")).containsExactly("", "invalid_api_key");
        assertThat(errors.at("/totals/requests").asInt()).isEqualTo(4);
    }

    @Test
    void time_is_cut_in_the_zone_that_is_asked_for() {
        calls(
                at("a", "2026-05-18T15:59:59Z"),
                at("b", "2026-05-18T16:00:00Z"),
                at("c", "2026-05-19T15:59:59Z"),
                at("d", "2026-05-20T01:00:00Z"));
        JsonNode days = desk.ask(Topic.SUMMARY, "granularity=day");
        assertThat(each(days, "time"))
                .containsExactly("2026-05-18T00:00:00+08:00", "2026-05-19T00:00:00+08:00", "2026-05-20T00:00:00+08:00");
        assertThat(each(days, "requests")).containsExactly("1", "2", "1");
        assertThat(days.at("/range/start_time").asText()).isEqualTo("2026-04-21T00:00:00+08:00");
        JsonNode utc = desk.ask(Topic.SUMMARY, "granularity=day&time_zone=UTC");
        assertThat(each(utc, "requests")).containsExactly("2", "1", "1");
        assertThat(each(desk.ask(Topic.SUMMARY, "granularity=month&time_zone=-05:00"), "time"))
                .containsExactly("2026-05-01T00:00:00-05:00");
        assertThat(each(desk.ask(Topic.SUMMARY, "granularity=hour&start_time=2026-05-18"), "time"))
                .hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start_time=2026-05-19|2026-05-19T00:00:00+08:00|2026-05-20T20:00:00+08:00",
                "start_time=2026-05-19&end_time=2026-05-19|2026-05-19T00:00:00+08:00|2026-05-20T00:00:00+08:00",
                "start_time=2026-05-19T10:00&end_time=2026-05-19T11:00:30|2026-05-19T10:00:00+08:00|2026-05-19T11:01:00+08:00",
                "start_time=2026-05-19T10:00:59Z|2026-05-19T18:00:00+08:00|2026-05-20T20:00:00+08:00",
                "start_time=2026-05-19T10:00:00+02:00|2026-05-19T16:00:00+08:00|2026-05-20T20:00:00+08:00",
                "start_time=2026-05-19T10:00:00-07:00|2026-05-20T01:00:00+08:00|2026-05-20T20:00:00+08:00",
                "start_time=2026-05-19 10:00:00|2026-05-19T10:00:00+08:00|2026-05-20T20:00:00+08:00",
                "start_time=1779148800&end_time=1779152400000|2026-05-19T08:00:00+08:00|2026-05-19T09:00:00+08:00",
                "start_time=2026-05-19&time_zone=UTC|2026-05-19T00:00:00Z|2026-05-20T12:00:00Z",
                "granularity=minute|2026-05-20T19:00:00+08:00|2026-05-20T20:00:00+08:00",
                "granularity=month|2025-06-01T00:00:00+08:00|2026-05-20T20:00:00+08:00"
            })
    void moments_are_read_as_people_write_them(String query, String start, String end) {
        JsonNode range = desk.ask(Topic.SUMMARY, query).path("range");
        assertThat(range.path("start_time").asText()).isEqualTo(start);
        assertThat(range.path("end_time").asText()).isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start_time=yesterday|start_time",
                "start_time=20260501|start_time",
                "start_time=2026-02-30|start_time",
                "start_time=-2026-05-01T00:00:00Z|start_time",
                "end_time=2026-05-20T25:00:00|end_time",
                "start_time=2026-05-20&end_time=2026-05-19|end_time",
                "start_time=2027-01-01|start_time",
                "time_zone=Asia/Nowhere|time_zone",
                "granularity=week|granularity",
                "by=colour|by",
                "by=user,key,group,channel,model|by",
                "sort=beauty|sort",
                "sort=duration_p95|latency=true",
                "top=0|top",
                "top=101|top",
                "limit=10001|limit",
                "limit=1&limit=2|limit",
                "offset=-1|offset",
                "latency=yes|latency",
                "colour=red|colour"
            })
    void what_cannot_be_understood_is_told_by_its_name(String query, String name) {
        Declined declined = desk.declined(Topic.SUMMARY, query);
        assertThat(declined.why()).isEqualTo(Declined.Why.MALFORMED);
        assertThat(declined).hasMessageContaining(name);
    }

    @Test
    void filters_may_stand_there_several_times_and_hold_anything() {
        calls(
                at("a", "2026-05-20T11:00:00Z").of("o'hara \"%_\\"),
                at("b", "2026-05-20T11:00:00Z").of("lisi"),
                at("c", "2026-05-20T11:00:00Z").of(""));
        assertThat(each(desk.ask(Topic.USERS, "user=o'hara+%22%25_%5C&user=lisi&sort=user"), "user"))
                .containsExactly("lisi", "o'hara \"%_\\");
        assertThat(desk.ask(Topic.SUMMARY, "user=").at("/totals/requests").asInt())
                .isEqualTo(1);
        assertThat(desk.ask(Topic.SUMMARY, "user=lisi&model=other").path("rows"))
                .isEmpty();
        assertThat(desk.declined(Topic.SUMMARY, "user=x&".repeat(101))).hasMessageContaining("user");
    }

    @Test
    void pages_fit_together_and_keep_their_time() {
        for (int i = 0; i < 25; i++) {
            calls(at("r" + i, "2026-05-20T11:00:00Z").of("user" + (100 + i)));
        }
        JsonNode page = desk.ask(Topic.USERS, "limit=10&sort=user&model=gpt-4o");
        List<String> all = new ArrayList<>(each(page, "user"));
        assertThat(page.path("total_rows").asInt()).isEqualTo(25);
        while (page.has("next")) {
            assertThat(page.path("next").asText()).startsWith("/here?").contains("start_time=1779");
            page = desk.next(Topic.USERS, page);
            all.addAll(each(page, "user"));
        }
        assertThat(all).hasSize(25).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void the_largest_are_the_largest_of_the_whole_time() {
        calls(
                at("a", "2026-05-18T11:00:00Z").of("a"),
                at("b", "2026-05-19T11:00:00Z").of("a"),
                at("c", "2026-05-19T11:00:01Z").of("b").cost(9_000_000_000L, "USD"),
                at("d", "2026-05-19T11:00:02Z").of("c"));
        JsonNode page = desk.ask(Topic.USERS, "top=1&granularity=day");
        assertThat(each(page, "user")).containsExactly("a", "a");
        assertThat(each(page, "requests")).containsExactly("1", "1");
        assertThat(page.at("/totals/requests").asInt()).isEqualTo(4);
        assertThat(each(desk.ask(Topic.USERS, "top=2&sort=-cost&start_time=2026-05-18"), "user"))
                .containsExactly("b", "a");
        assertThat(desk.ask(Topic.USERS, "top=2&user=nobody").path("rows")).isEmpty();
    }

    @Test
    void what_would_be_too_large_is_refused_before_it_is_made() {
        Declined pieces = desk.declined(Topic.SUMMARY, "granularity=minute&start_time=2026-01-01");
        assertThat(pieces.why()).isEqualTo(Declined.Why.TOO_MUCH);
        assertThat(pieces).hasMessageContaining("granularity");
        List<UsageRecord> many = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            many.add(at("m" + i, "2026-05-20T11:00:00Z").of("user" + i).record());
        }
        desk.books.with(many.toArray(UsageRecord[]::new));
        String month = "granularity=minute&start_time=2026-04-20T00:00:00";
        assertThat(desk.declined(Topic.USERS, month)).hasMessageContaining("rows");
        assertThat(desk.ask(Topic.USERS, month + "&top=1").path("rows")).hasSize(1);
    }

    @Test
    void without_books_it_says_why() {
        Desk closed = new Desk(directory);
        assertThat(closed.declined(Topic.SUMMARY, "").why()).isEqualTo(Declined.Why.AWAY);
        assertThat(closed.declined(Topic.SUMMARY, "")).hasMessageContaining("not open");
        assertThat(new Desk(directory, "enabled: false").declined(Topic.OWN, ""))
                .hasMessageContaining("usage.enabled is false");
        desk.books.fail(new BooksException("The database at db:5432 does not answer.", true, new IOException()));
        assertThat(desk.declined(Topic.USERS, "").why()).isEqualTo(Declined.Why.DOWN);
        assertThat(desk.declined(Topic.USERS, "")).hasMessageContaining("db:5432");
        desk.books.fail(new BooksException("Sums by minute are kept for 7 days.", false, null));
        assertThat(desk.declined(Topic.USERS, "").why()).isEqualTo(Declined.Why.TOO_MUCH);
        desk.books.fail(new BooksException("The file is broken.", false, new IOException()));
        assertThat(desk.declined(Topic.USERS, "").why()).isEqualTo(Declined.Why.AWAY);
        desk.books.fail(null);
        assertThat(desk.ask(Topic.USERS, "").path("rows")).isEmpty();
        desk.service.close();
        assertThat(desk.declined(Topic.USERS, "")).hasMessageContaining("not open");
    }
}
