package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.testing.CallRecord;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.testing.MariaDbServer;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.PostgresServer;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.sql.SqlBooks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever asks over HTTP cannot tell in which database the books are: everything is as from books that add up every call anew. */
@NeedsGateway
class ServerBooksOverHttpTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    /** Around the beginning of summer time. */
    private static final Instant BEGIN = Instant.parse("2026-03-27T05:00:00Z");

    private static final String TIME = "start_time=2026-03-27T07:10&end_time=2026-04-01&time_zone=Europe/Berlin";
    private static final String LISI = "pk_test_lisi_0001";
    private static final int CALLS = 900;

    @TempDir
    private static Path directory;

    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final Map<Kept, DatabaseServer> SERVERS = new EnumMap<>(Kept.class);
    private static final List<UsageRecord> RECORDS = records();
    private static GatewayRig memory;
    private GatewayRig rig;

    /** Where the books are. */
    private enum Kept {
        POSTGRES,
        MARIADB;

        Database database() throws Exception {
            if (!SERVERS.containsKey(this)) {
                Path own = java.nio.file.Files.createDirectory(directory.resolve(name()));
                SERVERS.put(this, this == POSTGRES ? PostgresServer.start(own) : MariaDbServer.start(own));
            }
            DatabaseServer server = SERVERS.get(this);
            return new Database(server.freshDatabase(), server.user(), Secret.of(server.password()));
        }
    }

    private static List<UsageRecord> records() {
        Random random = new Random(29);
        List<UsageRecord> all = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            CallRecord call = CallRecord.at(
                            "req_" + i,
                            BEGIN.plusMillis(random.nextInt(5 * 86_400_000)).toString())
                    .took(random.nextInt(90_000))
                    .used(CallRecord.tokens(random.nextInt(50_000), random.nextInt(4000)), random.nextInt(9) == 0)
                    .cost(random.nextInt(2_000_000_000), random.nextInt(4) == 0 ? "CNY" : "USD");
            call = random.nextBoolean() ? call.of("lisi", "staff", "research") : call.of("zhangsan", "staff");
            call = random.nextBoolean() ? call.to("alpha", "gpt-4o") : call.to("beta", "claude-haiku-4-5");
            call = random.nextInt(8) == 0 ? call.failed(502, "channel_error", "upstream_unreachable") : call;
            all.add((random.nextInt(12) == 0 ? call.cost(0, "") : call).record());
        }
        return all;
    }

    @BeforeAll
    static void startReference() {
        UPSTREAM.onAny()
                .reply(Reply.json(
                        "{\"model\":\"gpt-4o-2024\",\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":4}}"));
        memory = start(new InMemoryBooks().with(RECORDS.toArray(UsageRecord[]::new)));
    }

    @AfterAll
    static void stopAll() {
        memory.close();
        UPSTREAM.close();
        SERVERS.values().forEach(DatabaseServer::close);
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    private static GatewayRig start(Books books) {
        GatewayRig started = GatewayRig.prepare(
                RigConfig.empty()
                        .channel("alpha", UPSTREAM)
                        .user("zhangsan", GatewayRig.KEY, "alpha")
                        .user("lisi", LISI, "alpha")
                        .system("usage: {time_zone: Europe/Berlin, keep: 36500d}"),
                settings -> settings);
        started.write("config/admin.yaml", Admin.tokens());
        started.boot(GatewayRig.booked(
                parts -> new UsageParts((settings, snapshot) -> books, parts.estimator(), parts.pricing())));
        return started;
    }

    private void boot(Kept kept, boolean filled) throws Exception {
        SqlBooks books = SqlBooks.open(kept.database(), BERLIN);
        for (int i = 0; filled && i < CALLS; i += 100) {
            books.add(RECORDS.subList(i, i + 100), new Books.Position("before", 1, i + 1));
        }
        rig = start(books);
    }

    private static JsonNode ask(GatewayRig of, String token, String path) throws IOException {
        Calls.Result answer = Admin.as(new Admin.Sender(of, token), "GET", path, "");
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static byte[] file(GatewayRig of, String query) throws IOException {
        try (RawClient client = of.client()) {
            client.get(Admin.ROOT + "statistics/export?" + query + "&" + TIME, "Authorization: Bearer " + Admin.VIEWER);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).as(query).isEqualTo(200);
            return answer.body().readAll();
        }
    }

    /** Records of all pages, and whatever else the last page says. */
    private static List<JsonNode> paged(GatewayRig of, String token, String path) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        String next = path;
        while (!next.isEmpty()) {
            JsonNode page = ask(of, token, next);
            page.path("records").forEach(all::add);
            all.add(page.path("totals"));
            next = page.path("next").asText("");
            next = next.isEmpty() ? "" : next.substring(Admin.ROOT.length());
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void statistics_are_the_same(Kept kept) throws Exception {
        boot(kept, true);
        SoftAssertions all = new SoftAssertions();
        for (String topic :
                List.of("summary", "users", "channels", "models", "operations", "groups", "errors", "keys")) {
            for (String granularity :
                    topic.equals("users") ? List.of("minute", "total") : List.of("hour", "day", "month")) {
                for (String more : List.of(
                        "sort=-cost,user&by=user",
                        "user=zhangsan&channel=alpha&limit=7&offset=3",
                        "by=model,currency&top=2&sort=-total_tokens",
                        "group=research&ending=ok&ending=channel_error",
                        "failure=&model=nothing")) {
                    String path = "statistics/" + topic + "?" + TIME + "&granularity=" + granularity + "&" + more;
                    all.assertThat(ask(rig, Admin.VIEWER, path)).as(path).isEqualTo(ask(memory, Admin.VIEWER, path));
                }
            }
        }
        all.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void records_and_files_are_the_same(Kept kept) throws Exception {
        boot(kept, true);
        for (String path :
                List.of("usage?limit=97&" + TIME, "usage?limit=11&group=research&ending=channel_error&" + TIME)) {
            List<JsonNode> found = paged(rig, Admin.VIEWER, path);
            assertThat(found).as(path).hasSizeGreaterThan(12).isEqualTo(paged(memory, Admin.VIEWER, path));
        }
        String own = "me/usage?records=true&limit=60&granularity=hour&" + TIME;
        assertThat(paged(rig, LISI, own)).hasSizeGreaterThan(200).isEqualTo(paged(memory, LISI, own));
        assertThat(ask(rig, LISI, own).path("by_time"))
                .isEqualTo(ask(memory, LISI, own).path("by_time"));
        assertThat(ask(rig, LISI, own).path("by_model"))
                .isEqualTo(ask(memory, LISI, own).path("by_model"));
        String one = "usage/req_7?start_time=2026-03-27&end_time=2026-04-01";
        assertThat(ask(rig, Admin.VIEWER, one)).isEqualTo(ask(memory, Admin.VIEWER, one));
        for (String query : List.of(
                "format=csv&of=users&by=model&granularity=day",
                "format=csv&of=groups&by=currency&lang=zh",
                "format=json&of=channels&granularity=hour&sort=-cost",
                "format=ndjson&of=records")) {
            assertThat(new String(file(rig, query), StandardCharsets.UTF_8))
                    .as(query)
                    .isNotEmpty()
                    .isEqualTo(new String(file(memory, query), StandardCharsets.UTF_8));
        }
        String workbook = "format=xlsx&of=users&by=model&granularity=hour&records=500";
        assertThat(cells(file(rig, workbook))).hasSizeGreaterThan(600).isEqualTo(cells(file(memory, workbook)));
        assertThat(lines(file(rig, "format=pdf"))).hasSizeGreaterThan(8).isEqualTo(lines(file(memory, "format=pdf")));
    }

    /** Every row but those of the first sheet, which says when the file was made. */
    private static List<String> cells(byte[] file) throws IOException {
        List<String> rows = new ArrayList<>();
        try (XSSFWorkbook workbook = new XSSFWorkbook(new ByteArrayInputStream(file))) {
            for (int i = 1; i < workbook.getNumberOfSheets(); i++) {
                Sheet sheet = workbook.getSheetAt(i);
                for (Row row : sheet) {
                    StringBuilder text = new StringBuilder(sheet.getSheetName());
                    row.forEach(cell -> text.append('|').append(cell));
                    rows.add(text.toString());
                }
            }
        }
        return rows;
    }

    /** The rows of the tables. */
    private static List<String> lines(byte[] file) throws IOException {
        try (PDDocument document = Loader.loadPDF(file)) {
            PDFTextStripper reader = new PDFTextStripper();
            reader.setSortByPosition(true);
            return reader.getText(document)
                    .lines()
                    .filter(line -> line.strip()
                            .matches("(zhangsan|lisi|alpha|beta|gpt-4o|claude\\S+|2026-\\S+|Total) .*\\d %.*"))
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void calls_are_counted_and_found_again(Kept kept) throws Exception {
        boot(kept, false);
        for (int i = 0; i < 5; i++) {
            Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + (i < 2 ? LISI : GatewayRig.KEY));
        }
        Calls.Result last = Calls.chat(rig);
        await().until(() -> ask(rig, Admin.VIEWER, "statistics/summary")
                        .at("/totals/requests")
                        .asInt()
                == 6);
        JsonNode users = ask(rig, Admin.VIEWER, "statistics/users?latency=true&sort=-requests")
                .path("rows");
        assertThat(users.at("/0/user").asText()).isEqualTo("zhangsan");
        assertThat(users.at("/0/requests").asInt()).isEqualTo(4);
        assertThat(users.at("/0/usage/input_tokens").asInt()).isEqualTo(44);
        assertThat(users.at("/1/usage/output_tokens").asInt()).isEqualTo(8);
        assertThat(users.at("/0/duration_ms/count").asInt()).isEqualTo(4);
        String id = last.header("x-aiproxy-request-id");
        assertThat(ask(rig, Admin.VIEWER, "usage/" + id).at("/record/user").asText())
                .isEqualTo("zhangsan");
        assertThat(paged(rig, LISI, "me/usage?records=true&limit=1")).hasSize(4); // two pages, each with totals
        assertThat(paged(rig, Admin.VIEWER, "usage?limit=4")).hasSize(8);
    }
}
