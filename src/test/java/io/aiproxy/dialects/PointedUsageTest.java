package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Usage that stands where only the configuration knows. */
class PointedUsageTest {
    private static final Map<String, String> POINTERS = Map.of(
            "input", "/meta/in~1tokens",
            "output", "/meta/list/1/o~0",
            "cached_input", "/meta/cached",
            "cache_write", "/written",
            "reasoning", "/meta/thought",
            "images", "/i",
            "seconds", "/s",
            "characters", "/c");
    private static final String TOLD =
            "{\"meta\":{\"list\":[{\"o~\":1},{\"x\":[5],\"o~\":22},{\"o~\":3}],\"in/tokens\":11,\"cached\":4,\"thought\":2},\"written\":5,"
                    + "\"i\":6,\"s\":7.4,\"c\":\"no\",\"model\":\"m\"}";
    private static final Usage USAGE = new Usage(11, 22, 4, 5, 2, 0, 0, 0, 0, 7, 6, 0, 0, 0);

    @Test
    void inADocumentWhereverItIsCut() {
        byte[] body = TOLD.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= body.length; cut++) {
            AnswerTap tap = tap("application/json", POINTERS);
            tap.bytes(ByteBuffer.wrap(body, 0, cut));
            tap.bytes(ByteBuffer.wrap(body, cut, body.length - cut));
            tap.end();
            assertThat(tap.usage()).contains(USAGE);
            assertThat(tap.model()).isEqualTo("m");
            assertThat(tap.complete()).isTrue();
        }
    }

    @Test
    void inEventsOfWhichTheLastOneCounts() {
        AnswerTap tap = tap("text/event-stream", POINTERS);
        show(tap, "data: {\"meta\":{\"in/tokens\":99}}\n\n");
        assertThat(tap.usage()).map(Usage::inputTokens).contains(99L);
        assertThat(tap.complete()).isFalse();
        show(tap, "data: {\"meta\":{\"in/tokens\":\ndata: 98}}\n\ndata: nonsense\n\ndata: " + TOLD + "\n\n");
        assertThat(tap.usage()).contains(USAGE);
        assertThat(tap.complete()).isTrue();
    }

    @Test
    void besideWhatStandsAtTheUsualPlace() {
        AnswerTap tap = tap("application/json", Map.of("images", "/made", "output", "/0"));
        show(tap, "{\"made\":3,\"usage\":{\"input_tokens\":8,\"output_tokens\":9},\"model\":\"m\"}");
        assertThat(tap.usage()).contains(new Usage(8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0));
        assertThat(tap.complete()).isTrue();
    }

    @Test
    void whatIsNoNumberSaysNothing() {
        AnswerTap tap = tap("application/json", Map.of("input", "/a", "output", "/b/0", "images", "", "seconds", "/b"));
        show(tap, "{\"a\":null,\"b\":[true,1,2],\"c\":{\"a\":5}}");
        assertThat(tap.usage()).isEmpty();
        assertThat(tap.complete()).isFalse();
        AnswerTap list = tap("application/json", Map.of("input", "/1/a"));
        show(list, "[{\"a\":1},{\"a\":2},[[[1]]]]");
        assertThat(list.usage()).map(Usage::inputTokens).contains(2L);
        show(list, "]]]}}}}" + "[".repeat(100));
    }

    private static void show(AnswerTap tap, String text) {
        tap.bytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static AnswerTap tap(String type, Map<String, String> pointers) {
        return AnswerTaps.of(
                        Heads.headers("Content-Type: " + type),
                        new Spoken(Dialect.GENERIC, "other"),
                        new UsageConfig(false, UsageConfig.OnDisconnect.CANCEL, Duration.ofSeconds(1), 1, pointers))
                .orElseThrow();
    }
}
