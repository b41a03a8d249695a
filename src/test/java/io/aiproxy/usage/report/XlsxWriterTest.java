package io.aiproxy.usage.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ReportConfig;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellType;
import org.apache.poi.ss.usermodel.DateUtil;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.Test;

/** Workbooks, opened with another library than the one that writes them. */
class XlsxWriterTest {
    private final LedgerBooks books = new LedgerBooks();
    private final ReportWriter writer = ReportWriters.of(ReportConfig.Format.XLSX);

    private XSSFWorkbook workbook(ReportQuery query) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(query, books, out);
        return new XSSFWorkbook(new ByteArrayInputStream(out.toByteArray()));
    }

    private static ReportQuery november(Dimension... by) {
        return ReportQuery.of(Scene.november(Granularity.TOTAL, by), Scene.MADE);
    }

    private static int column(Sheet sheet, String name) {
        for (Cell cell : sheet.getRow(0)) {
            if (cell.getStringCellValue().equals(name)) {
                return cell.getColumnIndex();
            }
        }
        throw new AssertionError(sheet.getSheetName() + " has no column " + name);
    }

    private static double number(Sheet sheet, int row, String column) {
        Cell cell = sheet.getRow(row).getCell(column(sheet, column));
        assertThat(cell.getCellType()).isEqualTo(CellType.NUMERIC);
        return cell.getNumericCellValue();
    }

    private static List<String> names(Sheet sheet) {
        List<String> names = new ArrayList<>();
        for (Row row : sheet) {
            Cell cell = row.getCell(0);
            names.add(cell == null ? "" : cell.toString());
        }
        return names;
    }

    @Test
    void numbers_and_dates_are_such_and_sums_are_right() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z")
                        .by("张三")
                        .used(1000, 50)
                        .cost("0.25", "CNY")
                        .record(),
                Calls.at("2026-11-02T02:00:00Z")
                        .by("李四")
                        .used(3000, 70)
                        .cost("1.125", "CNY")
                        .record(),
                Calls.at("2026-11-05T02:00:00Z").by("李四").used(5, 1).status(502).record());
        try (XSSFWorkbook workbook = workbook(november())) {
            Sheet days = workbook.getSheet("By day");
            Cell date = days.getRow(1).getCell(0);
            assertThat(DateUtil.isCellDateFormatted(date)).isTrue();
            assertThat(date.getLocalDateTimeCellValue()).isEqualTo(LocalDateTime.of(2026, 11, 2, 0, 0));
            assertThat(days.getPaneInformation().isFreezePane()).isTrue();
            assertThat(days.getPaneInformation().getHorizontalSplitPosition()).isEqualTo((short) 1);
            assertThat(days.getColumnWidth(0)).isGreaterThan(10 * 256);
            assertThat(names(days)).endsWith("Total");
            assertThat(number(days, 3, "Requests")).isEqualTo(3);
            assertThat(number(days, 3, "Cost CNY")).isEqualTo(1.375);
            assertThat(number(days, 3, "Input tokens")).isEqualTo(4005);
            assertThat(number(days, 1, "Requests") + number(days, 2, "Requests"))
                    .isEqualTo(3);

            Sheet users = workbook.getSheet("By user");
            assertThat(names(users)).containsExactly("User", "李四", "张三", "Total");
            assertThat(number(users, 1, "Cost CNY")).isEqualTo(1.125);
            assertThat(number(users, 1, "Success rate")).isEqualTo(0.5);
            assertThat(number(users, 1, "Without a price")).isEqualTo(1);
        }
    }

    @Test
    void the_summary_says_what_it_is_about() throws Exception {
        books.with(Calls.at("2026-11-02T01:00:00Z")
                .used(1000, 50)
                .cost("0.25", "CNY")
                .record());
        StatisticsQuery asked = Scene.november(Granularity.TOTAL);
        StatisticsQuery filtered = new StatisticsQuery(
                asked.from(),
                asked.to(),
                asked.zone(),
                asked.granularity(),
                asked.by(),
                Map.of(Dimension.USER, Set.of("zhangsan")),
                false);
        try (XSSFWorkbook workbook =
                workbook(ReportQuery.of(filtered, Scene.MADE).in(Language.CHINESE))) {
            Sheet sheet = workbook.getSheet("汇总");
            assertThat(names(sheet)).contains("用量报告", "统计周期", "请求数", "费用 CNY", "活跃用户");
            List<String> values = new ArrayList<>();
            sheet.forEach(row -> values.add(String.valueOf(row.getCell(1))));
            assertThat(values).contains("2026-11-01 – 2026-11-30", "Asia/Shanghai", "2026-12-01 08:30", "用户: zhangsan");
            assertThat(workbook.getSheet("按用户").getRow(0).getCell(2).getStringCellValue())
                    .isEqualTo("请求数");
        }
    }

    @Test
    void what_was_asked_for_has_a_sheet_of_its_own() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z").by("a").record(),
                Calls.at("2026-11-03T01:00:00Z").by("b").record());
        ReportQuery daily =
                ReportQuery.of(Scene.november(Granularity.DAY, Dimension.USER, Dimension.MODEL), Scene.MADE);
        try (XSSFWorkbook workbook = workbook(daily)) {
            Sheet details = workbook.getSheet("Details");
            assertThat(details.getRow(0).getCell(0).getStringCellValue()).isEqualTo("Time");
            assertThat(details.getRow(2).getCell(1).getStringCellValue()).isEqualTo("b");
            assertThat(details.getRow(2).getCell(3).getStringCellValue()).isEqualTo("gpt-4o");
            assertThat(details.getPhysicalNumberOfRows()).isEqualTo(3);
        }
        try (XSSFWorkbook workbook = workbook(november(Dimension.USER))) {
            assertThat(workbook.getSheet("Details")).isNull();
        }
    }

    @Test
    void names_stand_behind_their_ids_on_every_sheet() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z").by("u5").cost("2", "CNY").record(),
                Calls.at("2026-11-02T02:00:00Z").by("gone").cost("1", "CNY").record());
        ReportQuery query = ReportQuery.of(Scene.november(Granularity.DAY, Dimension.USER, Dimension.GROUP), Scene.MADE)
                .named(Scene.NAMES)
                .withRecords(10);
        try (XSSFWorkbook workbook = workbook(query)) {
            Sheet users = workbook.getSheet("By user");
            assertThat(column(users, "User name")).isEqualTo(1);
            assertThat(users.getRow(1).getCell(1).getStringCellValue()).isEqualTo("李四");
            assertThat(users.getRow(2).getCell(0).getStringCellValue()).isEqualTo("gone");
            assertThat(String.valueOf(users.getRow(2).getCell(1))).isIn("", "null");
            assertThat(number(users, 3, "Requests")).as("the sums' row").isEqualTo(2);
            assertThat(number(users, 3, "Cost CNY")).isEqualTo(3);
            Sheet channels = workbook.getSheet("By channel");
            Cell name = channels.getRow(1).getCell(column(channels, "Channel name"));
            assertThat(name.getCellType()).as("no formula").isEqualTo(CellType.STRING);
            assertThat(name.getStringCellValue()).isEqualTo("=OpenAI");
            Sheet details = workbook.getSheet("Details");
            assertThat(details.getRow(1).getCell(column(details, "Group name")).getStringCellValue())
                    .isEqualTo("All of us");
            Sheet calls = workbook.getSheet("Calls");
            assertThat(calls.getRow(2).getCell(column(calls, "User name")).getStringCellValue())
                    .isEqualTo("李四");
            assertThat(calls.getRow(2).getCell(column(calls, "Channel name")).getStringCellValue())
                    .isEqualTo("=OpenAI");
            assertThat(calls.getRow(2).getCell(column(calls, "Model")).getStringCellValue())
                    .isEqualTo("gpt-4o");
            assertThat(number(calls, 1, "Cost")).isEqualTo(1);
        }
    }

    @Test
    void single_calls_are_read_page_by_page_and_bounded() throws Exception {
        for (int i = 0; i < 2500; i++) {
            books.with(Calls.at(Scene.november(Granularity.TOTAL).from().toEpochMilli() + i)
                    .used(1, 1)
                    .cost("0.5", "CNY")
                    .record());
        }
        try (XSSFWorkbook workbook = workbook(november().withRecords(2100))) {
            Sheet calls = workbook.getSheet("Calls");
            assertThat(calls.getPhysicalNumberOfRows()).isEqualTo(2101);
            Set<String> ids = new java.util.HashSet<>();
            int id = column(calls, "Request id");
            for (int row = 1; row <= 2100; row++) {
                ids.add(calls.getRow(row).getCell(id).getStringCellValue());
            }
            assertThat(ids).hasSize(2100);
            assertThat(number(calls, 1, "Cost")).isEqualTo(0.5);
            assertThat(DateUtil.isCellDateFormatted(calls.getRow(1).getCell(0))).isTrue();
        }
        try (XSSFWorkbook workbook = workbook(november())) {
            assertThat(workbook.getSheet("Calls")).isNull();
        }
    }

    @Test
    void names_that_break_things_do_not() throws Exception {
        books.with(
                Calls.at("2026-11-02T01:00:00Z").by("=HYPERLINK(\"x\")").record(),
                Calls.at("2026-11-02T01:00:00Z").by("\u0000\uD800<&>\u202E").record(),
                Calls.at("2026-11-02T01:00:00Z").by("x".repeat(40_000)).record(),
                Calls.at("2026-11-02T01:00:00Z").by("").record());
        try (XSSFWorkbook workbook = workbook(november())) {
            Sheet users = workbook.getSheet("By user");
            assertThat(names(users)).contains("=HYPERLINK(\"x\")", "  <&> ", "(none)", "x".repeat(200) + "…");
            assertThat(users.getRow(names(users).indexOf("=HYPERLINK(\"x\")"))
                            .getCell(0)
                            .getCellType())
                    .isEqualTo(CellType.STRING);
        }
    }

    @Test
    void an_empty_time_is_a_report_too() throws Exception {
        try (XSSFWorkbook workbook = workbook(november().withRecords(10))) {
            assertThat(names(workbook.getSheet("By user"))).containsExactly("User", "Total");
            assertThat(workbook.getSheet("Calls").getPhysicalNumberOfRows()).isEqualTo(1);
        }
    }

    /** A stream that is closed cannot be used by whoever gave it; and a large report must not be collected in memory. */
    @Test
    void a_thousand_users_and_a_month_are_written_as_they_come() throws Exception {
        for (int user = 0; user < 1000; user++) {
            for (int day = 0; day < 30; day++) {
                books.with(Calls.at(Scene.november(Granularity.TOTAL).from().toEpochMilli() + day * 86_400_000L)
                        .by("user-" + user)
                        .used(100, 10)
                        .cost("0.01", "CNY")
                        .record());
            }
        }
        AtomicLong written = new AtomicLong();
        AtomicLong largest = new AtomicLong();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                written.incrementAndGet();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                written.addAndGet(length);
                largest.accumulateAndGet(length, Math::max);
            }

            @Override
            public void close() {
                throw new AssertionError("the stream is the caller's");
            }
        };
        ReportQuery query = ReportQuery.of(Scene.november(Granularity.DAY, Dimension.USER), Scene.MADE)
                .withRecords(30_000);
        writer.write(query, books, out);
        assertThat(written.get()).isGreaterThan(500_000);
        assertThat(largest.get()).isLessThan(written.get() / 4);
    }
}
