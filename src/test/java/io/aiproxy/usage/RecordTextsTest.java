package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

/** Times, numbers and texts of records are what the JDK and Jackson make of them. */
class RecordTextsTest {
    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private static String written(JsonBytes json) {
        return new String(json.bytes(), StandardCharsets.UTF_8);
    }

    private static JsonBytes list() {
        return new JsonBytes(1).beginList(); // grows all the time
    }

    private static long millis(String text) {
        char[] chars = ("x" + text).toCharArray();
        return Moments.millis(chars, 1, text.length());
    }

    @Property(seed = "7")
    void times_are_those_of_the_jdk(
            @ForAll @LongRange(min = -62_000_000_000_000L, max = 300_000_000_000_000L) long at) {
        String text = written(new JsonBytes(1).time(at));
        assertThat(text).isEqualTo('"' + Moments.text(at) + '"');
        assertThat(millis(text.substring(1, text.length() - 1))).isEqualTo(at);
        assertThat(millis(Instant.ofEpochMilli(at).toString())).isEqualTo(at);
    }

    @Example
    void times_at_the_edges_are_those_of_the_jdk() {
        for (long at : new long[] {0, 1, -1, 86_399_999, 86_400_000, 951_782_400_000L, LAST, LAST + 1}) {
            times_are_those_of_the_jdk(at);
        }
        assertThat(millis("2026-11-21T24:00:00.000Z")).isEqualTo(millis("2026-11-22T00:00:00.000Z"));
        for (String wrong : new String[] {
            "",
            "today",
            "2026-02-29T00:00:00.000Z",
            "2026-13-01T00:00:00.000Z",
            "2026-11-21T25:00:00.000Z",
            "2026-11-21T01:30:00.1234",
            "2026-11-21T01:60:00.000Z",
            "2026-11-00T01:30:00.000Z"
        }) {
            assertThatThrownBy(() -> millis(wrong)).as(wrong).isInstanceOf(DateTimeException.class);
        }
    }

    @Property(seed = "8")
    void numbers_are_those_of_the_jdk(@ForAll long value, @ForAll @IntRange(max = 9) int digits) {
        BigDecimal exact = BigDecimal.valueOf(value, digits);
        String decimal = written(new JsonBytes(1).decimal(value, digits));
        assertThat(decimal).isEqualTo(exact.toPlainString());
        assertThat(written(new JsonBytes(1).stripped(value, digits)))
                .isEqualTo(value == 0 ? "0" : exact.stripTrailingZeros().toPlainString());
        assertThat(written(new JsonBytes(1).number(value))).isEqualTo(Long.toString(value));
        char[] chars = ("-" + decimal).toCharArray();
        assertThat(Decimals.value(chars, 1, chars.length - 1, digits)).isEqualTo(value);
    }

    @Example
    void numbers_may_be_written_in_any_way() {
        assertThat(value("1", 3)).isEqualTo(1_000);
        assertThat(value("1.5", 3)).isEqualTo(1_500);
        assertThat(value("1.500000", 3)).isEqualTo(1_500);
        assertThat(value("15e-1", 3)).isEqualTo(1_500);
        assertThat(value("-0.001", 3)).isEqualTo(-1);
        assertThatThrownBy(() -> value("0.0001", 3)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> value("1e30", 3)).isInstanceOf(ArithmeticException.class);
    }

    private static long value(String text, int digits) {
        return Decimals.value(text.toCharArray(), 0, text.length(), digits);
    }

    @Property(seed = "9")
    void texts_are_escaped_as_json_wants_it(@ForAll @StringLength(max = 40) String one, @ForAll String other)
            throws IOException {
        String clean = Words.clean(one);
        byte[] json = list().text(clean)
                .text("plain")
                .text(Words.clean("\"" + other))
                .endList()
                .bytes();
        JsonNode read = new ObjectMapper().readTree(json);
        assertThat(read.get(0).asText()).isEqualTo(clean);
        assertThat(read.get(2).asText()).isEqualTo(Words.clean("\"" + other));
        for (byte b : json) {
            assertThat(b < 0 || b >= 0x20).as("no control byte").isTrue();
        }
    }

    @Example
    void half_a_character_is_refused() {
        assertThatThrownBy(() -> list().text("\ud83d")).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void names_that_come_again_are_one_object() {
        Recurring texts = new Recurring(2);
        char[] chars = "-zhangsan-Aa-BB-".toCharArray(); // the last two have one hash code
        String first = texts.text(chars, 1, 8);
        assertThat(first).isEqualTo("zhangsan").isSameAs(texts.text(chars, 1, 8));
        assertThat(texts.text(chars, 10, 2)).isEqualTo("Aa");
        assertThat(texts.text(chars, 13, 2)).isEqualTo("BB");
        assertThat(texts.text(chars, 10, 2)).isEqualTo("Aa");
        assertThat(texts.text(chars, 0, 0)).isEmpty();
        char[] wide = "x".repeat(100).toCharArray();
        assertThat(texts.text(wide, 0, 100)).isNotSameAs(texts.text(wide, 0, 100));
    }
}
