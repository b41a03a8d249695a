package io.aiproxy.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a gateway under test, as YAML text. Lines given for a channel or a user replace the default line
 * with the same key: {@code .channel("a", url, "dialect: anthropic", "status: disabled")}. Text with several lines
 * nests by its own indentation.
 */
public final class RigConfig {
    private final Map<String, List<String>> channels = new LinkedHashMap<>();
    private final Map<String, List<String>> users = new LinkedHashMap<>();
    private final Map<String, List<String>> userGroups = new LinkedHashMap<>();
    private final Map<String, String> modelAliases = new LinkedHashMap<>();
    private final List<String> system = new ArrayList<>();

    /** An empty configuration. */
    public static RigConfig empty() {
        return new RigConfig();
    }

    /** The provider's key of a channel of these tests. */
    public static String keyOf(String channel) {
        return "sk_upstream_" + channel;
    }

    /**
     * Adds or replaces a channel: active, its key {@link #keyOf}, a short back-off.
     *
     * @param lines further keys, or other values for the default ones
     */
    public RigConfig channel(String id, FakeUpstream upstream, String... lines) {
        return channel(id, upstream.baseUrl(), lines);
    }

    /** As {@link #channel(String, FakeUpstream, String...)}, for a URL. */
    public RigConfig channel(String id, String baseUrl, String... lines) {
        channels.put(
                id,
                merged(
                        List.of(
                                "name: Channel " + id,
                                "base_url: " + baseUrl,
                                "api_key: " + keyOf(id),
                                "retry: {max_retries: 0, backoff: 10ms}"),
                        lines));
        return this;
    }

    /** Adds or replaces an active user with one key and channels in order of priority. */
    public RigConfig user(String id, String proxyKey, String... channelIds) {
        return userLines(
                id,
                "name: User " + id,
                "channels: [" + String.join(", ", channelIds) + "]",
                "keys:\n  - proxy_key: " + proxyKey + "\n    name: laptop");
    }

    /** Adds or replaces a user by its lines. */
    public RigConfig userLines(String id, String... lines) {
        users.put(id, merged(List.of(), lines));
        return this;
    }

    /** Adds or replaces a group of users by its lines. */
    public RigConfig userGroup(String id, String... lines) {
        userGroups.put(id, merged(List.of(), lines));
        return this;
    }

    /** Adds an alias for all channels. */
    public RigConfig modelAlias(String alias, String model) {
        modelAliases.put(alias, model);
        return this;
    }

    /** Forgets a user. */
    public RigConfig withoutUser(String id) {
        users.remove(id);
        return this;
    }

    /** Adds lines under {@code system:}. */
    public RigConfig system(String... lines) {
        List<String> all = merged(system, lines);
        system.clear();
        system.addAll(all);
        return this;
    }

    String channelsYaml() {
        StringBuilder yaml = new StringBuilder(section("channels", channels));
        if (!modelAliases.isEmpty()) {
            yaml.append("model_aliases:\n");
            modelAliases.forEach((alias, model) -> yaml.append(indented(alias + ": " + model, 2)));
        }
        return yaml.toString();
    }

    String usersYaml() {
        return section("users", users) + (userGroups.isEmpty() ? "" : section("user_groups", userGroups));
    }

    String systemYaml() {
        StringBuilder yaml = new StringBuilder("system:\n");
        List<String> lines = system.isEmpty() ? List.of("log_level: info") : system;
        lines.forEach(line -> yaml.append(indented(line, 2)));
        return yaml.toString();
    }

    private static List<String> merged(List<String> defaults, String... lines) {
        Map<String, String> byKey = new LinkedHashMap<>();
        defaults.forEach(line -> byKey.put(key(line), line));
        for (String line : lines) {
            byKey.put(key(line), line);
        }
        return new ArrayList<>(byKey.values());
    }

    private static String key(String line) {
        return line.substring(0, line.indexOf(':'));
    }

    private static String section(String name, Map<String, List<String>> entries) {
        if (entries.isEmpty()) {
            return name + ": {}\n";
        }
        StringBuilder yaml = new StringBuilder(name + ":\n");
        entries.forEach((id, lines) -> {
            yaml.append("  ").append(id).append(":\n");
            lines.forEach(line -> yaml.append(indented(line, 4)));
        });
        return yaml.toString();
    }

    private static String indented(String text, int by) {
        return text.indent(by);
    }
}
