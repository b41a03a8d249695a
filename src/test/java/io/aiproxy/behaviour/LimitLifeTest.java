package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Counts outlive the configuration that they began with, and long ones the process. */
@NeedsGateway
class LimitLifeTest {
    private static RigConfig limited(FakeUpstream upstream, String limit) {
        return RigConfig.empty().channel("alpha", upstream).userLines("zhangsan", user(limit));
    }

    private static String[] user(String limit) {
        return new String[] {"channels: [alpha]", "proxy_key: " + GatewayRig.KEY, "limits: [" + limit + "]"};
    }

    @Test
    void anotherAmountGoesOnWithTheSameCount() throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayRig rig = GatewayRig.start(limited(upstream, "{requests: 2, per: day}"))) {
            upstream.onAny().reply(Calls.ok());
            Calls.chat(rig);
            Calls.chat(rig);
            Calls.chat(rig).isFailure(429, "rate_limit_exceeded");
            rig.config().userLines("zhangsan", user("{requests: 3, per: day}"));
            rig.applyConfig();
            Calls.Result third = Calls.chat(rig);
            assertThat(third.status()).isEqualTo(200);
            assertThat(third.header("x-ratelimit-remaining-requests")).isEqualTo("0");
            rig.config().userLines("zhangsan", user("{requests: 1, per: day}"));
            rig.applyConfig();
            Calls.chat(rig).isFailure(429, "rate_limit_exceeded");
        }
    }

    @Test
    void aRestartKeepsADaysCount() throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayRig rig =
                        GatewayRig.start(limited(upstream, "{requests: 2, per: day}, {requests: 9, per: minute}"))) {
            upstream.onAny().reply(Calls.ok());
            Calls.chat(rig);
            rig.stop();
            assertThat(rig.read("data/limits.json")).contains("user/zhangsan/requests/86400s");
            rig.boot();
            assertThat(Calls.chat(rig).header("x-ratelimit-remaining-requests")).isEqualTo("0");
            Calls.chat(rig).isFailure(429, "rate_limit_exceeded");
        }
    }
}
