package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

/** Texts of records: clean whoever has chosen them, and one object where they come again. */
class RecordTextsTest {
    private static String text(Recurring texts, String text) {
        byte[] utf8 = ("-" + text + "-").getBytes(StandardCharsets.UTF_8);
        return texts.text(utf8, 1, utf8.length - 2);
    }

    @Property(seed = "9")
    void what_is_remembered_is_what_was_asked_for(@ForAll @StringLength(max = 100) String one, @ForAll String other) {
        Clean clean = new Clean(2); // nearly everything pushes something out
        Recurring texts = new Recurring(2);
        for (String text : new String[] {one, other, one, "a", one}) {
            assertThat(clean.text(text)).isEqualTo(Words.clean(text));
            assertThat(text(texts, Words.clean(text))).isEqualTo(Words.clean(text));
        }
    }

    @Example
    void names_that_come_again_are_one_object() {
        Recurring texts = new Recurring(2);
        for (String name : new String[] {"zhangsan", "\u5f20\u4e09", ""}) {
            String first = text(texts, name);
            assertThat(first).isEqualTo(name);
            assertThat(text(texts, name)).isSameAs(first);
        }
        assertThat(text(texts, "Aa")).isEqualTo("Aa"); // both have one hash code
        assertThat(text(texts, "BB")).isEqualTo("BB");
        assertThat(text(texts, "Aa")).isEqualTo("Aa");
        String wide = "x".repeat(100);
        assertThat(text(texts, wide)).isEqualTo(wide).isNotSameAs(text(texts, wide));
    }

    @Example
    void texts_that_come_again_are_one_clean_object() {
        Clean clean = new Clean(16);
        String first = clean.text("gpt-4o");
        assertThat(clean.text(new StringBuilder("gpt-").append("4o").toString()))
                .isSameAs(first);
        for (int i = 0; i < 2; i++) { // what is not clean is not remembered as if it were
            assertThat(clean.text("gpt\u0000")).isEqualTo("gpt\ufffd");
            assertThat(clean.text("\ud83d")).isEqualTo("\ufffd");
            assertThat(clean.text("x".repeat(600))).hasSize(512);
        }
    }

    @Example
    void also_half_a_character_goes_through_json() throws IOException {
        for (String text : new String[] {"\ud83d", "\ud83d\ude00", "\ude00x"}) {
            byte[] json = RecordJson.bytes(Records.by("a", text));
            assertThat(RecordJson.read(json).user()).isEqualTo(text);
        }
    }

    @Example
    void json_is_written_as_it_always_was() {
        assertThat(new String(RecordJson.bytes(Records.by("a", "z\"\\\u001e\u007f\u5f20")), StandardCharsets.UTF_8))
                .isEqualTo("{\"time\":\"2024-11-21T01:30:00.123Z\",\"ended\":\"2024-11-21T01:30:02.280Z\",\"id\":\"a\","
                        + "\"user\":\"z\\\"\\\\\\u001E\u007f\u5f20\",\"key\":\"laptop\",\"groups\":[\"tech\"],"
                        + "\"channel\":\"bailian\",\"credential\":\"default\",\"dialect\":\"openai\","
                        + "\"operation\":\"chat\",\"template\":\"/v1/chat/completions\",\"method\":\"POST\","
                        + "\"model\":\"qwen-max\",\"model_answered\":\"qwen-max-2025-01-25\",\"status\":200,"
                        + "\"ending\":\"ok\",\"attempts\":0,\"bytes_in\":812,\"bytes_out\":5120,\"ttfb_ms\":390.120,"
                        + "\"duration_ms\":2157.301,\"overhead_ms\":0.211,"
                        + "\"usage\":{\"input_tokens\":100,\"output_tokens\":20},\"usage_source\":\"provider\","
                        + "\"priced\":false,\"tags\":{\"x-team\":\"search\"},\"client\":\"10.1.2.3\","
                        + "\"config_version\":7}");
    }
}
