package io.aiproxy.usage.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.config.ReportConfig;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV, read back by a parser that shares nothing with the writer. */
class CsvWriterTest {
    private final LedgerBooks books = new LedgerBooks();
    private final ReportWriter writer = ReportWriters.of(ReportConfig.Format.CSV);

    private byte[] bytes(ReportQuery query) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(query, books, out);
        return out.toByteArray();
    }

    private List<Map<String, String>> rows(StatisticsQuery query) throws Exception {
        return rows(ReportQuery.of(query, Scene.MADE));
    }

    private List<Map<String, String>> rows(ReportQuery query) throws Exception {
        String text = new String(bytes(query), StandardCharsets.UTF_8);
        List<List<String>> lines = parse(text);
        List<Map<String, String>> rows = new ArrayList<>();
        for (List<String> line : lines.subList(1, lines.size())) {
            assertThat(line).hasSameSizeAs(lines.get(0));
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < line.size(); i++) {
                row.put(lines.get(0).get(i), line.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    /** RFC 4180 to the letter: records end with CRLF, quotes only around whole fields. */
    private static List<List<String>> parse(String text) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == ',') {
                line.add(field.toString());
                field.setLength(0);
            } else if (!quoted && c == '\r' && text.charAt(i + 1) == '\n') {
                line.add(field.toString());
                field.setLength(0);
                lines.add(line);
                line = new ArrayList<>();
                i++;
            } else {
                assertThat(!quoted && c == '\n').isFalse();
                field.append(c);
            }
        }
        assertThat(field).isEmpty();
        return lines;
    }

    @Test
    void one_row_for_each_row_of_statistics_with_exact_money() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z")
                        .used(10, 5)
                        .cost("0.000000001", "CNY")
                        .record(),
                Calls.at("2026-11-02T15:59:00Z")
                        .used(7, 2)
                        .cost("123456.7", "CNY")
                        .record(),
                Calls.at("2026-11-02T16:00:00Z").used(1, 1).record(),
                Calls.at("2026-11-03T01:00:00Z").by("李四, \"Li\"").status(500).record());
        List<Map<String, String>> rows = rows(Scene.november(Granularity.DAY, Dimension.USER));

        assertThat(rows).hasSize(3);
        assertThat(rows.get(0))
                .containsEntry("time", "2026-11-02")
                .containsEntry("user", "zhangsan")
                .containsEntry("requests", "2")
                .containsEntry("input_tokens", "17")
                .containsEntry("output_tokens", "7")
                .containsEntry("cost_CNY", "123456.700000001");
        assertThat(rows.get(1))
                .containsEntry("time", "2026-11-03")
                .containsEntry("unpriced", "1")
                .containsEntry("cost_CNY", "0");
        assertThat(rows.get(2)).containsEntry("user", "李四, \"Li\"").containsEntry("successful", "0");
    }

    @Test
    void currencies_are_never_added_up() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z").used(1, 1).cost("2.5", "USD").record(),
                Calls.at("2026-11-02T02:00:00Z").used(1, 1).cost("10", "CNY").record());
        assertThat(rows(Scene.november(Granularity.TOTAL))).singleElement().satisfies(row -> assertThat(row)
                .doesNotContainKeys("time", "cost")
                .containsEntry("requests", "2")
                .containsEntry("cost_CNY", "10")
                .containsEntry("cost_USD", "2.5"));
        assertThat(rows(Scene.november(Granularity.TOTAL, Dimension.CURRENCY)))
                .extracting(row -> row.get("currency") + " " + row.get("cost") + " " + row.get("requests"))
                .containsExactly("CNY 10 1", "USD 2.5 1");
    }

    @Test
    void percentiles_are_of_all_currencies_together() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z").took(1_000).cost("1", "USD").record(),
                Calls.at("2026-11-02T02:00:00Z").took(3_000).cost("1", "CNY").record(),
                Calls.at("2026-11-02T03:00:00Z").took(5_000).record());
        StatisticsQuery asked = Scene.november(Granularity.TOTAL, Dimension.USER);
        StatisticsQuery slow = new StatisticsQuery(
                asked.from(), asked.to(), asked.zone(), asked.granularity(), asked.by(), asked.filters(), true);
        assertThat(rows(slow)).singleElement().satisfies(row -> assertThat(row)
                .containsEntry("duration_p50_ms", "3.000")
                .containsEntry("duration_max_ms", "5.000")
                .containsEntry("first_byte_p50_ms", "")
                .containsEntry("duration_ms", "9.000"));
    }

    @Test
    void names_stand_behind_their_ids() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z").by("u1").record(),
                Calls.at("2026-11-02T01:00:00Z").by("gone").record());
        StatisticsQuery asked =
                Scene.november(Granularity.TOTAL, Dimension.USER, Dimension.CHANNEL, Dimension.GROUP, Dimension.MODEL);
        List<Map<String, String>> rows = rows(ReportQuery.of(asked, Scene.MADE).named(Scene.NAMES));
        assertThat(rows.get(0).keySet())
                .startsWith("user", "user_name", "channel", "channel_name", "group", "group_name", "model", "requests");
        assertThat(rows)
                .extracting(row -> row.get("user") + "|" + row.get("user_name"))
                .containsExactlyInAnyOrder("u1|王伟", "gone|");
        assertThat(rows).allSatisfy(row -> assertThat(row)
                .containsEntry("channel", "openai")
                .containsEntry("channel_name", "'=OpenAI")
                .containsEntry("group_name", "All of us"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "＠1"})
    void a_name_of_the_configuration_is_no_formula_either(String name) throws Exception {
        books.with(Calls.at("2026-11-02T01:00:00Z").record());
        ReportQuery query = ReportQuery.of(Scene.november(Granularity.TOTAL, Dimension.USER), Scene.MADE);
        assertThat(rows(query.named((dimension, id) -> name))).singleElement().satisfies(row -> assertThat(row)
                .containsEntry("user_name", "'" + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"})
    void nothing_is_a_formula(String name) throws Exception {
        books.with(Calls.at("2026-11-02T01:00:00Z").to("openai", name).record());
        assertThat(rows(Scene.november(Granularity.TOTAL, Dimension.MODEL)))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("model", "'" + name));
    }

    @Test
    void excel_gets_a_byte_order_mark_where_it_is_wanted() throws Exception {
        ReportQuery query = ReportQuery.of(Scene.november(Granularity.TOTAL), Scene.MADE);
        assertThat(bytes(query)).startsWith("requests".getBytes(StandardCharsets.UTF_8));
        assertThat(bytes(query.forExcel())).startsWith((byte) 0xEF, (byte) 0xBB, (byte) 0xBF, (byte) 'r');
    }

    @Test
    void names_of_files_tell_the_time() {
        ReportQuery query = ReportQuery.of(Scene.november(Granularity.TOTAL), Scene.MADE);
        assertThat(writer.fileName(query)).isEqualTo("aiproxy-usage-20261101-20261130.csv");
        assertThat(writer.mediaType()).isEqualTo("text/csv; charset=utf-8");
    }

    @Test
    void what_is_wrong_with_the_books_is_told() {
        books.fail("the database is not there");
        assertThatThrownBy(() -> bytes(ReportQuery.of(Scene.november(Granularity.DAY), Scene.MADE)))
                .isInstanceOf(BooksException.class)
                .hasMessage("the database is not there");
    }
}
