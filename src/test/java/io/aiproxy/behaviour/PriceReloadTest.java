package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A price table comes, goes and breaks while calls are made. */
@NeedsGateway
class PriceReloadTest {
    private static final String DEAR = "prices: {all: {model: \"*\", input: 10}}\n";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final GatewayRig rig = GatewayRig.prepare(
            RigConfig.empty()
                    .channel("alpha", upstream)
                    .userLines(
                            "poor",
                            "channels: [alpha]",
                            "proxy_key: pk_test_poor",
                            "max_budget: 0.001",
                            "budget_duration: 1d"),
            settings -> settings);

    private static Calls.Result chat(RawClient client) throws IOException {
        return Calls.read(client.post(CHAT, BODY, "Authorization: Bearer pk_test_poor"));
    }

    private void change(String prices) {
        long before = rig.configVersion();
        rig.write("config/prices.yaml", prices);
        rig.awaitConfigAfter(before);
    }

    @Test
    void aTableThatCannotBeReadLeavesTheOldPricesInForce() throws IOException {
        upstream.onAny().reply(Reply.json("{\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":0}}"));
        rig.write("config/prices.yaml", "prices: [");
        rig.boot();
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(chat(client).status()).as("without any prices").isEqualTo(200);
            }
            change(DEAR);
            change("prices: {all: {model: \"*\", input: 10}\n  oops: [");
            assertThat(chat(client).status())
                    .as("one call is paid with the prices before")
                    .isEqualTo(200);
            chat(client).isFailure(429, "quota_exceeded");
            change("prices: {all: {model: \"*\", input: free}}\n");
            rig.config().userLines("rich", "channels: [alpha]", "proxy_key: pk_test_rich");
            rig.applyConfig();
            Calls.Result other = Calls.read(client.post(CHAT, BODY, "Authorization: Bearer pk_test_rich"));
            assertThat(other.status())
                    .as("a bad entry keeps nobody from coming in")
                    .isEqualTo(200);
        }
    }
}
