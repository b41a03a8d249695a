package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.behaviour.MonthCalls.Caller;
import io.aiproxy.behaviour.MonthCalls.Made;
import io.aiproxy.behaviour.MonthCalls.Planned;
import io.aiproxy.behaviour.MonthLedger.Booked;
import io.aiproxy.behaviour.MonthLedger.Cell;
import io.aiproxy.behaviour.MonthLedger.Money;
import io.aiproxy.behaviour.MonthLedger.Question;
import io.aiproxy.core.UsageField;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.MovedClock;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RigConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A month goes through a gateway: callers of several groups, providers of four dialects, streams, failures, a new price, another
 * currency, somebody who changes groups, and the end of summer time. Every number that the gateway then tells, on pages and in
 * files, is the providers' and the callers' own, to the last token and the last billionth.
 */
@NeedsGateway
@Timeout(300)
class MonthTest {
    private static final long SEED = 20_261_025;
    private static final int MOMENTS = 700;
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final long BEGIN = MonthCalls.at("2026-09-30T22:00:00Z");
    private static final long OTHER_MONEY = MonthCalls.at("2026-10-20T09:00:00Z");
    private static final long END = MonthCalls.at("2026-10-31T23:00:00Z");
    /** Summer time ends at one o'clock. */
    private static final long CHANGE = MonthCalls.at("2026-10-25T01:00:00Z");

    private static final Money YUAN = new Money(BEGIN, "CNY", "7.12", "1");
    private static final Money DOLLAR = new Money(OTHER_MONEY, "USD", "1", "0.14");
    private static final String ALL = "channels: [east, west, claude, gemini, bailian]";
    private static final String OPENAI = "models: [\"gpt-*\", \"o4-*\", \"text-*\"]";
    private static final String MONTH = "start_time=2026-10-01&end_time=2026-10-31&time_zone=Europe/Berlin";
    private static final Map<String, List<String>> BEFORE = new TreeMap<>(
            Map.of("zhangsan", List.of("research", "staff"), "lisi", List.of("staff"), "zhaoliu", List.of("research")));
    private static final List<Caller> CALLERS = List.of(
            new Caller("zhangsan", "laptop", GatewayRig.KEY),
            new Caller("zhangsan", "laptop", GatewayRig.KEY),
            new Caller("zhangsan", "server", "pk_test_zhangsan_server"),
            new Caller("lisi", "laptop", "pk_test_lisi"),
            new Caller("lisi", "laptop", "pk_test_lisi"),
            new Caller("wangwu", "laptop", "pk_test_wangwu"),
            new Caller("zhaoliu", "laptop", "pk_test_zhaoliu"),
            new Caller("", "", "pk_test_unknown_to_all"));

    private static final MonthLedger LEDGER = new MonthLedger();
    private static MonthProviders providers;
    private static GatewayRig rig;

    @BeforeAll
    static void live() throws Exception {
        providers = new MonthProviders(SEED, List.of("east", "west", "claude", "gemini", "bailian"));
        MovedClock clock = new MovedClock(Instant.ofEpochMilli(BEGIN));
        rig = GatewayRig.prepare(config(), settings -> settings);
        rig.write("config/admin.yaml", Admin.tokens());
        rig.write("config/prices.yaml", MonthLedger.PRICES);
        rig.boot(GatewayRig.booked(parts -> parts.by(clock)));
        try (MonthCalls calls = new MonthCalls(SEED, CALLERS)) {
            List<List<Planned>> plan = new ArrayList<>(calls.plan(BEGIN, OTHER_MONEY, MOMENTS / 2));
            note(calls.make(rig, clock, plan), BEFORE, YUAN);
            otherMoney();
            plan = new ArrayList<>(calls.plan(OTHER_MONEY, CHANGE, MOMENTS / 4));
            plan.addAll(calls.plan(CHANGE, CHANGE + 3_600_000, MOMENTS / 20)); // the hour that comes twice
            plan.addAll(calls.plan(CHANGE + 3_600_000, END, MOMENTS / 4));
            Map<String, List<String>> after = new TreeMap<>(BEFORE);
            after.put("lisi", List.of("research", "sales"));
            note(calls.make(rig, clock, plan), after, DOLLAR);
        }
        await("all calls to be in the books")
                .atMost(Duration.ofSeconds(60))
                .until(() -> ask("statistics/summary?" + MONTH)
                                .at("/totals/requests")
                                .asLong()
                        == LEDGER.calls().size());
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
        providers.close();
    }

    private static RigConfig config() {
        return RigConfig.empty()
                .channel("east", providers.at("east"), "dialect: openai", OPENAI)
                .channel("west", providers.at("west"), "dialect: openai", OPENAI)
                .channel(
                        "claude",
                        providers.at("claude"),
                        "dialect: anthropic",
                        "models: [\"claude-*\"]",
                        "retry: {max_retries: 1, backoff: 10ms}")
                .channel("gemini", providers.at("gemini"), "dialect: google", "models: [\"gemini-*\"]")
                .channel("bailian", providers.at("bailian"), "dialect: dashscope", "models: [\"qwen-*\"]")
                .userGroup("research", ALL)
                .userGroup("staff", ALL)
                .userGroup("sales", ALL)
                .userLines(
                        "zhangsan",
                        "groups: [research, staff]",
                        "keys:\n  - {proxy_key: " + GatewayRig.KEY
                                + ", name: laptop}\n  - {proxy_key: pk_test_zhangsan_server, name: server}")
                .userLines("lisi", "groups: [staff]", "keys:\n  - {proxy_key: pk_test_lisi, name: laptop}")
                .userLines("zhaoliu", "groups: [research]", "keys:\n  - {proxy_key: pk_test_zhaoliu, name: laptop}")
                .user("wangwu", "pk_test_wangwu", "east", "west", "claude", "gemini", "bailian")
                .system("usage: {time_zone: Europe/Berlin}", "money: {currency: CNY, rates: {USD: 7.12}}");
    }

    private static void otherMoney() {
        rig.config().system("money: {currency: USD, rates: {CNY: 0.14}}");
        rig.applyConfig();
        rig.config()
                .userLines("lisi", "groups: [research, sales]", "keys:\n  - {proxy_key: pk_test_lisi, name: laptop}");
        rig.applyConfig();
    }

    private static void note(List<Made> made, Map<String, List<String>> groups, Money money) {
        for (Made call : made) {
            LEDGER.add(
                    call,
                    groups.getOrDefault(call.plan().caller().user(), List.of()),
                    providers.lines(call.plan().number()),
                    money);
        }
    }

    private static JsonNode ask(String path) throws IOException {
        Calls.Result answer = Admin.as(new Admin.Sender(rig, Admin.VIEWER), "GET", path, "");
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static Question month(ZoneId zone, String granularity, String... by) {
        return new Question(
                LocalDate.parse("2026-10-01").atStartOfDay(zone).toInstant().toEpochMilli(),
                LocalDate.parse("2026-11-01").atStartOfDay(zone).toInstant().toEpochMilli(),
                zone,
                granularity,
                List.of(by));
    }

    /** All rows of all pages, under their time and values. */
    private static Map<List<String>, Cell> told(String path, Question question) throws IOException {
        Map<List<String>, Cell> rows = new TreeMap<>(MonthLedger::compare);
        String next = path;
        while (!next.isEmpty()) {
            JsonNode page = ask(next);
            assertThat(Cell.of(page.path("totals"))).as("totals of " + next).isEqualTo(LEDGER.total(question));
            for (JsonNode row : page.path("rows")) {
                List<String> key = new ArrayList<>();
                if (!question.granularity().equals("total")) {
                    key.add(row.path("time").asText());
                }
                question.by().forEach(dimension -> key.add(row.path(dimension).asText("?")));
                assertThat(rows.put(key, Cell.of(row))).as("twice: " + row).isNull();
                money(row);
            }
            next = page.path("next").asText("");
            next = next.isEmpty() ? "" : next.substring(Admin.ROOT.length());
        }
        return rows;
    }

    /** What a row tells more than once fits together. */
    private static void money(JsonNode row) {
        int currencies = row.path("costs").size();
        long requests = row.path("requests").asLong();
        long successful = row.path("successful").asLong();
        assertThat(row.path("failed").asLong()).isEqualTo(requests - successful);
        assertThat(row.path("success_rate").asDouble())
                .isEqualTo(Math.round(successful * 10_000.0 / requests) / 10_000.0);
        assertThat(row.at("/usage/total_tokens").asLong())
                .isEqualTo(row.at("/usage/input_tokens").asLong()
                        + row.at("/usage/output_tokens").asLong());
        assertThat(row.path("cost").isNull()).isEqualTo(currencies > 1);
        assertThat(row.path("currency").isNull()).isEqualTo(currencies != 1);
        if (currencies == 1) {
            assertThat(row.path("cost")).isEqualTo(row.at("/costs/0/cost"));
            assertThat(row.path("currency")).isEqualTo(row.at("/costs/0/currency"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "users,      user",
        "channels,   channel",
        "models,     model",
        "keys,       key",
        "groups,     group",
        "operations, dialect operation",
        "users,      user channel model",
        "groups,     group ending failure",
        "summary,    ''"
    })
    void every_cell_is_the_providers_own(String topic, String dimensions) throws IOException {
        List<String> by = dimensions.isEmpty() ? List.of() : List.of(dimensions.split(" ", -1));
        for (String zone : List.of("Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York")) {
            for (String granularity : List.of("hour", "day", "month", "total")) {
                Question question = month(ZoneId.of(zone), granularity, by.toArray(String[]::new));
                String path =
                        "statistics/%s?start_time=2026-10-01&end_time=2026-10-31&time_zone=%s&granularity=%s&by=%s"
                                .formatted(topic, zone, granularity, String.join(",", by));
                Map<List<String>, Cell> told = told(by.isEmpty() ? path.replace("&by=", "") : path, question);
                assertThat(told).as(path).isEqualTo(LEDGER.rows(question));
            }
        }
    }

    @Test
    void the_month_has_everything_in_it() {
        Set<String> endings = new HashSet<>();
        Set<String> channels = new HashSet<>();
        LEDGER.calls().forEach(call -> {
            endings.addAll(call.values().get("ending"));
            channels.addAll(call.values().get("channel"));
        });
        Cell all = LEDGER.total(month(BERLIN, "total"));
        assertThat(endings).contains("ok", "refused", "truncated", "caller_error", "channel_error");
        assertThat(channels).containsExactlyInAnyOrder("", "east", "west", "claude", "gemini", "bailian");
        assertThat(all.requests()).isGreaterThan(2000);
        assertThat(all.attempts()).isGreaterThan(all.requests() - all.unpriced());
        assertThat(all.costs().keySet()).containsExactly("CNY", "USD");
        assertThat(all.used().cacheWriteTokens()).isPositive();
        assertThat(all.used().reasoningTokens()).isPositive();
    }

    @Test
    void errors_are_those_that_callers_saw() throws IOException {
        Question question = month(BERLIN, "day", "ending", "failure");
        Map<List<String>, Cell> failed = new TreeMap<>(MonthLedger::compare);
        failed.putAll(LEDGER.rows(question));
        failed.keySet().removeIf(key -> key.get(1).equals("ok"));
        assertThat(told("statistics/errors?granularity=day&" + MONTH, question)).isEqualTo(failed);
    }

    @Test
    void every_call_is_there_once_as_it_was() throws IOException {
        Map<String, Booked> due = new TreeMap<>();
        LEDGER.calls().forEach(call -> due.put(call.id(), call));
        assertThat(due).hasSameSizeAs(LEDGER.calls());
        SoftAssertions all = new SoftAssertions();
        String next = "usage?limit=300&" + MONTH;
        while (!next.isEmpty()) {
            JsonNode page = ask(next);
            for (JsonNode record : page.path("records")) {
                same(all, record, due.remove(record.path("id").asText()));
            }
            next = page.path("next").asText("");
            next = next.isEmpty() ? "" : next.substring(Admin.ROOT.length());
        }
        all.assertThat(due).isEmpty();
        all.assertAll();
    }

    private static void same(SoftAssertions all, JsonNode record, Booked due) {
        String as = record.toString();
        assertThat(due).as("twice, or nobody's: " + as).isNotNull();
        Cell cell = due.cell();
        all.assertThat(Instant.parse(record.path("time").asText()).toEpochMilli())
                .as(as)
                .isEqualTo(due.millis());
        for (String field : List.of("user", "channel", "dialect", "operation", "ending", "failure")) {
            all.assertThat(List.of(record.path(field).asText()))
                    .as(as)
                    .isEqualTo(due.values().get(field));
        }
        all.assertThat(record.path("attempts").asLong()).as(as).isEqualTo(cell.attempts());
        all.assertThat(record.path("bytes_in").asLong()).as(as).isEqualTo(cell.bytesIn());
        all.assertThat(record.path("bytes_out").asLong()).as(as).isEqualTo(cell.bytesOut());
        all.assertThat(UsageField.usage(
                        field -> record.path("usage").path(field.word()).asLong()))
                .as(as)
                .isEqualTo(cell.used());
        Map<String, Long> costs = new TreeMap<>();
        if (record.path("priced").asBoolean()) {
            costs.put(
                    record.path("currency").asText(),
                    MonthLedger.billionths(record.path("cost").asText("0")));
        }
        all.assertThat(costs).as(as).isEqualTo(cell.costs());
    }

    private static byte[] file(String query) throws IOException {
        try (RawClient client = rig.client()) {
            client.get(
                    Admin.ROOT + "statistics/export?" + MONTH + "&" + query, "Authorization: Bearer " + Admin.VIEWER);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            return answer.body().readAll();
        }
    }

    /** The cell of a line of a CSV file. */
    private static Cell cell(Map<String, String> line) {
        TreeMap<String, Long> costs = new TreeMap<>();
        for (String currency : List.of("CNY", "USD")) {
            long cost = MonthLedger.billionths(line.getOrDefault("cost_" + currency, "0"));
            if (cost != 0) { // an empty cell and nothing are alike in a table
                costs.put(currency, cost);
            }
        }
        return new Cell(
                Long.parseLong(line.get("requests")),
                Long.parseLong(line.get("successful")),
                Long.parseLong(line.get("attempts")),
                Long.parseLong(line.get("estimated")),
                Long.parseLong(line.get("unpriced")),
                Long.parseLong(line.get("bytes_in")),
                Long.parseLong(line.get("bytes_out")),
                UsageField.usage(field -> Long.parseLong(line.get(field.word()))),
                costs);
    }

    @ParameterizedTest
    @CsvSource({"total", "day", "hour", "month"})
    void the_csv_file_has_the_same_cells(String granularity) throws IOException {
        Question question = month(BERLIN, granularity, "user", "model");
        String text =
                new String(file("format=csv&of=users&by=model&granularity=" + granularity), StandardCharsets.UTF_8);
        List<String> lines = text.lines()
                .map(line -> line.replace("\"\"", "")) // an empty cell at the beginning
                .toList();
        assertThat(lines).as("no cell needs them here").noneMatch(line -> line.contains("\""));
        String[] head = lines.get(0).split(",", -1);
        List<Cell> told = new ArrayList<>();
        Cell sum = Cell.NOTHING;
        List<List<String>> values = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> byName = new TreeMap<>();
            for (int i = 0; i < head.length; i++) {
                byName.put(head[i], cells[i]);
            }
            values.add(List.of(byName.get("user"), byName.get("model")));
            told.add(cell(byName));
            sum = sum.plus(cell(byName));
        }
        Map<List<String>, Cell> due = LEDGER.rows(question);
        assertThat(told).containsExactlyElementsOf(due.values());
        assertThat(values)
                .isEqualTo(due.keySet().stream()
                        .map(key -> key.subList(key.size() - 2, key.size()))
                        .toList());
        assertThat(sum).isEqualTo(LEDGER.total(question));
    }

    private static double number(Sheet sheet, Row row, String column) {
        for (var cell : sheet.getRow(0)) {
            if (cell.getStringCellValue().equals(column)) {
                return row.getCell(cell.getColumnIndex()).getNumericCellValue();
            }
        }
        throw new AssertionError(sheet.getSheetName() + " has no column " + column);
    }

    private static void same(Sheet sheet, Row row, Cell due) {
        Map<String, Long> columns = new TreeMap<>(Map.of(
                "Requests", due.requests(),
                "Successful", due.successful(),
                "Input tokens", due.used().inputTokens(),
                "Of them cached", due.used().cachedInputTokens(),
                "Output tokens", due.used().outputTokens(),
                "Of them reasoning", due.used().reasoningTokens(),
                "Tokens", due.used().inputTokens() + due.used().outputTokens(),
                "Without a price", due.unpriced()));
        columns.forEach((column, number) -> assertThat(number(sheet, row, column))
                .as(sheet.getSheetName() + " " + row.getCell(0) + " " + column)
                .isEqualTo(number.doubleValue()));
        for (String currency : List.of("CNY", "USD")) {
            assertThat(BigDecimal.valueOf(number(sheet, row, "Cost " + currency)))
                    .as(sheet.getSheetName() + " " + row.getCell(0))
                    .isEqualByComparingTo(BigDecimal.valueOf(due.costs().getOrDefault(currency, 0L), 9));
        }
    }

    @Test
    void the_workbook_has_the_same_cells() throws IOException {
        try (XSSFWorkbook workbook =
                new XSSFWorkbook(new ByteArrayInputStream(file("format=xlsx&of=users&by=model&granularity=hour")))) {
            for (String dimension : List.of("user", "channel", "model")) {
                Sheet sheet = workbook.getSheet("By " + dimension);
                Map<List<String>, Cell> due = LEDGER.rows(month(BERLIN, "total", dimension));
                for (int i = 1; i < sheet.getLastRowNum(); i++) {
                    String name = sheet.getRow(i).getCell(0).getStringCellValue();
                    same(sheet, sheet.getRow(i), due.remove(List.of(name.equals("(none)") ? "" : name)));
                }
                assertThat(due).isEmpty();
                same(sheet, sheet.getRow(sheet.getLastRowNum()), LEDGER.total(month(BERLIN, "total")));
            }
            rows(workbook.getSheet("By day"), LEDGER.rows(month(BERLIN, "day")), 1);
            rows(workbook.getSheet("Details"), LEDGER.rows(month(BERLIN, "hour", "user", "model")), 0);
        }
    }

    private static void rows(Sheet sheet, Map<List<String>, Cell> due, int sums) {
        int row = 1;
        for (Cell cell : due.values()) {
            same(sheet, sheet.getRow(row++), cell);
        }
        assertThat(sheet.getLastRowNum()).isEqualTo(due.size() + sums);
    }

    private static String grouped(String pattern, BigDecimal number) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }

    /** Who has a name in the configuration is called by it; the other users here have none. */
    private static String called(String dimension, String id) {
        if (id.isEmpty()) {
            return id;
        }
        return dimension.equals("channel") ? "Channel " + id : id.equals("wangwu") ? "User " + id : id;
    }

    private static String line(String name, Cell cell) {
        double rate = (double) cell.successful() / cell.requests();
        List<String> words = new ArrayList<>(List.of(
                name.isEmpty() ? "(none)" : name,
                grouped("#,##0", BigDecimal.valueOf(cell.requests())),
                grouped("0.0", BigDecimal.valueOf(rate * 100)) + " %"));
        for (long tokens : new long[] {
            cell.used().inputTokens(),
            cell.used().cachedInputTokens(),
            cell.used().outputTokens()
        }) {
            words.add(grouped("#,##0", BigDecimal.valueOf(tokens)));
        }
        for (String currency : List.of("CNY", "USD")) {
            BigDecimal cost = BigDecimal.valueOf(cell.costs().getOrDefault(currency, 0L), 9);
            boolean small = cost.signum() != 0 && cost.compareTo(BigDecimal.ONE) < 0;
            DecimalFormat format =
                    new DecimalFormat(small ? "#,##0.0000" : "#,##0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
            format.setRoundingMode(java.math.RoundingMode.HALF_UP);
            words.add(format.format(cost));
        }
        return String.join(" ", words);
    }

    @Test
    void the_report_shows_the_same_rows() throws IOException {
        List<String> lines;
        try (PDDocument document = Loader.loadPDF(file("format=pdf"))) {
            PDFTextStripper reader = new PDFTextStripper();
            reader.setSortByPosition(true);
            lines = reader.getText(document)
                    .lines()
                    .map(line -> line.strip().replaceAll("\\s+", " "))
                    .toList();
        }
        for (String dimension : List.of("user", "channel", "model")) {
            LEDGER.rows(month(BERLIN, "total", dimension))
                    .forEach((key, cell) -> assertThat(lines).contains(line(called(dimension, key.get(0)), cell)));
        }
        LEDGER.rows(month(BERLIN, "day")).forEach((key, cell) -> assertThat(lines)
                .contains(line(key.get(0).substring(0, 10), cell)));
        assertThat(lines).contains(line("Total", LEDGER.total(month(BERLIN, "total"))));
    }
}
