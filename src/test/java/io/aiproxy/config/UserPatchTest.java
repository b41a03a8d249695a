package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of many users only those are read who have changed; and whatever changes, it is as if all had been read. */
class UserPatchTest {
    private static final int USERS = 40;
    private static final String CHANNELS = String.join(
            "\n",
            "channels:",
            "  first: {base_url: \"https://a.example\", api_key: fake-one}",
            "  second: {base_url: \"https://a.example\", api_key: fake-two, priority: 3}",
            "groups: {many: {channels: [first, second]}}",
            "");
    private static final List<String> PIECES = List.of(
            "  ",
            "    ",
            "name: 🔑 张三",
            "status: disabled",
            "user-7",
            "pk_test_user_7",
            ":",
            "\n",
            "\n\n",
            " # x",
            "_",
            "\r\n",
            "users:",
            "\nuser_groups: {b: {}}",
            "[",
            "}",
            "'",
            "\"",
            "- ",
            "|",
            "&a ",
            "*a",
            "${env:X}",
            "first",
            "nobody",
            "  new: {channels: [first], proxy_key: pk_test_new}\n",
            "x",
            "\t",
            "--- ");

    @TempDir
    private Path directory;

    private final Map<String, String> documents = new HashMap<>();
    private final StringBuilder text = new StringBuilder();

    private ConfigReader reader() {
        documents.put("channels.yaml", CHANNELS);
        text.setLength(0);
        text.append("# 🔑\nuser_groups: {all: {models: [\"gpt-*\"]}}\nusers: # all of them\n");
        for (int i = 0; i < USERS; i++) {
            if (i % 3 == 0) {
                text.append("  # about user ")
                        .append(i)
                        .append("\n  \"user-")
                        .append(i)
                        .append("\": {\"channels\":[\"first\"],\"proxy_key\":\"pk_test_user_")
                        .append(i)
                        .append("\"}\n");
            } else {
                text.append("  user-")
                        .append(i)
                        .append(":\n    name: 🔑 ")
                        .append(i)
                        .append(
                                "\n    groups: [all]\n    channels: [many]\n    keys:\n      - {name: a, proxy_key: pk_test_user_")
                        .append(i)
                        .append("_a, previous: {proxy_key: pk_test_old_")
                        .append(i)
                        .append(", until: 2027-01-31}}\n      - name: b\n        proxy_key: pk_test_user_")
                        .append(i)
                        .append("_b\n\n");
            }
        }
        text.append("  _nobody: {x: y}\n");
        return new ConfigReader(directory, Map.of("X", "from-outside")::get);
    }

    private Snapshot load(ConfigReader reader) throws ConfigException {
        documents.put("users.yaml", text.toString());
        return reader.load(documents, 1, Configs.NOW);
    }

    private Snapshot anew() throws ConfigException {
        return load(new ConfigReader(directory, Map.of("X", "from-outside")::get));
    }

    private void replace(String old, String now) {
        int at = text.indexOf(old);
        assertThat(at).isNotNegative();
        text.replace(at, at + old.length(), now);
    }

    private void same(ConfigReader reader) {
        ConfigException[] refused = new ConfigException[2];
        Snapshot[] read = new Snapshot[2];
        try {
            read[0] = load(reader);
        } catch (ConfigException e) {
            refused[0] = e;
        }
        try {
            read[1] = anew();
        } catch (ConfigException e) {
            refused[1] = e;
        }
        assertThat(String.valueOf(refused[0])).as("%s", text).isEqualTo(String.valueOf(refused[1]));
        assertThat(read[0]).as("%s", text).isEqualTo(read[1]);
        if (read[0] != null) {
            assertThat(List.copyOf(read[0].users().keySet()))
                    .isEqualTo(List.copyOf(read[1].users().keySet()));
        }
    }

    private void onlyThese(ConfigReader reader, Map<String, UserConfig> before, String... changed)
            throws ConfigException {
        Snapshot now = load(reader);
        assertThat(now).isEqualTo(anew());
        List<String> others = now.users().keySet().stream()
                .filter(id -> !List.of(changed).contains(id))
                .toList();
        assertThat(others)
                .hasSizeGreaterThan(USERS - 5)
                .allSatisfy(id -> assertThat(now.users().get(id)).isSameAs(before.get(id)));
    }

    @Test
    void whoIsChangedAddedOrRemovedIsReadAndNobodyElse() throws ConfigException {
        ConfigReader reader = reader();
        Map<String, UserConfig> before = load(reader).users();
        replace("name: 🔑 7", "name: 🔑 7\n    status: disabled");
        onlyThese(reader, before, "user-6", "user-7");
        before = load(reader).users();
        assertThat(before.get("user-7").status()).isEqualTo(Status.DISABLED);
        replace("  user-20:\n", "  new: {channels: [first], proxy_key: pk_test_new}\n  user-20:\n");
        onlyThese(reader, before, "user-19", "new", "user-20");
        before = load(reader).users();
        replace("  new: {channels: [first], proxy_key: pk_test_new}\n", "");
        onlyThese(reader, before, "user-19", "user-20");
        before = load(reader).users();
        assertThat(before).doesNotContainKey("new");
        text.append("  last: {channels: [first], proxy_key: pk_test_last}\n");
        onlyThese(reader, before, "user-39", "last");
        before = load(reader).users();
        replace("pk_test_user_38_b", "pk_test_user_38_c");
        onlyThese(reader, before, "user-37", "user-38");
    }

    @Test
    void aKeyOrAnIdThatIsSomebodyElsesIsTold() throws ConfigException {
        ConfigReader reader = reader();
        load(reader);
        replace("pk_test_user_20_a", "pk_test_user_7_b");
        assertThat(catchThrowableOfType(ConfigException.class, () -> load(reader)))
                .hasMessageContaining("is the same key as users.user-7.keys[1]");
        same(reader);
        replace("pk_test_user_7_b, previous", "pk_test_old_31, previous");
        same(reader);
        replace("pk_test_old_31, previous", "pk_test_user_20_a, previous");
        replace("  user-20:", "  user-8:");
        assertThat(catchThrowableOfType(ConfigException.class, () -> load(reader)))
                .hasMessageContaining("is given twice");
        same(reader);
    }

    @Test
    void whatUsersReferToCounts() throws ConfigException {
        ConfigReader reader = reader();
        load(reader);
        replace("name: 🔑 7", "name: 🔑 8");
        documents.put("channels.yaml", CHANNELS.replace("priority: 3", "priority: 300"));
        Snapshot now = load(reader);
        assertThat(now).isEqualTo(load(new ConfigReader(directory, name -> null)));
        replace("models: [\"gpt-*\"]", "models: [\"qwen-*\"]");
        same(reader);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverIsDoneToTheTextItIsAsIfAllHadBeenRead(long seed) {
        Random random = new Random(seed);
        ConfigReader reader = reader();
        same(reader);
        for (int i = 0; i < 250; i++) {
            String before = text.toString();
            int at = random.nextInt(text.length());
            if (random.nextInt(3) > 0) {
                at = text.lastIndexOf("\n", at) + 1 + random.nextInt(5);
            }
            at = Math.min(at, text.length());
            int to = random.nextInt(2) == 0 ? at : Math.min(text.length(), at + random.nextInt(60));
            text.replace(at, to, random.nextInt(4) == 0 ? "" : PIECES.get(random.nextInt(PIECES.size())));
            same(reader);
            if (random.nextInt(5) > 0) { // mistakes must not pile up until nothing can be read any more
                text.setLength(0);
                text.append(before);
                same(reader);
            }
        }
    }
}
