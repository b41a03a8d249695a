package io.aiproxy.testing;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.GroupConfig;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.ModelScope;
import io.aiproxy.config.PriceTable;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.UserConfig;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Secret;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configuration records made by hand, for tests that need no more than these parts of them. */
public final class Configured {
    private Configured() {}

    /** A key without limits. */
    public static KeyConfig key(
            Secret key,
            String name,
            Status status,
            Optional<Instant> expiresAt,
            List<ChannelGrant> channels,
            List<String> allowedIps) {
        return new KeyConfig(
                KeyDigest.of(key.reveal()),
                "",
                name,
                status,
                Optional.empty(),
                expiresAt,
                channels,
                ModelScope.ANY,
                allowedIps,
                List.of(),
                Optional.empty());
    }

    /** A user in no group. */
    public static UserConfig user(
            String id,
            String name,
            Status status,
            List<ChannelGrant> channels,
            List<KeyConfig> keys,
            List<String> allowedIps) {
        return new UserConfig(
                id, name, "", "", status, List.of(), List.of(), channels, ModelScope.ANY, keys, allowedIps, List.of());
    }

    /** A snapshot that came from no files. */
    public static Snapshot snapshot(
            long version,
            Instant loadedAt,
            Map<String, UserConfig> users,
            Map<String, ChannelConfig> channels,
            Map<String, GroupConfig> groups,
            SystemConfig system,
            boolean demo,
            List<Path> files) {
        return new Snapshot(
                version,
                loadedAt,
                users,
                Map.of(),
                channels,
                groups,
                Map.of(),
                Map.of(),
                PriceTable.EMPTY,
                system,
                demo,
                files);
    }
}
