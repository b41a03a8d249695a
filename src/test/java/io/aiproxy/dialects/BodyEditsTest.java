package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Body;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON bodies changed where a rule says so, and not a byte beside it. */
class BodyEditsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One change: {@code - path}, {@code = path json}, {@code ? path json}. */
    private static BodyEdits edits(String... changes) {
        List<String> remove = new ArrayList<>();
        Map<String, JsonNode> set = new LinkedHashMap<>();
        Map<String, JsonNode> defaults = new LinkedHashMap<>();
        for (String change : changes) {
            String[] words = change.split(" ", 3);
            switch (words[0]) {
                case "-" -> remove.add(words[1]);
                case "=" -> set.put(words[1], json(words[2]));
                default -> defaults.put(words[1], json(words[2]));
            }
        }
        return BodyEdits.of(remove, set, defaults);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\1',
            value = {
                // one, the first, the last, all; with their commas and nothing else
                "- b       | { \"a\" : 1 , \"b\" : 2 , \"c\" : 3 } | { \"a\" : 1 , \"c\" : 3 }",
                "- a       | { \"a\" : 1 , \"b\" : 2 , \"c\" : 3 } | { \"b\" : 2 , \"c\" : 3 }",
                "- c       | { \"a\" : 1 , \"b\" : 2 , \"c\" : 3 } | { \"a\" : 1 , \"b\" : 2 }",
                "- *       | { \"a\" : 1 , \"b\" : 2 }             | {  }",
                "- x.*     | {\"x\":[1, [2], {\"a\":3}]}           | {\"x\":[]}",
                "- x.0     | {\"x\":[1, [2], {\"a\":3}]}           | {\"x\":[[2], {\"a\":3}]}",
                "- x.2     | {\"x\":[1, [2], {\"a\":3}]}           | {\"x\":[1, [2]]}",
                "- x.3     | {\"x\":[1, [2], {\"a\":3}]}           | {\"x\":[1, [2], {\"a\":3}]}",
                "- x.*.a   | {\"x\":[1, [2], {\"a\":3}]}           | {\"x\":[1, [2], {}]}",
                "- x.*.0   | {\"x\":[1, [2], {\"0\":3,\"b\":4}]}   | {\"x\":[1, [], {\"b\":4}]}",
                "- x.00    | {\"x\":{\"00\":1,\"0\":2},\"y\":[3]}  | {\"x\":{\"0\":2},\"y\":[3]}",
                "- a       | {\"a\":1,\"b\":2,\"a\":{\"a\":3}}     | {\"b\":2}",
                "- a       | {\"\\u0061\":1,\"b\":\"\\\"a\\\":1\"} | {\"b\":\"\\\"a\\\":1\"}",
                "- 1       | [ 1, 2 , 3 ]                          | [ 1 , 3 ]",
                "- a       | {\"b\":\"text\\\\\", \"a\":\"\\\",{\"}  | {\"b\":\"text\\\\\"}",
                "- a       | {\"b\":true, \"a\":null,\"c\":-1.0E+2}| {\"b\":true,\"c\":-1.0E+2}",
                // values
                "= a 1     | {\"a\" : \"long\" , \"b\":0}          | {\"a\" : 1 , \"b\":0}",
                "= a 1     | {\"a\":{\"x\":[]},\"a\":2}            | {\"a\":1,\"a\":1}",
                "= a 1     | {}                                    | {\"a\":1}",
                "= a 1     | { }                                   | {\"a\":1 }",
                "= a 1     | { \"b\" : \"x\" }                     | { \"b\" : \"x\",\"a\":1 }",
                "= a.b.c 1 | {\"x\":2}                             | {\"x\":2,\"a\":{\"b\":{\"c\":1}}}",
                "= a.b.c 1 | {\"a\":null}                          | {\"a\":{\"b\":{\"c\":1}}}",
                "= a.b.c 1 | {\"a\":{\"b\":5}}                     | {\"a\":{\"b\":5}}",
                "= a.b 1   | {\"a\":[5]}                           | {\"a\":[5]}",
                "= a.0 1   | {\"a\":[5]}                           | {\"a\":[1]}",
                "= a.1 1   | {\"a\":[5]}                           | {\"a\":[5]}",
                "= a.0.b 1 | {}                                    | {}",
                "= a.*.b 1 | {\"a\":[{},{\"b\":{}},7,null]}        | {\"a\":[{\"b\":1},{\"b\":1},7,null]}",
                "= é \"中\" | {\"é\":1}                            | {\"é\":\"中\"}",
                "= q\" 1   | {}                                    | {\"q\\\"\":1}",
                // defaults
                "? a 1     | {\"a\":null}                          | {\"a\":null}",
                "? a 1     | {\"b\":[]}                            | {\"b\":[],\"a\":1}",
                "? a.b 1   | {\"a\":null}                          | {\"a\":null}",
                "? a.b 1   | {\"a\":{\"b\":2},\"b\":3}             | {\"a\":{\"b\":2},\"b\":3}",
                "? a.b 1   | {\"a\":{}}                            | {\"a\":{\"b\":1}}",
            })
    void changes(String change, String before, String after) {
        byte[] bytes = before.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at <= bytes.length; at++) {
            assertThat(Heads.text(edits(change).apply(Heads.cutAt(before, at))))
                    .as("cut at %d", at)
                    .isEqualTo(after);
        }
    }

    @Test
    void aRuleRemovesThenSetsThenCompletesInItsOrder() {
        BodyEdits edits = edits("= m.a 1", "= m.b 2", "= m {}", "= m.c 3", "- x", "? x.y 4", "? z 5", "= k 6");
        assertThat(Heads.text(edits.apply(Heads.body("{\"x\":0}"))))
                .isEqualTo("{\"m\":{\"c\":3},\"k\":6,\"x\":{\"y\":4},\"z\":5}");
    }

    @Test
    void placesAreThoseBeforeAnythingWasRemoved() {
        assertThat(Heads.text(edits("- t.0", "- t.2", "- t.0.a").apply(Heads.body("{\"t\":[{\"a\":0},1,2,3]}"))))
                .isEqualTo("{\"t\":[1,3]}");
    }

    @Test
    void numbersStringsAndByteOrderMarkKeepTheirForm() {
        String text = "\uFEFF{\"n\":[1.0,1e400,12345678901234567890,-0,1E-7,NaN],\"s\":\"\\u00e9\\/é\\ud83d\\ude00\","
                + "\n\t\"gone\" : 1,\"x\":{\"unknown\":0.10}}\r\n ";
        assertThat(Heads.text(edits("- gone", "? max_tokens 4096").apply(Heads.body(text))))
                .isEqualTo(text.replace(",\n\t\"gone\" : 1", "").replace("0.10}}", "0.10},\"max_tokens\":4096}"));
    }

    @Test
    void offsetsHoldBeyondTheParsersBufferAndHugeStringsAreNotDecoded() {
        String big = "{\"image\":\"" + "é".repeat(11_000_000) + "\",\"a\":1,\"tail\":\"" + "y".repeat(100_000) + "\"}";
        for (Body body : List.of(Heads.body(big), Heads.cut(big, 8191))) {
            assertThat(Heads.text(edits("- a", "= b 2").apply(body))
                            .equals(big.replace("\"a\":1,", "").replace("y\"}", "y\",\"b\":2}")))
                    .isTrue();
        }
    }

    @Test
    void segmentsWithoutAChangeAreShared() {
        Body body = Heads.cut("{\"a\":\"" + "x".repeat(50) + "\",\"m\":1,\"b\":\"" + "y".repeat(50) + "\"}", 10);
        Body changed = edits("- m").apply(body);
        assertThat(changed.segments().get(0)).isSameAs(body.segments().get(0));
        assertThat(changed.segments().get(changed.segments().size() - 1))
                .isSameAs(body.segments().get(body.segments().size() - 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "not json",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":1} {\"a\":1}",
                "{\"a\":1,}",
                "{\"a\":\"x",
                "{\"b\":[1,{\"a\":1]}",
                "\"a\"",
                "1",
                "null",
                "[]"
            })
    void whatIsNotOneObjectPassesAsItIs(String text) {
        Body body = Heads.body(text);
        assertThat(edits("- a", "= b 1", "? c 1").apply(body)).isSameAs(body);
    }

    @Test
    void utf16PassesAsItIs() {
        for (var charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16)) {
            Body body = Body.of("{\"a\":1,\"b\":2}".getBytes(charset));
            assertThat(edits("- a").apply(body)).isSameAs(body);
        }
    }

    @Test
    void depthAndTheNumberOfChangesAreBounded() {
        String deep = "[".repeat(100_000);
        Body tooDeep = Heads.body("{\"x\":" + deep + ",\"a\":1}");
        assertThat(edits("- a").apply(tooDeep)).isSameAs(tooDeep);
        Body many = Heads.body("{\"x\":[" + "{\"a\":1,\"b\":2},".repeat(100_001) + "0]}");
        assertThat(edits("- x.*.a").apply(many)).isSameAs(many);
        assertThat(Heads.text(edits("- x.*").apply(many))).isEqualTo("{\"x\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "application/json,true",
                "Application/JSON; charset=utf-8,true",
                "application/vnd.api+json,true",
                "text/json,true",
                "none,false",
                "'',false",
                "application/x-ndjson,false",
                "multipart/form-data; boundary=application/json,false",
                "text/plain; x=+json,false"
            })
    void knowsJsonByItsType(String type, boolean json) {
        assertThat(BodyEdits.isJson(type)).isEqualTo(json);
    }
}
