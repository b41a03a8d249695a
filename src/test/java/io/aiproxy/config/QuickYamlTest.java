package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.YamlTrees.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** The corners of YAML one by one: those that are read quickly, those that are left to the library. */
class QuickYamlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: b",
                "a: b\n",
                "a:",
                "a:   \nb:",
                "a: b   # c\n",
                "a:    # c\n  b: c",
                "# only\n\na: b # c\n# end",
                "a: b\r\nc:\r\n  - d\r\n\r\n",
                "  a: b\n  c: d",
                "\n\n a: b",
                "key : v",
                "a:b: c",
                "a: b:c",
                "a: x:#y",
                "a: x #b",
                "a: b#c",
                "a: -b",
                "'it''s': 'it''s'",
                "\"a\" : \"b\"",
                "'': ''",
                "''''",
                "a: '# [{'",
                "a: \"- *x\"",
                "a: \"b\\n\\\"\\\\\\t\\r\\b\\f'\"",
                "\"\\u4e2d\\u00E4\": \"\\ud83d\\ude00\\u0000\\uD83D\"",
                "users:\n  \"a\": {\"name\":\"\\u5f20\",\"keys\":[{\"name\":\"\",\"on\":true,\"n\":1.5,\"x\":null}]}\n",
                "{\"a\":'a',a: \"a\", 'a':a}",
                "a: 'b\\n\\'",
                "word",
                "two words",
                "- a",
                "-",
                "- ",
                "-\n-\n",
                "- - a",
                "- - a\n  - b\n- c",
                "-\n  - a\n-\n  b: c",
                "- key: v\n  other: w",
                "-   key: v\n    other:\n    - x\n- y",
                "- a:\n- b:",
                "- a:\n  - b\n  c: d",
                "key:\n- a\n- b\nc: d",
                "key:\n  - a\n  - b\nc: d",
                "key:\n- a: b\n  c:\n  - d\n-\n- e\nf: g",
                "key:\n  value",
                "key:\n  'value'\nb: [c]",
                "key:\n  [a, b]\n",
                "a: -1\nb: --\nc: -x",
                "-x: y\n-y: -z",
                "a: []\nb: {}\nc: [ ]\nd: { }",
                "a: [b, c]\nd: [e, f, ]",
                "a: {b: c, d: [e, {f: g}], }",
                "{a, b}",
                "a: {name}",
                "{a: , b:}",
                "{a:, b:,}",
                "{a:b, c: d}",
                "{\"a\":b, 'c':[d], \"e\" :f, \"g\":}",
                "[a:b, c#d, -e, --]",
                "[a   b ,c]",
                "{a :b}",
                "[[[]], {a: {b: {}}}]",
                "a: [x]   # c\nb: {c: d} # e",
                "a: 1\nb: 1.5\nc: 2099-12-31\nd: yes\ne: ~\nf: 0x1F\ng: 12:30\nh: null\ni: .inf",
                "1: a\ntrue: b\n~: c\n2099-12-31: d",
                "a: <<\nb: =\n=: c",
                "a: b | c > d & e * f ! g % h @ i ` j",
                "a: b, c [d] {e}\nb: what? no",
                "a: it's\nb: say \"x\"",
                "a: 1\na: 2",
                "a: 中文\n\uD83D\uDE00: [\uD83D\uDE00, b]\nc: '\uD83D\uDE00' # \uD83D\uDE00\nd: \uD83D\uDE00",
                "a: \u00A0b\nc: \uFFFD\uFFFC\uE000",
                "# tab\there\na: b",
                "a: b\n   # deeper\n # less\nc: d",
                "a: b\n   \n  \nc: d",
                "a:\n     b: c\n     d:\n      e: f\ng: h",
                "..a: b",
                "a: ..\nb: .",
            })
    void is_read_as_the_library_reads_it(String text) {
        assertThat(YamlTrees.judged(text)).isEqualTo(Verdict.SAME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n",
                "# only a comment",
                "a: b: c",
                "a: 'b': c",
                "a: [b]: c",
                "a: - b",
                "a: b\nc",
                "a: b\n  c",
                "a: b\n  c: d",
                "a: b\n\n   # x\n  c",
                "a: 'b\n  c'",
                "a: \"\\x41\"",
                "a: \"\\/\"",
                "a: \"\\ \"",
                "a: \"\\\n b\"",
                "a: \"\\",
                "a: \"\\u\"",
                "a: \"\\u123\"",
                "a: \"\\u12g4\"",
                "a: \"\\u123\uFF11\"",
                "a: \"\\u1",
                "a: \"\\U0001F600\"",
                "a: 'b' c",
                "a: 'b'#c",
                "a: [b]#c",
                "a: [b] c",
                "a: 'b",
                "a: \"b",
                "a: [b",
                "a: [b\n]",
                "a: {b: c",
                "a: [b, c: d]",
                "[a: b]",
                "[,]",
                "[a,,b]",
                "{,}",
                "{a: b: c}",
                "{[a]: b}",
                "[- a]",
                "[-]",
                "[a?b]",
                "[? a]",
                "[a #b]",
                "[#a]",
                "[a}",
                "{a: *b}",
                "{<<: a}",
                "[a]: b",
                "{a: b}: c",
                "]",
                "}",
                ", a",
                "? a\n: b",
                "? ",
                "?a: b",
                ": a",
                ":a: b",
                "!a",
                "!!str a",
                "%a",
                "a: %b",
                "@a",
                "`a",
                "*a",
                "&a b",
                "a: &b c",
                "a: *b",
                "a: |\n  b",
                "a: >\n  b",
                "<<: a",
                "---",
                "---\na: b",
                "--- a",
                "a: b\n---\nc: d",
                "a: b\n...",
                "---a: b",
                "a: ...",
                "\ta: b",
                "a:\tb",
                "a: b\t",
                "a: b\tc",
                "a: 'b\tc'",
                "a: b\t# c",
                "a:\n\t\nb: c",
                "a:\n  b: c\n d: e",
                " a: b\nc: d",
                "a:\n- b\n c",
                "- a\nb: c",
                "- a\n b",
                "- a\n - b",
                "a: b\n- c",
                "a:\n  - b\n - c",
                "a:\n  - b\n  c: d",
                "a: b\rc: d",
                "a: b\r",
                "a\u0085: b",
                "a: b\u2028c: d",
                "# a\u2029b: c",
                "a: '\u2028'",
                "\uFEFFa: b",
                "a: b\uFEFF",
                "a: '\u0000'",
                "a: b\u0000",
                "a\u0000",
                "-\u0000",
                "a:\u0000",
                "# \u0007\na: b",
                "a: \u007F",
                "a: \u009F",
                "a: \uD83D",
                "a: \uDE00",
                "a: \uFFFE",
                "# \uD83D\na: b",
            })
    void is_left_to_the_library(String text) {
        assertThat(YamlTrees.judged(text)).isEqualTo(Verdict.LEFT);
    }

    @Test
    void keys_are_as_long_as_the_library_permits_and_values_longer() {
        for (int size : List.of(900, 1_000, 1_001, 1_023, 1_024, 1_025, 1_026, 5_000)) {
            String word = "x".repeat(size);
            Verdict expected = size <= 1_000 ? Verdict.SAME : Verdict.LEFT;
            assertThat(YamlTrees.judged(word + ": a\nb: c")).isEqualTo(expected);
            assertThat(YamlTrees.judged("a: b\n" + word + ": a")).isEqualTo(expected);
            assertThat(YamlTrees.judged("'" + word.substring(2) + "': a")).isEqualTo(expected);
            assertThat(YamlTrees.judged("x" + " ".repeat(size - 1) + ": a")).isEqualTo(expected);
            assertThat(YamlTrees.judged("{" + word + ": a}")).isEqualTo(expected);
            assertThat(YamlTrees.judged("{'" + word.substring(2) + "':a}")).isEqualTo(expected);
            assertThat(YamlTrees.judged("{" + word + "}")).isEqualTo(expected);
            assertThat(YamlTrees.judged("a: " + word + "\nb:\n  " + word + "\nc:\n- " + word))
                    .isEqualTo(Verdict.SAME);
            assertThat(YamlTrees.judged("[" + word + ", '" + word + "']")).isEqualTo(Verdict.SAME);
            assertThat(YamlTrees.judged("a: [" + "b, ".repeat(size) + "]")).isEqualTo(Verdict.SAME);
        }
    }

    @Test
    void what_is_nested_too_deeply_is_left() {
        for (int depth = 1; depth < 40; depth++) {
            StringBuilder mappings = new StringBuilder();
            for (int level = 0; level < depth; level++) {
                mappings.append(" ".repeat(level)).append("a:\n");
            }
            for (String text : List.of(
                    mappings.toString(),
                    "- ".repeat(depth),
                    "[".repeat(depth) + "]".repeat(depth),
                    "a: " + "{b: ".repeat(depth) + "}".repeat(depth))) {
                Verdict verdict = YamlTrees.judged(text);
                assertThat(depth < 20 ? verdict : Verdict.SAME).as(text).isEqualTo(Verdict.SAME);
                assertThat(depth > 27 ? verdict : Verdict.LEFT).as(text).isEqualTo(Verdict.LEFT);
            }
        }
    }

    @Test
    void words_that_look_alike_are_told_apart() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            text.append("k")
                    .append(i * 7919 % 5_000)
                    .append("e: ")
                    .append(i % 2 == 0 ? "t1e" : "true")
                    .append('\n');
            text.append("a")
                    .append(i % 10)
                    .append("e: [1")
                    .append(i % 100)
                    .append("1, 1.")
                    .append(i % 10)
                    .append("]\n");
        }
        assertThat(YamlTrees.judged(text.toString())).isEqualTo(Verdict.SAME);
    }

    @Test
    void a_place_can_be_shown_though_it_does_not_quote_the_text() {
        Node root = QuickYaml.read("a:\n  b: c").orElseThrow();
        Node inner = ((MappingNode) root).getValue().get(0).getValueNode();
        assertThat(inner.getStartMark().toString()).contains("line 2, column 3");
    }
}
