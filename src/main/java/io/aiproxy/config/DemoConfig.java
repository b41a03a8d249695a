package io.aiproxy.config;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configuration of a gateway that was started without any: one user, one key, one channel inside the gateway itself. */
public final class DemoConfig {
    /** The demo's only proxy key. Everybody knows it, so the demo never starts where a configuration exists. */
    public static final String PROXY_KEY = "pk_demo_key";

    /** What the demo channel is shown instead. */
    public static final String CREDENTIAL = "demo-channel-credential";

    private DemoConfig() {}

    /**
     * The demo's snapshot, version 1.
     *
     * @param demoChannelPort where the demo channel listens on 127.0.0.1
     * @param now when it comes into force
     */
    public static Snapshot snapshot(int demoChannelPort, Instant now) {
        List<ChannelGrant> grants = List.of(new ChannelGrant("demo", 1));
        KeyConfig key = new KeyConfig(
                KeyDigest.of(PROXY_KEY),
                KeyPrefix.of(PROXY_KEY),
                "demo",
                Status.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                grants,
                ModelScope.ANY,
                List.of(),
                List.of(),
                Optional.empty());
        UserConfig user = new UserConfig(
                "demo",
                "Demo",
                "",
                "",
                Status.ACTIVE,
                List.of(),
                List.of(),
                grants,
                ModelScope.ANY,
                List.of(key),
                List.of(),
                List.of());
        return new Snapshot(
                1,
                now,
                Map.of("demo", user),
                Map.of(),
                Map.of("demo", channel(demoChannelPort)),
                Map.of(),
                Map.of(),
                Map.of(),
                PriceTable.EMPTY,
                SystemConfig.defaults(),
                true,
                List.of());
    }

    private static ChannelConfig channel(int port) {
        Origin origin = new Origin(false, "127.0.0.1", port);
        Target.Tls tls = new Target.Tls(true, Optional.empty(), origin.host());
        return new ChannelConfig(
                "demo",
                "Demo",
                URI.create(origin.toString()),
                Optional.of(URI.create("ws://" + origin.authority())),
                List.of(new CredentialConfig("default", Secret.of(CREDENTIAL))),
                AuthConfig.BEARER,
                Dialect.OPENAI,
                Status.ACTIVE,
                100,
                List.of(),
                Map.of(),
                Map.of(),
                new ChannelConfig.HeaderRules(Map.of(), List.of()),
                ChannelConfig.Forwarding.KEEP,
                Timeouts.DEFAULT,
                new ChannelConfig.RetryConfig(1, Duration.ofMillis(200)),
                new Target(origin, tls, Optional.empty(), true),
                origin.authority(),
                true,
                Map.of(),
                SocketLimits.DEFAULT,
                Optional.empty(),
                Strategy.PRIORITY,
                HealthConfig.DEFAULT,
                List.of(),
                Map.of(),
                false,
                List.of(),
                UsageConfig.defaults(true));
    }
}
