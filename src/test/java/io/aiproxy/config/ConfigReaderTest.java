package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken over from the last reading is what reading it again would give; and else it is read again. */
class ConfigReaderTest {
    private static final String USERS = String.join(
            "\n",
            "user_groups: {all: {models: [\"gpt-*\"]}}",
            "users:",
            "  zhangsan: {channels: [first, second], groups: [all], proxy_key: key-of-zhangsan}",
            "  lisi: {channels: [many], keys: [{proxy_key: key-of-lisi, channel: second}]}",
            "  guest: {channels: {second: }, proxy_key: key-of-guest}",
            "");
    private static final String CHANNELS = String.join(
            "\n",
            "channels:",
            "  first: {base_url: \"https://a.example\", api_key: fake-one}",
            "  second: {base_url: \"https://a.example\", api_key: fake-two}",
            "groups: {many: {channels: [first, second]}}",
            "");

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> documents = new HashMap<>();
    private ConfigReader reader;

    @BeforeEach
    void something() {
        reader = new ConfigReader(directory, environment::get);
        documents.put("users.yaml", USERS);
        documents.put("channels.yaml", CHANNELS);
    }

    private Snapshot load() throws ConfigException {
        return reader.load(documents, 1, Configs.NOW);
    }

    private Snapshot anew() throws ConfigException {
        return ConfigLoader.load(directory, documents, environment::get, 1, Configs.NOW);
    }

    private void takenOver(Map<String, UserConfig> before) throws ConfigException {
        Snapshot again = load();
        assertThat(again).isEqualTo(anew());
        assertThat(again.users()).isSameAs(before);
    }

    private void readAgain(Map<String, UserConfig> before) throws ConfigException {
        Snapshot again = load();
        assertThat(again).isEqualTo(anew());
        assertThat(again.users()).isNotSameAs(before);
    }

    private void change(String document, String old, String now) {
        documents.compute(document, (name, text) -> {
            assertThat(text).contains(old);
            return text == null ? "" : text.replace(old, now);
        });
    }

    private List<Problem> problems() {
        return catchThrowableOfType(ConfigException.class, this::load).problems();
    }

    @Test
    void usersAreTakenOverWhereNothingHasChangedThatTheyAreMadeOf() throws ConfigException {
        Map<String, UserConfig> before = load().users();
        takenOver(before);
        change("channels.yaml", "fake-two", "fake-three");
        takenOver(before);
        change("channels.yaml", "groups:", "  third: {base_url: \"https://b.example\", api_key: fake-four}\ngroups:");
        takenOver(before);
        documents.put("system.yaml", "system: {log_level: debug}\n");
        takenOver(before);
        documents.put("prices.yaml", "prices: {}\n");
        takenOver(before);
    }

    @Test
    void theyAreReadAgainWhenTheirOwnDocumentHasChanged() throws ConfigException {
        Map<String, UserConfig> before = load().users();
        change("users.yaml", "key-of-lisi", "key-of-somebody");
        readAgain(before);
    }

    @Test
    void theyAreReadAgainWhenChannelsComeInAnotherOrder() throws ConfigException {
        Map<String, UserConfig> before = load().users();
        change("channels.yaml", "api_key: fake-two", "api_key: fake-two, priority: 7");
        readAgain(before);
    }

    @Test
    void theyAreReadAgainWhenAGroupOfChannelsIsAnother() throws ConfigException {
        Map<String, UserConfig> before = load().users();
        change("channels.yaml", "channels: [first, second]", "channels: [second]");
        readAgain(before);
        Map<String, UserConfig> now = load().users();
        change("channels.yaml", "{many: {channels: [second]", "{many: {key_prefixes: [key-of-l], channels: [second]");
        readAgain(now);
    }

    @Test
    void whoNamesAChannelThatIsGoneIsTold() throws ConfigException {
        load();
        change("channels.yaml", "second: {base", "other: {base");
        change("channels.yaml", "[first, second]", "[first]");
        assertThat(problems())
                .extracting(Problem::field)
                .containsExactlyInAnyOrder(
                        "users.zhangsan.channels[1]", "users.lisi.keys[0].channel", "users.guest.channels.second");
        assertThat(catchThrowableOfType(ConfigException.class, this::anew))
                .hasToString(
                        catchThrowableOfType(ConfigException.class, this::load).toString());
    }

    @Test
    void whatStandsOutsideTheDocumentIsAlwaysLookedUp() throws ConfigException {
        environment.put("KEY", "key-from-outside");
        change("users.yaml", "key-of-lisi", "\"${env:KEY}\"");
        Map<String, UserConfig> before = load().users();
        readAgain(before);
        environment.put("KEY", "another-from-outside");
        assertThat(load().users()).isNotEqualTo(before);
        Configs.write(directory.resolve("key.txt"), "key-from-a-file");
        change("users.yaml", "${env:KEY}", "${file:key.txt}");
        before = load().users();
        Configs.write(directory.resolve("key.txt"), "another-from-a-file");
        assertThat(load().users()).isNotEqualTo(before);
    }

    @Test
    void theyAreReadAgainWhenOthersAreCallersWithoutAKey() throws ConfigException {
        change("users.yaml", ", proxy_key: key-of-guest", "");
        documents.put(
                "system.yaml", "system: {anonymous: {user: guest, allowed_ips: [10.0.0.0/8]}, cors: {origins: []}}\n");
        Map<String, UserConfig> before = load().users();
        takenOver(before);
        documents.put(
                "system.yaml",
                "system: {anonymous: {user: zhangsan, allowed_ips: [10.0.0.0/8]}, cors: {origins: []}}\n");
        assertThat(problems()).extracting(Problem::field).containsExactly("users.guest.keys");
        documents.put("system.yaml", "system: {anonymous: {user: nobody}}\n");
        assertThat(problems()).extracting(Problem::field).contains("system.anonymous.user", "users.guest.keys");
    }

    @Test
    void noKeyOfAUserIsToldBecauseItWasNotReadAgain() throws ConfigException {
        load();
        change("channels.yaml", "api_key: fake-two", "api_key: fake-two, status: key-of-lisi");
        assertThat(problems()).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains("channels.second.status")
                .doesNotContain("key-of-lisi"));
    }

    @Test
    void aWarningIsLoggedAtEveryReading() throws ConfigException {
        change("users.yaml", "channels: [first, second]", "channels: [first, many]");
        Map<String, UserConfig> before = load().users();
        readAgain(before);
    }
}
