package io.aiproxy.app.statistics;

import static io.aiproxy.testing.CallRecord.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.File;
import io.aiproxy.admin.UsageDesk.Topic;
import io.aiproxy.core.CallIds;
import io.aiproxy.usage.BooksException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single records, one's own usage, files. */
class RecordPagesTest {
    @TempDir
    private Path directory;

    private Desk desk;

    @BeforeEach
    void open() {
        desk = new Desk(directory).open();
    }

    private static List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("records").forEach(record -> ids.add(record.path("id").asText()));
        return ids;
    }

    private void calls(int count) {
        for (int i = 0; i < count; i++) {
            // several begin in the same millisecond
            desk.books.with(at("req_" + (100 + i), "2026-05-20T11:00:00." + (i / 4) + "Z")
                    .of(i % 2 == 0 ? "zhangsan" : "lisi")
                    .record());
        }
    }

    @Test
    void pages_are_newest_first_and_none_is_missing_or_twice() {
        calls(23);
        JsonNode page = desk.ask(Topic.RECORDS, "limit=5");
        assertThat(page.path("limit").asInt()).isEqualTo(5);
        List<String> all = new ArrayList<>(ids(page));
        while (page.has("next")) {
            desk.books.with(at("late" + all.size(), "2026-05-20T11:59:00Z").record());
            page = desk.next(Topic.RECORDS, page);
            all.addAll(ids(page));
        }
        assertThat(all).hasSize(23).doesNotHaveDuplicates();
        assertThat(all.get(0)).isEqualTo("req_122");
        assertThat(all.get(22)).isEqualTo("req_100");
        assertThat(ids(desk.ask(Topic.RECORDS, "user=lisi&limit=1000"))).hasSize(11);
    }

    @Test
    void a_record_is_told_whole_and_found_by_its_id() {
        desk.books.with(at("req_1", "2026-05-20T11:00:00.5Z").cost(12, "USD").record());
        desk.books.with(at("req_old", "2026-05-01T11:00:00Z").record());
        JsonNode record = desk.ask(Topic.RECORD, "req_1", "").path("record");
        assertThat(record).isEqualTo(desk.ask(Topic.RECORDS, "").at("/records/0"));
        assertThat(record.path("time").asText()).isEqualTo("2026-05-20T11:00:00.500Z");
        assertThat(record.path("credential").asText()).isEqualTo("main");
        assertThat(record.path("cost").decimalValue()).isEqualByComparingTo("0.000000012");
        assertThat(desk.ask(Topic.RECORD, "req_old", "start_time=2026-05-01&end_time=2026-05-01")
                        .at("/record/id")
                        .asText())
                .isEqualTo("req_old");
        assertThat(desk.declined(Topic.RECORD, "").why()).isEqualTo(Declined.Why.NOT_FOUND);
        assertThat(desk.declined(Topic.RECORD, "start_time=2026-01-01")).hasMessageContaining("start_time");
    }

    @Test
    void an_id_that_tells_its_time_leads_to_its_record_at_any_time() {
        long began = Instant.parse("2024-02-29T23:59:59.999Z").toEpochMilli();
        String id = CallIds.of(began, 7, 1);
        desk.books.with(at(id, "2024-02-29T23:59:59.999Z").record());
        desk.books.with(at(CallIds.of(began, 7, 2), "2024-02-29T23:59:59.999Z").record());
        assertThat(desk.ask(Topic.RECORD, id, "").at("/record/id").asText()).isEqualTo(id);
        assertThat(desk.ask(Topic.RECORD, id, "start_time=2020-01-01")
                        .at("/record/id")
                        .asText())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense!", "YWJj", "LmFiYw", "enp6enp6enp6enp6enp6enp6LmE"})
    void a_cursor_of_somebody_elses_is_refused(String cursor) {
        assertThat(desk.declined(Topic.RECORDS, "cursor=" + cursor)).hasMessageContaining("cursor");
    }

    @Test
    void one_sees_oneself_and_nobody_else() {
        calls(8);
        desk.books.with(
                at("req_x", "2026-05-20T11:00:00Z").to("alpha", "qwen-max").record());
        JsonNode page = desk.ask(Topic.OWN, "");
        assertThat(page.path("user").asText()).isEqualTo("zhangsan");
        assertThat(page.at("/totals/requests").asInt()).isEqualTo(5);
        assertThat(page.at("/by_time/0/time").asText()).isEqualTo("2026-05-20T00:00:00+08:00");
        assertThat(page.at("/by_model/0/model").asText()).isEqualTo("gpt-4o");
        assertThat(page.path("by_model")).hasSize(2);
        assertThat(page.has("records")).isFalse();
        JsonNode first = desk.ask(Topic.OWN, "records=true&limit=3&granularity=total&key=laptop");
        assertThat(first.has("by_time")).isFalse();
        List<String> all = new ArrayList<>(ids(first));
        all.addAll(ids(desk.next(Topic.OWN, first)));
        assertThat(all).containsExactly("req_106", "req_104", "req_x", "req_102", "req_100");
        assertThat(first.at("/records/0/user").asText()).isEqualTo("zhangsan");
        assertThat(first.toString()).doesNotContain("credential");
        assertThat(desk.declined(Topic.OWN, "user=lisi")).hasMessageContaining("user");
        assertThat(desk.ask(Topic.OWN, "key=lisi/laptop").at("/totals/requests").asInt())
                .isZero();
    }

    @Test
    void files_hold_what_the_pages_say() throws IOException {
        calls(8);
        desk.books.with(at("evil", "2026-05-20T11:00:00Z").of("=cmd()").record());
        List<CSVRecord> rows = CSVParser.parse(
                        desk.text("of=users&start_time=2026-05-20"),
                        CSVFormat.DEFAULT.builder().setHeader().get())
                .getRecords();
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).get("user")).doesNotStartWith("=");
        assertThat(rows.get(1).get("user")).isEqualTo("lisi");
        assertThat(rows.get(1).get("requests")).isEqualTo("4");
        assertThat(rows.get(1).get("cost_USD")).isEqualTo("0.005");
        String json = desk.text("of=users&format=json&sort=-user&top=2");
        assertThat(json).contains("\"totals\":{\"requests\":9").contains("张三");
        assertThat(desk.text("of=records&format=ndjson&user=lisi").lines())
                .hasSize(4)
                .allMatch(line -> line.startsWith("{\"time\":\"2026-05-20T11:00:0"));
        assertThat(desk.text("of=errors")).startsWith("ending,failure,").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "format=xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,xlsx",
        "format=pdf&lang=zh,application/pdf,pdf",
        "format=csv&bom=true,text/csv; charset=utf-8,csv",
        "format=json,application/json,json",
        "format=ndjson&of=records,application/x-ndjson,ndjson"
    })
    void files_have_their_type_and_a_name(String query, String type, String ending) throws Exception {
        calls(3);
        File file = desk.file(query);
        assertThat(file.mediaType()).isEqualTo(type);
        assertThat(file.name()).matches("[A-Za-z0-9.-]+").endsWith("." + ending);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        file.content().write(bytes);
        assertThat(bytes.size()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "format=doc,format",
        "of=everything,of",
        "of=records,format",
        "format=ndjson,format",
        "format=csv&top=3,top",
        "format=json&lang=zh,lang",
        "lang=fr,lang",
        "format=xlsx&records=-1,records",
        "of=records&format=ndjson&by=user,by"
    })
    void parameters_without_effect_are_refused(String query, String name) {
        Declined declined = desk.declined(Topic.EXPORT, query);
        assertThat(declined.why()).isEqualTo(Declined.Why.MALFORMED);
        assertThat(declined).hasMessageContaining(name);
    }

    @Test
    void books_that_go_away_are_told_of() {
        File file = desk.file("of=records&format=ndjson");
        desk.books.fail(new BooksException("The database has gone.", true, new IOException()));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> file.content().write(new ByteArrayOutputStream())))
                .isInstanceOf(Declined.class)
                .hasMessageContaining("has gone");
    }
}
