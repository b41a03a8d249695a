package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.Gateway;
import io.aiproxy.app.Settings;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Usage;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.GatewayStarter;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.MemoryBooks;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What callers have used is in the books, call by call. */
@NeedsGateway
class BookingTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ANSWER =
            "{\"model\":\"gpt-4o-2024-08-06\",\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private final MemoryBooks books = new MemoryBooks();

    private GatewayStarter booking() {
        return settings -> {
            Gateway gateway = Gateway.start(
                    settings,
                    new Properties(),
                    new UsageParts((of, snapshot) -> books, Optional.empty(), snapshot -> Pricing.NONE));
            return new GatewayStarter.Running(gateway.port(), gateway.opsPort(), gateway::close);
        };
    }

    private GatewayRig rig(String... system) {
        RigConfig config = RigConfig.empty()
                .channel("alpha", upstream)
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .system(system);
        return GatewayRig.prepare(config, settings -> settings);
    }

    /** Callers at the same time; what each of them was told of its usage, and by which id. */
    private static List<JsonNode> load(GatewayRig rig, int callers, int calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        List<Future<List<JsonNode>>> running = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            Callable<List<JsonNode>> talk = () -> {
                List<JsonNode> told = new ArrayList<>();
                try (RawClient client = rig.client()) {
                    for (int i = 0; i < calls; i++) {
                        client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
                        told.add(new ObjectMapper()
                                .readTree(Calls.read(client).text())
                                .path("usage"));
                    }
                }
                return told;
            };
            running.add(threads.submit(talk));
        }
        List<JsonNode> told = new ArrayList<>();
        for (Future<List<JsonNode>> one : running) {
            told.addAll(one.get());
        }
        threads.shutdown();
        return told;
    }

    private static long sum(List<JsonNode> usages, String field) {
        return usages.stream().mapToLong(usage -> usage.path(field).asLong()).sum();
    }

    @Test
    void theTotalsAreTheCallersOwn() throws Exception {
        upstream.onAny().answer(request -> {
            int number = upstream.requests().size();
            return Reply.json(ANSWER.formatted(number % 97 + 1, number % 13 + 1));
        });
        try (GatewayRig rig = rig("log_level: info")) {
            rig.boot(booking());
            List<JsonNode> told = load(rig, 8, 50);
            rig.stop(); // what has not come into the books yet comes now
            List<UsageRecord> all = books.all();
            assertThat(all).hasSize(400);
            assertThat(all.stream().map(UsageRecord::id).distinct()).hasSize(400);
            Usage used = all.stream().map(UsageRecord::usage).reduce(Usage.NONE, Usage::plus);
            assertThat(used.inputTokens()).isEqualTo(sum(told, "prompt_tokens"));
            assertThat(used.outputTokens()).isEqualTo(sum(told, "completion_tokens"));
            assertThat(all).allSatisfy(record -> {
                assertThat(record.user()).isEqualTo("zhangsan");
                assertThat(record.channel()).isEqualTo("alpha");
                assertThat(record.status()).isEqualTo(200);
                assertThat(record.modelAsked()).isEqualTo("gpt-4o");
            });
        }
    }

    @Test
    void refusalsAreBookedAndOperationalPagesAreNot() throws IOException {
        try (GatewayRig rig = rig("log_level: info")) {
            rig.boot(booking());
            Calls.get(rig, "/health");
            Calls.Result refused = Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_nobody");
            rig.stop();
            assertThat(books.all()).singleElement().satisfies(record -> {
                assertThat(record.id()).isEqualTo(refused.header("x-aiproxy-request-id"));
                assertThat(record.failure()).isEqualTo("invalid_api_key");
                assertThat(record.usage()).isEqualTo(Usage.NONE);
            });
        }
    }

    private static JsonNode ready(GatewayRig rig) throws IOException {
        return Calls.get(rig, "/ready").json().path("usage").path("trouble");
    }

    @Test
    void booksThatAreDownStopNobodyAndAreToldOf() throws Exception {
        upstream.onAny().reply(Reply.json(ANSWER.formatted(3, 4)));
        books.fail(MemoryBooks.Failure.DOWN);
        try (GatewayRig rig = rig("log_level: info")) {
            rig.boot(booking());
            load(rig, 2, 10);
            await().atMost(SOON)
                    .until(() -> ready(rig).asText().contains("start it")); // when the books are first looked at
            assertThat(ready(rig).asText()).contains("memory");
            assertThat(Calls.get(rig, "/metrics").text())
                    .contains("aiproxy_journal_lag_records 20.0", "aiproxy_journal_lost_total 0.0");
            rig.stop();
            assertThat(books.adds()).isZero();
            books.fail(MemoryBooks.Failure.NONE);
            rig.boot(booking());
            await().atMost(SOON)
                    .until(() -> books.all().size() == 20 && ready(rig).isNull());
            assertThat(Calls.get(rig, "/metrics").text())
                    .contains("aiproxy_journal_lag_records 0.0", "aiproxy_journal_booked_total 20.0");
        }
    }

    @Test
    void whatIsNotWantedLeavesNoTrace() throws Exception {
        upstream.onAny().reply(Reply.json(ANSWER.formatted(3, 4)));
        try (GatewayRig rig = rig("usage: {enabled: false}")) {
            rig.boot(booking());
            load(rig, 1, 2);
            assertThat(Calls.get(rig, "/metrics").text()).doesNotContain("aiproxy_journal");
            rig.stop();
            assertThat(books.all()).isEmpty();
            assertThat(rig.home().resolve("data/journal")).doesNotExist();
        }
    }

    @Test
    void bookingCanBeTakenBackWhileTheGatewayRuns() throws Exception {
        upstream.onAny().reply(Reply.json(ANSWER.formatted(3, 4)));
        try (GatewayRig rig = rig("log_level: info")) {
            rig.boot(booking());
            load(rig, 1, 2);
            rig.config().system("usage: {enabled: false}");
            rig.applyConfig();
            load(rig, 1, 3);
            rig.stop();
            assertThat(books.all()).hasSize(2);
        }
    }

    @Test
    void aSecondGatewayNeedsADataDirectoryOfItsOwn() throws Exception {
        upstream.onAny().reply(Reply.json(ANSWER.formatted(3, 4)));
        Settings[] same = new Settings[1];
        try (GatewayRig rig = rig("log_level: info")) {
            rig.boot(settings -> {
                same[0] = settings;
                return booking().start(settings);
            });
            assertThatThrownBy(() -> booking().start(same[0]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is in use");
            load(rig, 1, 1);
            rig.stop();
            assertThat(books.all()).hasSize(1);
        }
    }
}
