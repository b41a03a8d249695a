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

    /** Components whose key is not their own name in snake case. */
    private static final Map<String, String> KEYS = Map.of(
            "ChannelConfig.target", "`tls`, `egress_proxy`, `http2`",
            "ChannelConfig.hostHeader", "`host`",
            "UserConfig.id", "(the key above these)",
            "ChannelConfig.id", "(the key above these)",
            "ChannelGrant.channel", "(the key or element)");

    /** Components that are not keys but what became of a word; the text above them says how to write them. */
    private static final Set<Class<?>> WITHOUT_KEYS = Set.of(AuthConfig.class);

    private record Section(String heading, Class<?> record) {}

    private static final List<Section> SECTIONS = List.of(
            new Section("## users.yaml: `users.<id>`", UserConfig.class),
            new Section("### `users.<id>.channels`", ChannelGrant.class),
            new Section("### `users.<id>.keys`", KeyConfig.class),
            new Section("## channels.yaml: `channels.<id>`", ChannelConfig.class),
            new Section("### `channels.<id>.credentials`", CredentialConfig.class),
            new Section("### `channels.<id>.auth`", AuthConfig.class),
            new Section("### `channels.<id>.headers`", ChannelConfig.HeaderRules.class),
            new Section("### `channels.<id>.timeouts`", Timeouts.class),
            new Section("### `channels.<id>.retry`", ChannelConfig.RetryConfig.class),
            new Section("### `channels.<id>.websocket`", SocketLimits.class),
            new Section("## system.yaml: `system`", SystemConfig.class),
            new Section("### `system.limits`", SystemConfig.Limits.class),
            new Section("### `system.retry`", SystemConfig.Retry.class),
            new Section("### `system.access_log`", SystemConfig.AccessLogConfig.class),
            new Section("### `system.affinity`", SystemConfig.Affinity.class),
            new Section("### `system.client`", SystemConfig.Client.class),
            new Section("### `system.websocket`", SystemConfig.Websocket.class),
            new Section("### `system.cors`", SystemConfig.Cors.class));

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
        Source.Keys keys = new Source.Keys();
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
