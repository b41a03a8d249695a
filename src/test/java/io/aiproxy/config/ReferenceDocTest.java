package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/config.md} is what the records' Javadoc says; {@code -Daiproxy.regenerate=true} writes it anew. */
class ReferenceDocTest {
    private static final Path DOC = Path.of("docs/reference/config.md");

    private static final String THE_KEY_ABOVE = "(the key above these)";
    private static final String THE_PRICES = "(the keys under \"the prices\")";
    private static final String TIMING = "`lifetime`, `refresh_early`, `timeout`";

    /** Components whose key is not their own name in snake case. */
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("ChannelConfig.target", "`tls`, `egress_proxy`, `http2`"),
            Map.entry("ChannelConfig.hostHeader", "`host`"),
            Map.entry("UserConfig.id", THE_KEY_ABOVE),
            Map.entry("ChannelConfig.id", THE_KEY_ABOVE),
            Map.entry("GroupConfig.id", THE_KEY_ABOVE),
            Map.entry("PriceConfig.id", THE_KEY_ABOVE),
            Map.entry("PriceConfig.charges", THE_PRICES),
            Map.entry("Tier.charges", THE_PRICES),
            Map.entry("UserGroupConfig.id", THE_KEY_ABOVE),
            Map.entry("AdminTokenConfig.id", THE_KEY_ABOVE),
            Map.entry("AdminTokenConfig.digest", "`sha256`"),
            Map.entry("KeyConfig.digest", "`proxy_key` or `sha256`"),
            Map.entry("KeyConfig.channels", "`channels` or `channel`"),
            Map.entry("Previous.digest", "`proxy_key` or `sha256`"),
            Map.entry("LimitConfig.quantity", "`requests`, `tokens`, `cost`, `concurrent` or `sockets`"),
            Map.entry("LimitConfig.amount", "(its value)"),
            Map.entry("LimitConfig.window", "`per`, `time_zone`"),
            Map.entry("ChannelGrant.channel", "(the key or element)"),
            Map.entry("ChannelGrant.group", "(from the group)"),
            Map.entry("ChannelGrant.weight", "(from the group)"),
            Map.entry("Member.channel", "(the key or element)"),
            Map.entry("CredentialConfig.fields", "`key_file`, and any other key"),
            Map.entry("Jwt.timing", TIMING),
            Map.entry("GoogleServiceAccount.timing", TIMING),
            Map.entry("ClientCredentials.timing", TIMING),
            Map.entry("ClientCredentials.parameters", "`scope`, `audience`, `parameters`"),
            Map.entry("Login.timing", TIMING),
            Map.entry("RequestRule.removeHeaders", "`remove.headers`"),
            Map.entry("RequestRule.setHeaders", "`set.headers`"),
            Map.entry("RequestRule.removeQuery", "`remove.query`"),
            Map.entry("RequestRule.setQuery", "`set.query`"),
            Map.entry("RequestRule.removeBody", "`remove.body`"),
            Map.entry("RequestRule.setBody", "`set.body`"),
            Map.entry("RequestRule.defaultBody", "`default.body`"),
            Map.entry("Anonymous.networks", "`allowed_ips`"));

    /** Components that are not keys but what became of a word; the text above them says how to write them. */
    private static final Set<Class<?>> WITHOUT_KEYS =
            Set.of(AuthConfig.class, TokenConfig.class, LimitConfig.Sliding.class, LimitConfig.Calendar.class);

    private record Section(String heading, Class<?> record) {}

    private static final List<Section> SECTIONS = List.of(
            new Section("## users.yaml: `users.<id>`", UserConfig.class),
            new Section("### `users.<id>.channels`", ChannelGrant.class),
            new Section("### `users.<id>.keys`", KeyConfig.class),
            new Section("### `users.<id>.keys[].previous`", KeyConfig.Previous.class),
            new Section("### `limits`, of users, keys, user groups and channels", LimitConfig.class),
            new Section("#### `per`: the last so many seconds", LimitConfig.Sliding.class),
            new Section("#### `per`: of the calendar", LimitConfig.Calendar.class),
            new Section("## users.yaml: `user_groups.<id>`", UserGroupConfig.class),
            new Section("## channels.yaml: `channels.<id>`", ChannelConfig.class),
            new Section("### `channels.<id>.credentials`", CredentialConfig.class),
            new Section("### `channels.<id>.token`", TokenConfig.class),
            new Section("### `channels.<id>.token`, of every kind", TokenConfig.Timing.class),
            new Section("### `channels.<id>.token`, `kind: jwt`", TokenConfig.Jwt.class),
            new Section(
                    "### `channels.<id>.token`, `kind: google-service-account`",
                    TokenConfig.GoogleServiceAccount.class),
            new Section(
                    "### `channels.<id>.token`, `kind: oauth2-client-credentials`",
                    TokenConfig.ClientCredentials.class),
            new Section("### `channels.<id>.token`, `kind: login`", TokenConfig.Login.class),
            new Section("### `channels.<id>.auth`", AuthConfig.class),
            new Section("### `channels.<id>.headers`", ChannelConfig.HeaderRules.class),
            new Section("### `channels.<id>.timeouts`", Timeouts.class),
            new Section("### `channels.<id>.retry`", ChannelConfig.RetryConfig.class),
            new Section("### `channels.<id>.websocket`", SocketLimits.class),
            new Section("### `channels.<id>.health`", HealthConfig.class),
            new Section("### `channels.<id>.health.breaker`", HealthConfig.Breaker.class),
            new Section("### `channels.<id>.health.cooldown`", HealthConfig.Cooldown.class),
            new Section("### `channels.<id>.health.probe`", HealthConfig.Probe.class),
            new Section("### `channels.<id>.rules`", RequestRule.class),
            new Section("### `channels.<id>.rules[].match`", RequestRule.Match.class),
            new Section("### `channels.<id>.usage`", UsageConfig.class),
            new Section("## channels.yaml: `groups.<id>`", GroupConfig.class),
            new Section("### `groups.<id>.channels`", GroupConfig.Member.class),
            new Section("### `groups.<id>.session`", GroupConfig.Session.class),
            new Section("## prices.yaml: `prices.<id>`", PriceConfig.class),
            new Section("### `prices.<id>`, the prices", PriceConfig.Charges.class),
            new Section("### `prices.<id>.tiers`", PriceConfig.Tier.class),
            new Section("## system.yaml: `system`", SystemConfig.class),
            new Section("### `system.limits`", SystemConfig.Limits.class),
            new Section("### `system.retry`", SystemConfig.Retry.class),
            new Section("### `system.access_log`", SystemConfig.AccessLogConfig.class),
            new Section("### `system.affinity`", SystemConfig.Affinity.class),
            new Section("### `system.client`", SystemConfig.Client.class),
            new Section("### `system.websocket`", SystemConfig.Websocket.class),
            new Section("### `system.cors`", SystemConfig.Cors.class),
            new Section("### `system.anonymous`", SystemConfig.Anonymous.class),
            new Section("### `system.keys`", SystemConfig.Keys.class),
            new Section("### `system.admin`", SystemConfig.Admin.class),
            new Section("### `system.backup`", SystemConfig.Backup.class),
            new Section("### `system.usage`", BooksConfig.class),
            new Section("### `system.report`", ReportConfig.class),
            new Section("### `system.tracing`", TracingConfig.class),
            new Section("### `system.money`", MoneyConfig.class),
            new Section("## admin.yaml: `admin_tokens.<id>`", AdminTokenConfig.class));

    @Test
    void theReferenceSaysWhatTheRecordsSay() throws IOException {
        String expected = generate();
        if (Boolean.getBoolean("aiproxy.regenerate")) {
            Files.createDirectories(DOC.getParent());
            Files.writeString(DOC, expected);
        }
        assertThat(DOC)
                .as("%s is stale; regenerate it: mvn test -Dtest=ReferenceDocTest -Daiproxy.regenerate=true", DOC)
                .hasContent(expected);
    }

    @Test
    void everyKeyThatTheLoaderKnowsIsInTheReference() throws Exception {
        Source.Keys keys = Source.Keys.gathering();
        ConfigLoader.load(Path.of("config/examples/everything"), Configs.EVERYTHING_ENVIRONMENT::get, keys);
        String doc = generate();

        assertThat(doc).doesNotContain("{@");
        assertThat(keys.known()).isNotEmpty().allSatisfy(key -> assertThat(doc)
                .containsPattern("\\b" + key.substring(key.lastIndexOf('.') + 1) + "\\b"));
    }

    private static String generate() throws IOException {
        StringBuilder out =
                new StringBuilder(Files.readString(Path.of("src/test/resources/golden/config/reference-head.md")));
        for (Section section : SECTIONS) {
            RecordSource source = RecordSource.of(section.record());
            out.append('\n')
                    .append(section.heading())
                    .append("\n\n")
                    .append(source.text())
                    .append('\n');
            if (!WITHOUT_KEYS.contains(section.record())) {
                out.append("\n| key | meaning |\n|---|---|\n");
                source.components().forEach((component, text) -> out.append("| ")
                        .append(key(section.record(), component))
                        .append(" | ")
                        .append(text.replace("|", "\\|"))
                        .append(" |\n"));
            }
        }
        return out.toString();
    }

    private static String key(Class<?> record, String component) {
        String special = KEYS.get(record.getSimpleName() + "." + component);
        return special != null ? special : "`" + snakeCase(component) + "`";
    }

    private static String snakeCase(String component) {
        return component.replaceAll("(?=[A-Z])", "_").toLowerCase(java.util.Locale.ROOT);
    }
}
