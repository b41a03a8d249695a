package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples load, and no key, component or text can be forgotten. */
class ExamplesTest {
    /** Not configuration but what is known about it. */
    private static final Set<String> NOT_WRITTEN =
            Set.of("Snapshot", "PriceTable", "Problem", "Watched", "Text", "Value", "Source");

    @TempDir
    Path directory;

    @Test
    void theTemplatesLoadAsTheyAre() throws Exception {
        Snapshot snapshot = Configs.load(Path.of("config/examples"));

        assertThat(snapshot.channels()).containsOnlyKeys("bailian", "openai", "anthropic", "gemini");
        assertThat(snapshot.users()).containsOnlyKeys("zhangsan", "lisi", "wangwu");
        assertThat(snapshot.users().get("wangwu").status()).isEqualTo(Status.DISABLED);
        assertThat(snapshot.prices().leftOut()).isEmpty();
        assertThat(snapshot.prices().entries()).hasSizeGreaterThan(15);
    }

    @Test
    void everythingLoadsAndMeansWhatItsCommentsSay() throws Exception {
        Snapshot snapshot = Configs.everything();
        ChannelConfig bailian = snapshot.channels().get("bailian");

        assertThat(bailian.target().tls().caFile())
                .contains(Path.of("config/examples/everything/certs/company-ca.pem"));
        assertThat(bailian.target().tls().serverName()).isEqualTo("gateway.example.com");
        assertThat(bailian.target().egress().orElseThrow().host()).isEqualTo("proxy.example.com");
        assertThat(bailian.target().http2()).isFalse();
        assertThat(snapshot.channels().get("azure").credentials().get(0).apiKey())
                .isEqualTo(Secret.of("YOUR_AZURE_KEY_HERE"));
        assertThat(snapshot.channels().get("trial").target().tls().verify()).isFalse();
        assertThat(snapshot.users().get("zhangsan").channels())
                .containsExactly(
                        new ChannelGrant("openai", 1), new ChannelGrant("bailian", 2), new ChannelGrant("azure", 100));
        assertThat(snapshot.files())
                .contains(
                        Path.of("config/examples/everything/secrets/azure-key"),
                        Path.of("config/examples/everything/certs/company-ca.pem"));
    }

    @Test
    void everythingUsesEveryKeyThatTheLoaderKnows() throws Exception {
        Source.Keys keys = Source.Keys.gathering();
        ConfigLoader.load(Path.of("config/examples/everything"), Configs.EVERYTHING_ENVIRONMENT::get, keys);

        Set<String> unused = wherever(keys.known());
        unused.removeAll(wherever(keys.used()));
        assertThat(keys.known()).hasSizeGreaterThan(70);
        assertThat(unused)
                .as("keys that config/examples/everything never shows")
                .isEmpty();
    }

    /** Limits are the same wherever they stand, and so are the prices of an entry and of its tiers. */
    private static Set<String> wherever(Set<String> keys) {
        return keys.stream()
                .map(key -> key.replaceFirst(".*limits\\[]\\.", "limits[].")
                        .replaceFirst("^prices\\.\\*\\.tiers\\[]\\.", "prices.*."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyComponentIsShownWithAValueOtherThanItsDefault() throws Exception {
        Configs.write(directory, Configs.USERS, Configs.CHANNELS);
        Map<String, Set<Object>> defaults = components(Configs.load(directory));
        Map<String, Set<Object>> shown = components(Configs.everything());

        assertThat(shown).hasSizeGreaterThan(60);
        shown.forEach((component, values) -> {
            Set<Object> others = new HashSet<>(values);
            others.removeAll(defaults.getOrDefault(component, Set.of()));
            assertThat(others)
                    .as("values of %s in config/examples/everything other than its default", component)
                    .isNotEmpty();
        });
        assertThat(shown.keySet()).containsAll(defaults.keySet());
    }

    @Test
    void everyComponentOfEveryRecordIsExplained() throws Exception {
        List<Class<?>> records = configRecords();
        records.add(Timeouts.class);
        records.add(SocketLimits.class);
        assertThat(records).hasSizeGreaterThan(12);
        for (Class<?> record : records) {
            Map<String, String> texts = RecordSource.of(record).components();
            for (RecordComponent component : record.getRecordComponents()) {
                assertThat(texts.get(component.getName()))
                        .as("@param %s of %s", component.getName(), record)
                        .isNotBlank()
                        .doesNotContain("{@");
            }
        }
    }

    @Test
    void everyRecordOfTheConfigurationAppearsInEverything() throws Exception {
        Set<String> shown = components(Configs.everything()).keySet();
        for (Class<?> record : configRecords()) {
            if (!NOT_WRITTEN.contains(record.getSimpleName())) {
                for (RecordComponent component : record.getRecordComponents()) {
                    assertThat(shown).contains(record.getSimpleName() + "." + component.getName());
                }
            }
        }
    }

    private static List<Class<?>> configRecords() throws IOException {
        List<Class<?>> records = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/aiproxy/config"))) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName()).replace(".java", "");
                if (!name.equals("package-info")) {
                    Class<?> type = type("io.aiproxy.config." + name);
                    Stream.concat(Stream.of(type), Stream.of(type.getDeclaredClasses()))
                            .filter(c -> c.isRecord() && java.lang.reflect.Modifier.isPublic(c.getModifiers()))
                            .forEach(records::add);
                }
            }
        }
        return records;
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** All values of every component, by {@code Record.component}, over all records within the snapshot. */
    private static Map<String, Set<Object>> components(Snapshot snapshot) {
        Map<String, Set<Object>> values = new LinkedHashMap<>();
        snapshot.users().values().forEach(user -> collect(user, values));
        snapshot.userGroups().values().forEach(group -> collect(group, values));
        snapshot.adminTokens().values().forEach(token -> collect(token, values));
        snapshot.channels().values().forEach(channel -> collect(channel, values));
        snapshot.groups().values().forEach(group -> collect(group, values));
        snapshot.prices().entries().values().forEach(price -> collect(price, values));
        collect(snapshot.system(), values);
        return values;
    }

    private static void collect(Object value, Map<String, Set<Object>> values) {
        if (value instanceof Record) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                Object content = content((Record) value, component);
                values.computeIfAbsent(
                                value.getClass().getSimpleName() + "." + component.getName(), k -> new HashSet<>())
                        .add(content);
                collect(content, values);
            }
        } else if (value instanceof List<?> list) {
            list.forEach(element -> collect(element, values));
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(element -> collect(element, values));
        } else if (value instanceof Target target) {
            collect(target.tls(), values);
            collect(target.egress(), values);
        }
    }

    private static Object content(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
