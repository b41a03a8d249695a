package io.aiproxy.edge;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.RequestRule;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.testing.Configured;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A channel of a configuration, with changes made by hand. */
final class Channels {
    private final ChannelConfig base;
    private Optional<TokenConfig> token;
    private List<RequestRule> rules;
    private Map<String, String> modelHosts;
    private boolean privacy;

    private Channels(ChannelConfig base) {
        this.base = base;
        this.token = base.token();
        this.rules = base.rules();
        this.modelHosts = base.modelHosts();
        this.privacy = base.privacy();
    }

    static Channels of(Snapshot snapshot, String id) {
        return new Channels(snapshot.channels().get(id));
    }

    /** The configuration with every channel changed. */
    static Snapshot in(Snapshot snapshot, Function<String, Channels> change) {
        Map<String, ChannelConfig> channels = new LinkedHashMap<>();
        snapshot.channels()
                .keySet()
                .forEach(id -> channels.put(id, change.apply(id).build()));
        return Configured.snapshot(
                snapshot.version(),
                snapshot.loadedAt(),
                snapshot.users(),
                channels,
                snapshot.groups(),
                snapshot.system(),
                snapshot.demo(),
                snapshot.files());
    }

    /** Wants a token; which recipe does not matter here. */
    Channels token() {
        token = Optional.of(new TokenConfig.GoogleServiceAccount(List.of("scope"), TokenConfig.Timing.DEFAULT));
        return this;
    }

    Channels rules(RequestRule... all) {
        rules = List.of(all);
        return this;
    }

    Channels modelHost(String model, String host) {
        modelHosts = Map.of(model, host);
        return this;
    }

    Channels privacy() {
        privacy = true;
        return this;
    }

    ChannelConfig build() {
        return new ChannelConfig(
                base.id(),
                base.name(),
                base.baseUrl(),
                base.websocketUrl(),
                base.credentials(),
                base.auth(),
                base.dialect(),
                base.status(),
                base.priority(),
                base.models(),
                base.modelAliases(),
                base.pathRewrite(),
                base.headers(),
                base.forwarding(),
                base.timeouts(),
                base.retry(),
                base.target(),
                base.hostHeader(),
                base.supportsWebsocket(),
                base.websocketEndpoints(),
                base.websocket(),
                token,
                base.strategy(),
                base.health(),
                rules,
                modelHosts,
                privacy,
                base.limits(),
                base.usage());
    }
}
