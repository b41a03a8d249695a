package io.aiproxy.sdk;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.RigConfig;
import java.util.Optional;

/** What an SDK is told: a URL and a key; behind it a provider, with or without the gateway in between. */
final class SdkAccess implements AutoCloseable {
    private final FakeUpstream upstream = FakeUpstream.start();
    private final Optional<GatewayRig> rig;

    private SdkAccess(boolean throughGateway, String dialect) {
        rig = throughGateway
                ? Optional.of(GatewayRig.start(RigConfig.empty()
                        .channel("alpha", upstream, "dialect: " + dialect)
                        .user("zhangsan", GatewayRig.KEY, "alpha")))
                : Optional.empty();
    }

    static SdkAccess direct() {
        return new SdkAccess(false, "");
    }

    static SdkAccess gateway(String dialect) {
        return new SdkAccess(true, dialect);
    }

    boolean throughGateway() {
        return rig.isPresent();
    }

    FakeUpstream upstream() {
        return upstream;
    }

    String baseUrl() {
        return rig.map(GatewayRig::baseUrl).orElseGet(upstream::baseUrl);
    }

    String key() {
        return rig.isPresent() ? GatewayRig.KEY : RigConfig.keyOf("alpha");
    }

    /** The line of the gateway's access log that contains this text; empty when there is no gateway. */
    Optional<String> logLine(String containing) {
        return rig.map(gateway -> gateway.awaitLogLine(containing));
    }

    /** Forgets what was; the provider wants exactly its own key, and never sees a proxy key. */
    void expect(String header, String prefix) {
        upstream.reset();
        upstream.expectCredential(header, prefix + RigConfig.keyOf("alpha")).forbid("pk_test");
    }

    @Override
    public void close() {
        rig.ifPresent(GatewayRig::close);
        upstream.close();
    }
}
