package io.aiproxy.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A change stands in the file as its author would have written it, and nothing else moves. */
class YamlDocumentTest {
    private static final String FILE = """
            # Who may call.

            users:   # by id
              # The first.
              zhangsan:
                name: 张三   # for people
                keys:
                  - proxy_key: pk_test_zhangsan   # laptop
                channels: {bailian: {priority: 1}}

              # A leaver.
              lisi:
                status: "disabled"
                channels: [bailian]
                # old
                proxy_key: pk_test_lisi
              # nobody else
            """;

    static Change set(Kind kind, String id, String json) {
        return new Change(kind, id, Optional.of(json(json)));
    }

    static Change gone(Kind kind, String id) {
        return new Change(kind, id, Optional.empty());
    }

    static JsonNode json(String json) {
        try {
            return new ObjectMapper().readTree(json.replace('\'', '"'));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String edit(String text, Change... changes) throws StoreException {
        return YamlDocument.of("users.yaml", text).with(List.of(changes)).text();
    }

    private static String edit(String text, String id, String json) throws StoreException {
        return edit(text, set(Kind.USER, id, json));
    }

    @Test
    void readsEntriesAsTheyWereWritten() throws StoreException {
        String text =
                "_c: &c {a: 1}\nusers:\n  _note: x\n  a: {<<: *c, b: off, c: 007, d: 1.10, e: 1.5, f: ~, g: 2027-01-31,"
                        + " h: '3', i: true, j: 30s, k: \"${env:X}\"}\n  0123:\n";
        assertThat(YamlDocument.of("users.yaml", text).entries(Kind.USER))
                .hasToString(
                        "{a={\"b\":\"off\",\"c\":\"007\",\"d\":\"1.10\",\"e\":1.5,\"f\":null,\"g\":\"2027-01-31\",\"h\":\"3\","
                                + "\"i\":true,\"j\":\"30s\",\"k\":\"${env:X}\",\"a\":1}, 0123=null}");
    }

    @Test
    void changesOneValueAndKeepsTheRestOfItsLine() throws StoreException {
        String after = edit(
                FILE,
                "zhangsan",
                "{'name':'张三丰','keys':[{'proxy_key':'pk_test_zhangsan'}],'channels':{'bailian':{'priority':2}}}");
        assertThat(after).isEqualTo(FILE.replace("张三 ", "张三丰 ").replace("priority: 1", "priority: 2"));
    }

    @Test
    void keepsQuotationMarks() throws StoreException {
        String after = edit(FILE, "lisi", "{'status':'active','channels':['bailian'],'proxy_key':'pk_test_lisi'}");
        assertThat(after).isEqualTo(FILE.replace("\"disabled\"", "\"active\""));
    }

    @Test
    void removesAnEntryWithItsComment() throws StoreException {
        String after = edit(FILE, gone(Kind.USER, "lisi"));
        int from = FILE.indexOf("  # A leaver");
        int to = FILE.indexOf("  # nobody");
        assertThat(after).isEqualTo(FILE.substring(0, from) + FILE.substring(to));
    }

    @Test
    void removesTheFirstEntryAndNotTheLineAbove() throws StoreException {
        String after = edit(FILE, gone(Kind.USER, "zhangsan"));
        int from = FILE.indexOf("  # The first");
        int to = FILE.indexOf("\n  # A leaver");
        assertThat(after).isEqualTo(FILE.substring(0, from) + FILE.substring(to));
    }

    @Test
    void removesAKeyWithItsCommentAndAddsAnother() throws StoreException {
        String after = edit(
                FILE, "lisi", "{'status':'disabled','channels':['bailian'],'keys':[{'proxy_key':'a','name':'b'}]}");
        assertThat(after)
                .isEqualTo(FILE.replace(
                        "    # old\n    proxy_key: pk_test_lisi\n",
                        "    keys:\n      - proxy_key: a\n        name: b\n"));
    }

    @Test
    void removesTheLastEntry() throws StoreException {
        assertThat(edit("users: # u\n  a: {b: 1}\nx: 1\n", gone(Kind.USER, "a")))
                .isEqualTo("users: {} # u\nx: 1\n");
        assertThat(edit("users: {a: {b: 1}} # u", gone(Kind.USER, "a"))).isEqualTo("users: {} # u");
    }

    @Test
    void addsAnEntryBehindTheLast() throws StoreException {
        String after = edit(FILE, "wangwu", "{'name':'王五','channels':['a','b'],'tags':{},'m':5,'on':null}");
        assertThat(after)
                .isEqualTo(
                        FILE.replace(
                                "pk_test_lisi\n",
                                "pk_test_lisi\n  wangwu:\n    name: 王五\n    channels: [a, b]\n    tags: {}\n    m: 5\n    \"on\": null\n"));
    }

    @Test
    void replacesAListAsAWhole() throws StoreException {
        String text = "users:\n  a:\n    x: # list\n    - 1 # one\n    - 2\n    y: 3 # three\n";
        assertThat(edit(text, "a", "{'x':[1],'y':3}")).isEqualTo("users:\n  a:\n    x: [1] # list\n    y: 3 # three\n");
        assertThat(edit(text, "a", "{'x':[{'p':1},{'p':2}],'y':3}"))
                .isEqualTo("users:\n  a:\n    x: # list\n      - p: 1\n      - p: 2\n    y: 3 # three\n");
        assertThat(edit(text, "a", "{'x':'t','y':[{'q':1}]}"))
                .isEqualTo("users:\n  a:\n    x: t # list\n    y: # three\n      - q: 1\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'' -> 'users:\n  m:\n    a: 1\n'",
                "'# only this' -> '# only this\nusers:\n  m:\n    a: 1\n'",
                "'users:' -> 'users:\n  m:\n    a: 1\n'",
                "'users: # none\nother: 1\n' -> 'users: # none\n  m:\n    a: 1\nother: 1\n'",
                "'users: ~ # none\n' -> 'users: # none\n  m:\n    a: 1\n'",
                "'users: {} # none\n' -> 'users: # none\n  m:\n    a: 1\n'",
                "'users: {a: {b: 1}}\n' -> 'users: {a: {b: 1}, m: {a: 1}}\n'",
                "'{\"users\": {\"a\": {}}}' -> '{\"users\": {a: {}, m: {a: 1}}}'",
                "'other: 1' -> 'other: 1\nusers:\n  m:\n    a: 1\n'",
                "'{other: 1}' -> '{other: 1, users: {m: {a: 1}}}'",
                "'users:\n    \"b\": {}' -> 'users:\n    \"b\": {}\n    m:\n      a: 1\n'",
                "'users:\r\n  b: {}\r\n# end\r\n' -> 'users:\r\n  b: {}\r\n  m:\r\n    a: 1\r\n# end\r\n'",
                "'\uFEFFusers:\n  b: {} #\ttab\n' -> '\uFEFFusers:\n  b: {} #\ttab\n  m:\n    a: 1\n'",
                "'---\nusers:\n  b: |\n    x\n\n\n...\n' -> '---\nusers:\n  b: |\n    x\n  m:\n    a: 1\n\n\n...\n'",
                "'user-groups: {}\n' -> 'user-groups: {}\nusers:\n  m:\n    a: 1\n'",
            })
    void addsAnEntryToAnyKindOfFile(String before, String after) throws StoreException {
        assertThat(edit(before, "m", "{'a':1}")).isEqualTo(after);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "true",
                "off",
                "y",
                "null",
                "~",
                "12",
                "-3",
                "1.5",
                "1e3",
                "0x1F",
                "0o17",
                "012",
                "1_000",
                "12:30:00",
                "2027-01-31",
                "2027-01-31T18:00:00+08:00",
                "${env:X}",
                "$${x}",
                "a: b",
                "a #b",
                "#b",
                "- a",
                "-",
                "? x",
                "*a",
                "&a",
                "!a",
                "%a",
                "@a",
                "`a",
                "'a'",
                "\"a\"",
                "{a}",
                "[a",
                "a, b",
                "a]",
                "a\\b",
                "a\nb\n",
                "a\tb",
                "\u0000",
                "\u0085",
                "\u2028x",
                "\uFEFF",
                "🔑 键",
                "<<",
                "=",
                "---",
                "...",
                "a:",
                ":a",
                "a\r\nb",
                " a ",
                "-----BEGIN\nx\n"
            })
    void writesEveryTextSoThatItComesBack(String text) throws StoreException {
        JsonNode body = new ObjectMapper().createObjectNode().put(text, text).put("x", text);
        for (String before : List.of(
                "users:\n  a:\n    x: 1\n",
                "users: {a: {x: 1}}",
                "{users: {a: {x: '1'}}}",
                "users:\n  a:\n    x: \"1\"\n",
                "users:\n  a:\n    x: |\n      1\n")) {
            String after = edit(before, new Change(Kind.USER, "a", Optional.of(body)));
            assertThat(YamlDocument.of("users.yaml", after).entries(Kind.USER).get("a"))
                    .isEqualTo(body);
        }
        String list = edit(
                "users:\n",
                new Change(
                        Kind.USER,
                        "a",
                        Optional.of(new ObjectMapper().createArrayNode().add(text))));
        assertThat(YamlDocument.of("users.yaml", list)
                        .entries(Kind.USER)
                        .get("a")
                        .get(0)
                        .textValue())
                .isEqualTo(text);
    }

    @Test
    void quotesWhatLooksLikeSomethingElse() throws StoreException {
        String after = edit(
                "users:\n",
                "a",
                "{'a':'true','b':'12','c':'2027-01-31','d':'${env:X}','e':'30s','f':'10.0.0.0/8','g':1.50}");
        assertThat(after)
                .isEqualTo(
                        "users:\n  a:\n    a: \"true\"\n    b: \"12\"\n    c: \"2027-01-31\"\n    d: \"${env:X}\"\n    e: 30s\n"
                                + "    f: 10.0.0.0/8\n    g: 1.5\n");
    }

    @Test
    void writesAnEntryWithAnAliasOut() throws StoreException {
        String text = "_s: &s {x: 1}\nusers:\n  # c\n  a: # with s\n    <<: *s\n    z: 2 # two\n  b: *s\n  c: {z: 1}\n";
        assertThat(edit(text, "a", "{'x':1,'z':2}")).isEqualTo(text);
        assertThat(edit(text, "a", "{'x':1,'z':3}"))
                .isEqualTo(text.replace("    <<: *s\n    z: 2 # two\n", "    x: 1\n    z: 3\n"));
        assertThat(edit(text, "b", "{'x':2}")).isEqualTo(text.replace("b: *s\n", "b:\n    x: 2\n"));
    }

    @Test
    void refusesToChangeWhatOthersReferTo() {
        String text = "users:\n  a: &a\n    x: 1\n  b: *a\n";
        for (Change change : List.of(set(Kind.USER, "a", "{'x':2}"), gone(Kind.USER, "a"))) {
            assertThatThrownBy(() -> edit(text, change))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.why()).isEqualTo(StoreException.Why.UNAVAILABLE))
                    .hasMessage(
                            "users.yaml: a has an anchor (&name) that is used elsewhere; write that out there first");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "users: [",
                "a: 1\n---\nb: 1\n",
                "users: [a]\n",
                "users: x\n",
                "- users\n",
                "x\n",
                "users:\n  a: {}\n  a: {}\n",
                "x: &x {}\nusers: *x\n",
                "x: &x {}\nusers:\n  <<: *x\n",
                "x: &x a\nusers:\n  *x : {}\n",
                "{x: &x {}, y: *x}",
                "users:\n  ? a\n  : {}\n",
                "users: *x\n",
                "users: &x [*x]\n",
            })
    void refusesWhatItCannotEditWithoutHarm(String text) {
        assertThatThrownBy(() -> edit(text, "n", "{'a':1}"))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("users.yaml");
    }

    @Test
    void refusesAliasesThatMakeItTooLarge() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(10)).append("]\n");
        }
        assertThatThrownBy(() -> edit(bomb + "users: *a9\n", "n", "{}")).isInstanceOf(StoreException.class);
    }

    @Test
    void findsSystemEntriesInBothWaysToWriteThem() throws StoreException {
        YamlDocument document =
                YamlDocument.of("system.yaml", "system:\n  log-level: info # i\n  retry: {max-wait: 1s}\n");
        assertThat(document.entries(Kind.SYSTEM)).containsOnlyKeys("log_level", "retry");
        assertThat(document.with(List.of(set(Kind.SYSTEM, "log_level", "'debug'")))
                        .text())
                .isEqualTo("system:\n  log-level: debug # i\n  retry: {max-wait: 1s}\n");
    }

    @Test
    void makesManyChangesAtOnce() throws StoreException {
        String text = "channels:\n  a: {x: 1}\n  # b\n  b: {x: 1}\n\ngroups:\n  g:\n    members: [a, b]\n";
        String after = YamlDocument.of("channels.yaml", text)
                .with(List.of(
                        gone(Kind.CHANNEL, "b"),
                        set(Kind.CHANNEL, "c", "{'x':1}"),
                        set(Kind.CHANNEL_GROUP, "g", "{'members':['a','c']}"),
                        set(Kind.MODEL_ALIAS, "gpt", "'qwen'"),
                        gone(Kind.CHANNEL, "never")))
                .text();
        assertThat(after)
                .isEqualTo("channels:\n  a: {x: 1}\n  c:\n    x: 1\n\ngroups:\n  g:\n    members: [a, c]\n"
                        + "model_aliases:\n  gpt: qwen\n");
    }

    /** Every entry of the examples with every key: unchanged, removed, and made anew from what was read. */
    @ParameterizedTest
    @ValueSource(strings = {"users", "channels", "system"})
    void readsAndWritesTheExamples(String name) throws Exception {
        String text = Files.readString(Path.of("config/examples/everything", name + ".yaml"));
        YamlDocument document = YamlDocument.of(name, text);
        List<Change> same = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind.document().equals(name + ".yaml")) {
                document.entries(kind).forEach((id, body) -> same.add(new Change(kind, id, Optional.of(body))));
            }
        }
        assertThat(same).isNotEmpty();
        assertThat(document.with(same).text()).isEqualTo(text);
        for (Change change : same) {
            String without =
                    document.with(List.of(gone(change.kind(), change.id()))).text();
            assertThat(lines(text)).containsSubsequence(lines(without));
            YamlDocument again = YamlDocument.of(
                    name, YamlDocument.of(name, without).with(List.of(change)).text());
            assertThat(again.entries(change.kind())).isEqualTo(document.entries(change.kind()));
        }
    }

    /** Without the braces of an empty mapping. */
    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> line.replace("{}", "").replaceAll(" +", " ").strip())
                .toList();
    }

    @Test
    void of_many_entries_only_the_changed_one_and_its_neighbour_are_read() throws StoreException {
        String before = "# all\nusers:\n"
                + IntStream.range(0, 100)
                        .mapToObj(i -> "  u" + i + ": {name: N" + i + "} # said " + i + "\n")
                        .collect(Collectors.joining())
                + "user_groups: {}\n";
        String after = before.replace("{name: N50}", "{name: N50, status: disabled}");
        YamlTree tree = YamlTree.of("users.yaml", before);
        ObjectNode now = (ObjectNode) YamlJson.of(tree.root().orElseThrow());
        ObjectNode wanted = now.deepCopy();
        ObjectNode users = (ObjectNode) wanted.path("users");
        now.path("users").properties().forEach(user -> users.set(user.getKey(), user.getValue()));
        users.set("u50", now.path("users").path("u50").<ObjectNode>deepCopy().put("status", "disabled"));
        YamlPatch patch =
                YamlPatch.of("users.yaml", before, tree, after, "users").orElseThrow();
        YamlPatch.Result result = patch.result(now, wanted).orElseThrow();
        assertThat(result.whole()).isEqualTo(wanted);
        assertThat(result.whole().path("users").path("u70"))
                .isSameAs(now.path("users").path("u70"));
        assertThat(YamlJson.of(result.tree().root().orElseThrow())).isEqualTo(wanted);
        users.set("u70", users.path("u70").deepCopy()); // nobody has said that this is the same
        assertThat(patch.result(now, wanted)).isEmpty();
    }
}
