package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.app.Gateway;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.GatewayStarter;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketReply;
import io.aiproxy.usage.MemoryBooks;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.TokenEstimator;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a WebSocket has used is in the books, also when the provider could not tell it any more, and says where it comes from. */
@NeedsGateway
class SocketEstimateTest {
    private static final String PATH = "/v1/realtime?model=gpt-realtime";
    private static final String INSTRUCTIONS =
            "{\"type\":\"session.update\",\"session\":{\"instructions\":\"Answer in one sentence, please.\"}}";
    private static final String CREATE = "{\"type\":\"response.create\"}";
    private static final String CREATED = "{\"type\":\"response.created\",\"response\":{\"id\":\"%s\"}}";
    private static final String DELTA =
            "{\"type\":\"response.output_text.delta\",\"response_id\":\"%s\",\"delta\":\"The weather is fine today.\"}";
    private static final String DONE = "{\"type\":\"response.done\",\"response\":{\"id\":\"r1\",\"usage\":"
            + "{\"input_tokens\":1000,\"output_tokens\":100}}}";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private final MemoryBooks books = new MemoryBooks();

    private GatewayStarter booking() {
        return settings -> {
            Gateway gateway = Gateway.start(
                    settings,
                    new Properties(),
                    new UsageParts(
                            (of, snapshot) -> books, Optional.of(new TokenEstimator()), snapshot -> Pricing.NONE));
            return new GatewayStarter.Running(gateway.port(), gateway.opsPort(), gateway::close);
        };
    }

    private GatewayRig rig(String... system) {
        GatewayRig rig = GatewayRig.prepare(
                RigConfig.empty()
                        .channel("alpha", upstream)
                        .user("zhangsan", GatewayRig.KEY, "alpha")
                        .system(system),
                settings -> settings);
        rig.boot(booking());
        return rig;
    }

    private UsageRecord converse(GatewayRig rig, SocketReply reply, int answers) throws IOException {
        upstream.onAny().reply(reply);
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), PATH, GatewayRig.AUTH)) {
            socket.text(INSTRUCTIONS).text(CREATE);
            for (int i = 0; i < answers; i++) {
                socket.text();
            }
            socket.abort();
        }
        await("the record").atMost(Duration.ofSeconds(30)).until(() -> !books.all()
                .isEmpty());
        return books.all().get(0);
    }

    private static SocketReply told() {
        return Reply.webSocket()
                .expectText(INSTRUCTIONS)
                .expectText(CREATE)
                .sendText(CREATED.formatted("r1"))
                .sendText(DELTA.formatted("r1"))
                .sendText(DONE);
    }

    @Test
    void aConversationWhoseProviderHasToldEverything() throws IOException {
        try (GatewayRig rig = rig("log_level: info")) {
            UsageRecord record = converse(rig, told(), 3);
            assertThat(record.source()).isEqualTo(UsageSource.PROVIDER);
            assertThat(record.usage()).isEqualTo(new Usage(1000, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        }
    }

    @Test
    void anAnswerThatWasCutIsEstimatedAndThoseBeforeItCountAsTold() throws IOException {
        try (GatewayRig rig = rig("log_level: info")) {
            SocketReply reply = told().sendText(CREATED.formatted("r2")).sendText(DELTA.formatted("r2"));
            UsageRecord record = converse(rig, reply, 5);
            assertThat(record.source()).isEqualTo(UsageSource.ESTIMATED);
            assertThat(record.usage().inputTokens()).isBetween(1000L + 8, 1000L + 16);
            assertThat(record.usage().outputTokens()).isEqualTo(100 + 6);
        }
    }

    @Test
    void aProviderThatIsSilent() throws IOException {
        try (GatewayRig rig = rig("log_level: info")) {
            UsageRecord record =
                    converse(rig, Reply.webSocket().expectText(INSTRUCTIONS).expectText(CREATE), 0);
            assertThat(record.source()).isEqualTo(UsageSource.ESTIMATED);
            assertThat(record.usage().inputTokens()).isBetween(5L, 10L);
            assertThat(record.usage().outputTokens()).isZero();
        }
    }

    @Test
    void whereNothingIsEstimatedWhatWasToldCountsAlone() throws IOException {
        try (GatewayRig rig = rig("usage: {estimate: false}")) {
            SocketReply reply = told().sendText(CREATED.formatted("r2")).sendText(DELTA.formatted("r2"));
            UsageRecord record = converse(rig, reply, 5);
            assertThat(record.source()).isEqualTo(UsageSource.PROVIDER);
            assertThat(record.usage().inputTokens()).isEqualTo(1000);
        }
    }
}
