package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.PostgresServer;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.sql.SqlBooks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A result of work in the background that is fetched at two gateways with one database: both tell the caller, one of them books it. */
@NeedsGateway
class DeferredOnTwoGatewaysTest {
    private static final String RESPONSE =
            "{\"id\":\"resp_1\",\"background\":true,\"status\":\"%s\",\"model\":\"gpt-5\",\"usage\":%s}";
    private static final String USED = "{\"input_tokens\":5,\"output_tokens\":6}";

    @TempDir
    private static Path directory;

    private static GatewayRig start(Database database, FakeUpstream upstream) throws Exception {
        SqlBooks books = SqlBooks.open(database, ZoneOffset.UTC);
        GatewayRig rig = GatewayRig.prepare(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                settings -> settings);
        rig.write("config/admin.yaml", Admin.tokens());
        rig.boot(GatewayRig.booked(
                parts -> new UsageParts((settings, snapshot) -> books, parts.estimator(), parts.pricing())));
        return rig;
    }

    private static JsonNode ask(GatewayRig of, String path) throws IOException {
        Calls.Result answer = Admin.as(new Admin.Sender(of, Admin.VIEWER), "GET", path, "");
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static void awaitBooked(GatewayRig rig, int requests) {
        await("booked")
                .until(() ->
                        ask(rig, "statistics/summary").at("/totals/requests").asInt() == requests);
    }

    private static JsonNode booked(GatewayRig rig, Calls.Result call) throws IOException {
        return ask(rig, "usage/" + call.header("x-aiproxy-request-id")).path("record");
    }

    @Test
    void whatBothHaveFetchedIsBookedOnce() throws Exception {
        try (DatabaseServer server = PostgresServer.start(directory);
                FakeUpstream upstream = FakeUpstream.start()) {
            upstream.onAny()
                    .reply(Reply.json(RESPONSE.formatted("queued", "null")))
                    .reply(Reply.json(RESPONSE.formatted("completed", USED)));
            Database database = new Database(server.freshDatabase(), server.user(), Secret.of(server.password()));
            try (GatewayRig one = start(database, upstream);
                    GatewayRig other = start(database, upstream)) {
                Calls.post(
                        one,
                        "/v1/responses",
                        "{\"model\":\"gpt-5\",\"background\":true,\"input\":\"think\"}",
                        GatewayRig.AUTH);
                Calls.Result first = Calls.get(one, "/v1/responses/resp_1", GatewayRig.AUTH);
                awaitBooked(one, 2);
                Calls.Result second = Calls.get(other, "/v1/responses/resp_1", GatewayRig.AUTH);
                awaitBooked(other, 3);

                assertThat(second.json()).isEqualTo(first.json());
                JsonNode told = booked(other, first);
                JsonNode again = booked(one, second);
                assertThat(told.at("/usage/output_tokens").asInt()).isEqualTo(6);
                assertThat(told.path("work").asText()).matches("[0-9a-f]{32}");
                assertThat(again.path("work")).isEqualTo(told.path("work"));
                assertThat(again.has("usage")).isFalse();
                assertThat(again.path("usage_source").asText()).isEqualTo("none");
                assertThat(ask(one, "statistics/summary")
                                .at("/totals/usage/output_tokens")
                                .asInt())
                        .isEqualTo(6);
            }
        }
    }
}
