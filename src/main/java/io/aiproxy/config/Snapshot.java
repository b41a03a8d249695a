package io.aiproxy.config;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The whole configuration at one moment: immutable, complete, valid. The request path reads nothing else.
 *
 * @param version counts up with every change that came into force; sent as {@code x-aiproxy-config-version}
 * @param loadedAt when it came into force
 * @param users by id, in the file's order
 * @param userGroups by id, in the file's order
 * @param channels by id, in the file's order
 * @param groups of channels, by id, in the file's order
 * @param modelAliases names that callers may ask for to the names of the models they get, {@code model_aliases:} in
 *     channels.yaml
 * @param adminTokens by id, in the file's order
 * @param prices what models cost, as far as it can be used
 * @param system what holds for the whole gateway
 * @param demo whether this is the built-in demo and not somebody's configuration
 * @param files every file that was read or looked for (prices.yaml, system.yaml and admin.yaml need not exist), secret and certificate files
 *     included; a change of any of them is a change of it
 */
public record Snapshot(
        long version,
        Instant loadedAt,
        Map<String, UserConfig> users,
        Map<String, UserGroupConfig> userGroups,
        Map<String, ChannelConfig> channels,
        Map<String, GroupConfig> groups,
        Map<String, String> modelAliases,
        Map<String, AdminTokenConfig> adminTokens,
        PriceTable prices,
        SystemConfig system,
        boolean demo,
        List<Path> files) {

    /** Whether this says the same as {@code other}, whenever each was read. What is in certificate files is not compared. */
    public boolean sameAs(Snapshot other) {
        return version == other.version
                && demo == other.demo
                && users.equals(other.users)
                && userGroups.equals(other.userGroups)
                && channels.equals(other.channels)
                && groups.equals(other.groups)
                && modelAliases.equals(other.modelAliases)
                && adminTokens.equals(other.adminTokens)
                && prices.equals(other.prices)
                && system.equals(other.system)
                && files.equals(other.files);
    }

    /** This with other prices. */
    public Snapshot with(PriceTable others) {
        return new Snapshot(
                version,
                loadedAt,
                users,
                userGroups,
                channels,
                groups,
                modelAliases,
                adminTokens,
                others,
                system,
                demo,
                files);
    }
}
