package io.aiproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events taken out of a stream, wherever it is cut. */
class EventFilterTest {
    private static final String GONE = "data: gone";
    /** Takes out what begins as {@link #GONE} and goes on as it likes. */
    private static final EventJudge JUDGE = new EventJudge() {
        @Override
        public boolean mayBe(byte[] bytes, int from, int to) {
            String begun = text(bytes, from, to);
            return begun.startsWith(GONE) || GONE.startsWith(begun);
        }

        @Override
        public boolean is(byte[] bytes, int from, int to) {
            return text(bytes, from, to).startsWith(GONE);
        }
    };

    private final EventFilter filter = new EventFilter(JUDGE);
    private final StringBuilder passed = new StringBuilder();
    private final List<HttpContent> given = new ArrayList<>();

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static HttpContent content(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private void feed(String part) {
        HttpContent in = content(part);
        given.add(in);
        take(filter.pass(in));
    }

    private void take(HttpContent out) {
        if (out != null) {
            passed.append(out.content().toString(StandardCharsets.UTF_8));
            out.release();
        }
    }

    private String all() {
        take(filter.end());
        assertThat(given).allMatch(content -> content.refCnt() == 0);
        return passed.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: a|data: gone|data: [DONE]|",
                ": keep-alive|data: a|: x|: y|data: gone|: z|data: b|",
                "data: gone|data: gone|data: gone|",
                "data: gonx|data: goner|",
                "event: gone|data: gone as well~data: gone|",
                "||data: gone||data: a|||",
                "data: a|data: gone",
                "data: a|data: go",
                "data: gone~id: 7|data: a",
            })
    void whereverTheStreamIsCutAndHoweverLinesEnd(String stream) {
        for (String end : List.of("\n", "\r\n", "\r")) {
            String text = stream.replace("|", end + end).replace("~", end);
            String expected = expected(stream).replace("|", end + end).replace("~", end);
            for (int first = 0; first <= text.length(); first++) {
                for (int second = first; second <= text.length(); second += 3) {
                    EventFilterTest run = new EventFilterTest();
                    run.feed(text.substring(0, first));
                    run.feed(text.substring(first, second));
                    run.feed(text.substring(second));
                    assertThat(run.all()).as("cut at %d and %d", first, second).isEqualTo(expected);
                }
            }
        }
    }

    /** What is left, where no part of an event is mistaken for another. */
    private static String expected(String stream) {
        StringBuilder left = new StringBuilder();
        int at = 0;
        while (at < stream.length()) {
            int end = stream.indexOf('|', at);
            String event = stream.substring(at, end < 0 ? stream.length() : end + 1);
            left.append(event.startsWith(GONE) ? "" : event);
            at += event.length();
        }
        return left.toString();
    }

    @Test
    void byteByByteInRandomPieces() {
        Random random = new Random(20261121);
        for (int run = 0; run < 300; run++) {
            StringBuilder text = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                boolean gone = random.nextInt(3) == 0;
                String event = (gone ? GONE : "data: {}") + "x".repeat(random.nextInt(40)) + "\n\n";
                text.append(event);
                expected.append(gone ? "" : event);
            }
            EventFilterTest each = new EventFilterTest();
            for (int at = 0; at < text.length(); ) {
                int to = Math.min(text.length(), at + 1 + random.nextInt(30));
                each.feed(text.substring(at, to));
                at = to;
            }
            assertThat(each.all()).isEqualTo(expected.toString());
        }
    }

    @Test
    void whatNothingIsTakenOutOfIsPassedAsItIs() {
        HttpContent in = content("data: a\n\n: ping\n\ndata: b\n\n");
        HttpContent out = filter.pass(in);
        assertThat(out).isSameAs(in);
        in.release();
    }

    @Test
    void nothingWaitsButWhatMayBeTakenOut() {
        feed("data: gone\n\ndata: a\n\ndata: b");
        assertThat(passed.toString()).isEqualTo("data: a\n\ndata: b");
        feed("c\n\n: pi");
        assertThat(passed.toString()).endsWith("bc\n\n: pi");
        feed("ng\n\ndata: go");
        assertThat(passed.toString()).endsWith(": ping\n\n");
        feed("od\n\n");
        assertThat(passed.toString()).endsWith("data: good\n\n");
    }

    @Test
    void whatIsTooLongToBeTakenOutPasses() {
        String event = GONE + "x".repeat(20_000);
        feed(event);
        assertThat(passed.length()).isEqualTo(event.length());
        feed("\n\ndata: gone\n\n");
        assertThat(all()).isEqualTo(event + "\n\n");
    }
}
