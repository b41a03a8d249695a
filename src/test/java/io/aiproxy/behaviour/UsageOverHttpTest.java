package io.aiproxy.behaviour;

import static io.aiproxy.testing.CallRecord.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.Gateway;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.GatewayStarter;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.sql.SqlBooks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics, usage and files of a whole gateway: who may ask, what is answered, what a slow or rude client can do. */
@NeedsGateway
class UsageOverHttpTest {
    private static final int MANY = 30_000;
    private static final String MAY = "start_time=2026-05-01&end_time=2026-05-31";
    private static final String RECORDS = "statistics/export?of=records&format=ndjson&" + MAY;

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private final InMemoryBooks books = new InMemoryBooks();
    private GatewayRig rig;

    private enum Kept {
        MEMORY,
        SQLITE
    }

    @BeforeEach
    void prepare() {
        upstream.onAny()
                .reply(Reply.json(
                        "{\"model\":\"gpt-4o-2024\",\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":4}}"));
        rig = GatewayRig.prepare(
                RigConfig.empty()
                        .channel("alpha", upstream)
                        .user("zhangsan", GatewayRig.KEY, "alpha")
                        .user("lisi", "pk_test_lisi_0001", "alpha"),
                settings -> settings);
        rig.write("config/admin.yaml", Admin.tokens());
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void boot(Kept kept) {
        UsageParts.Opener opener = (settings, snapshot) -> kept == Kept.MEMORY
                ? books
                : SqlBooks.open(
                        new Database("jdbc:sqlite:" + settings.dataDir().resolve("usage.db"), "", Secret.of("")),
                        ZoneOffset.UTC);
        rig.boot(settings -> {
            Gateway gateway = Gateway.start(
                    settings, new Properties(), new UsageParts(opener, Optional.empty(), now -> Pricing.NONE));
            return new GatewayStarter.Running(gateway.port(), gateway.opsPort(), gateway::close);
        });
    }

    private Calls.Result ask(String token, String path, String... headers) throws IOException {
        return Admin.as(new Admin.Sender(rig, token), "GET", path, "", headers);
    }

    private void many() {
        UsageRecord[] all = new UsageRecord[MANY];
        for (int i = 0; i < MANY; i++) {
            all[i] = at("req_" + i, "2026-05-20T11:00:00Z").record();
        }
        books.with(all);
    }

    private static List<String> described() throws IOException {
        try (InputStream in = UsageOverHttpTest.class.getResourceAsStream("/io/aiproxy/admin/openapi.json")) {
            List<String> paths = new ArrayList<>();
            new ObjectMapper().readTree(in).path("paths").fieldNames().forEachRemaining(path -> {
                String below = path.substring(Admin.ROOT.length());
                if (below.startsWith("statistics/") || below.startsWith("usage") || below.equals("me/usage")) {
                    paths.add(below.replace("{id}", "req_1"));
                }
            });
            return paths;
        }
    }

    @Test
    void everything_described_is_there_for_those_who_may() throws IOException {
        books.with(at("req_1", "2026-05-20T11:00:00Z").record());
        boot(Kept.MEMORY);
        SoftAssertions all = new SoftAssertions();
        assertThat(described()).hasSize(12);
        for (String path : described()) {
            boolean own = path.equals("me/usage");
            boolean file = path.endsWith("export");
            String token = own ? GatewayRig.KEY : Admin.VIEWER;
            String target = path + "?" + MAY;
            Calls.Result answer = ask(token, target);
            all.assertThat(answer.status()).as(path + answer.text()).isEqualTo(200);
            all.assertThat(answer.header("cache-control")).as(path).isEqualTo("no-store");
            all.assertThat(ask("", target).status()).as(path).isEqualTo(401);
            all.assertThat(ask(own ? Admin.ADMIN : GatewayRig.KEY, target).status())
                    .as(path)
                    .isEqualTo(403);
            Calls.Result head = Admin.as(new Admin.Sender(rig, token), "HEAD", target, "");
            all.assertThat(head.status()).as(path).isEqualTo(200);
            all.assertThat(head.header("content-type")).as(path).isEqualTo(answer.header("content-type"));
            all.assertThat(Admin.send(rig, "POST", target, "").status())
                    .as(path)
                    .isEqualTo(405);
            Calls.Result bad = ask(token, path + "?start_time=soon");
            all.assertThat(bad.status()).as(path).isEqualTo(400);
            all.assertThat(bad.json().path("detail").asText()).as(path).startsWith("start_time: ");
            all.assertThat(ask(token, path + "?limit=%zz").status()).as(path).isEqualTo(400);
            if (!file) {
                String again = "If-None-Match: " + answer.header("etag");
                all.assertThat(ask(token, target, again).status()).as(path).isEqualTo(304);
            }
        }
        all.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void calls_are_counted_by_whom_and_found_again(Kept kept) throws IOException {
        boot(kept);
        Calls.Result call = Calls.chat(rig);
        Calls.chat(rig);
        Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_lisi_0001");
        Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_nobody");
        await().untilAsserted(() -> assertThat(ask(Admin.VIEWER, "statistics/summary")
                        .json()
                        .at("/totals/requests")
                        .asInt())
                .isEqualTo(4));
        JsonNode users = ask(Admin.VIEWER, "statistics/users?user=zhangsan&user=lisi&latency=true")
                .json();
        assertThat(users.at("/rows/0/user").asText()).isEqualTo("zhangsan");
        assertThat(users.at("/rows/0/requests").asInt()).isEqualTo(2);
        assertThat(users.at("/rows/0/usage/input_tokens").asInt()).isEqualTo(22);
        assertThat(users.at("/rows/0/unpriced").asInt()).isEqualTo(2);
        assertThat(users.at("/rows/0/duration_ms/count").asInt()).isEqualTo(2);
        assertThat(users.path("rows")).hasSize(2);
        assertThat(ask(Admin.VIEWER, "statistics/errors")
                        .json()
                        .at("/rows/0/failure")
                        .asText())
                .isEqualTo("invalid_api_key");
        String id = call.header("x-aiproxy-request-id");
        assertThat(ask(Admin.VIEWER, "usage/" + id).json().at("/record/user").asText())
                .isEqualTo("zhangsan");
        assertThat(ask(Admin.VIEWER, "usage/req_unknown").status()).isEqualTo(404);
        JsonNode own = ask("pk_test_lisi_0001", "me/usage?records=true").json();
        assertThat(own.at("/totals/requests").asInt()).isEqualTo(1);
        assertThat(own.path("records")).hasSize(1);
        JsonNode first = ask(Admin.VIEWER, "usage?limit=3").json();
        String next = first.path("next").asText().substring(Admin.ROOT.length());
        assertThat(ask(Admin.VIEWER, next).json().path("records")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void the_old_page_goes_on_after_a_restart(Kept kept) throws IOException {
        boot(kept);
        Calls.chat(rig);
        Calls.chat(rig);
        await().until(() -> ask(Admin.VIEWER, "usage").json().path("records").size() == 2);
        long later = stats().path("timestamp").asLong();
        rig.stop();
        boot(kept);
        await().until(() -> stats().path("total_requests").asInt() == 2);
        Calls.chat(rig);
        await().until(() -> stats().path("total_requests").asInt() == 3);
        assertThat(stats().at("/channel_stats/alpha/requests").asInt()).isEqualTo(3);
        assertThat(stats().at("/user_stats/zhangsan/requests").asInt()).isEqualTo(3);
        assertThat(stats().path("success_rate").asText()).isEqualTo("100.00%");
        assertThat(stats().path("counted_since").asLong()).isLessThanOrEqualTo(later);
    }

    private JsonNode stats() throws IOException {
        return Calls.get(rig, "/stats").json();
    }

    @Test
    void a_slow_reader_slows_the_making_and_nobody_else() throws IOException {
        many();
        boot(Kept.MEMORY);
        try (RawClient slow = RawClient.connect("127.0.0.1", rig.port(), 4096)) {
            slow.get(Admin.ROOT + RECORDS, "Authorization: Bearer " + Admin.VIEWER);
            RawClient.Answer answer = slow.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-disposition")).contains("aiproxy-records-20260501-20260531.ndjson");
            assertThat(ask(Admin.VIEWER, "statistics/users?" + MAY).status()).isEqualTo(200);
            assertThat(Admin.send(rig, "PUT", "system/retry", "{\"value\":{\"max_attempts\":2}}")
                            .status())
                    .isIn(200, 201);
            assertThat(ask(Admin.VIEWER, RECORDS).text().lines()).hasSize(MANY);
            assertThat(books.pages()).as("the slow one waits").isLessThan(2 * MANY / 1000);
            assertThat(answer.text().lines()).hasSize(MANY).doesNotHaveDuplicates();
        }
        await("the books' calls, and administration is none")
                .until(() -> stats().path("total_requests").asInt() == MANY);
    }

    @Test
    void readers_who_leave_hold_nothing_up() throws IOException {
        many();
        boot(Kept.MEMORY);
        for (int i = 0; i < 6; i++) {
            try (RawClient rude = RawClient.connect("127.0.0.1", rig.port(), 4096)) {
                rude.get(Admin.ROOT + RECORDS, "Authorization: Bearer " + Admin.VIEWER);
                if (i % 2 == 0) {
                    assertThat(rude.answer().status()).isEqualTo(200);
                }
                rude.reset();
            }
        }
        assertThat(ask(Admin.VIEWER, RECORDS).text().lines()).hasSize(MANY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "xlsx", "pdf", "json"})
    void files_arrive_whole(String format) throws IOException {
        many();
        boot(Kept.MEMORY);
        try (RawClient client = RawClient.connect("127.0.0.1", rig.port(), 4096)) {
            String more = format.equals("xlsx") ? "&records=20000" : "";
            client.get(
                    Admin.ROOT + "statistics/export?" + MAY + more + "&format=" + format,
                    "Authorization: Bearer " + Admin.VIEWER);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-disposition")).matches("attachment; filename=\"[A-Za-z0-9.-]+\"");
            byte[] file = answer.body().readAll();
            switch (format) {
                case "csv" ->
                    assertThat(new String(file, StandardCharsets.UTF_8)).contains("zhangsan," + MANY);
                case "json" ->
                    assertThat(new ObjectMapper().readTree(file).path("rows")).hasSize(1);
                case "pdf" -> {
                    try (PDDocument document = Loader.loadPDF(file)) {
                        assertThat(document.getNumberOfPages()).isPositive();
                    }
                }
                default -> {
                    try (XSSFWorkbook book = new XSSFWorkbook(new ByteArrayInputStream(file))) {
                        assertThat(book.getSheetAt(book.getNumberOfSheets() - 1).getLastRowNum())
                                .isEqualTo(20_000);
                    }
                }
            }
        }
    }

    @Test
    void books_that_are_away_are_a_problem_and_never_half_a_file() throws IOException {
        many();
        boot(Kept.MEMORY);
        BooksException down = new BooksException("The database at db:5432 does not answer.", true, new IOException());
        try (RawClient client = RawClient.connect("127.0.0.1", rig.port(), 4096)) {
            client.get(Admin.ROOT + RECORDS, "Authorization: Bearer " + Admin.VIEWER);
            RawClient.Answer begun = client.answer();
            books.fail(down);
            assertThatThrownBy(begun::text).isInstanceOf(IOException.class);
        }
        for (String path : List.of("statistics/users", "usage", RECORDS, "statistics/export?format=pdf")) {
            Calls.Result answer = ask(Admin.VIEWER, path);
            assertThat(answer.status()).as(path).isEqualTo(503);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(answer.header("retry-after")).isNotEmpty();
            assertThat(answer.text()).contains("books-unavailable", "db:5432");
        }
        books.fail(null);
        assertThat(ask(Admin.VIEWER, "statistics/users?" + MAY).status()).isEqualTo(200);
    }

    @Test
    void where_nothing_is_booked_it_says_so() throws IOException {
        rig.config().system("usage: {enabled: false}");
        rig.writeConfig();
        boot(Kept.MEMORY);
        Calls.Result answer = ask(Admin.VIEWER, "statistics/summary");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("books-unavailable", "usage.enabled is false");
        assertThat(ask(GatewayRig.KEY, "me/usage").status()).isEqualTo(503);
        assertThat(ask(GatewayRig.KEY, "me").status()).isEqualTo(200);
        assertThat(stats().path("total_requests").asInt()).isZero();
    }
}
