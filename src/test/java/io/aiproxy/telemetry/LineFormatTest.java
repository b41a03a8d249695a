package io.aiproxy.telemetry;

import static io.aiproxy.telemetry.Samples.answered;
import static io.aiproxy.telemetry.Samples.failed;
import static io.aiproxy.telemetry.Samples.refusedHandshake;
import static io.aiproxy.telemetry.Samples.session;
import static io.aiproxy.telemetry.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.SocketReport.ClosedBy;
import io.aiproxy.core.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a line of the access log says, in both formats, whatever is in the receipt. */
class LineFormatTest {
    private final LineFormat json = new JsonLine();
    private final LineFormat plain = new PlainLine();

    private static String line(LineFormat format, Receipt receipt) {
        LineBytes bytes = new LineBytes(LineBound.LONGEST);
        format.append(receipt, bytes);
        assertThat(bytes.size()).isLessThanOrEqualTo(LineBound.of(receipt));
        return StandardCharsets.UTF_8.decode(bytes.view()).toString();
    }

    private JsonNode parsed(Receipt receipt) throws Exception {
        String line = line(json, receipt);
        assertThat(line).endsWith("}\n");
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        return new ObjectMapper().readTree(line);
    }

    @Test
    void jsonTellsEverythingInOrder() {
        Receipt receipt = with().attempts(
                        failed("openai", 429, FailureKind.UPSTREAM_CREDENTIALS_EXHAUSTED), answered("bailian"))
                .build();

        assertThat(line(json, receipt))
                .isEqualTo("{\"time\":\"2026-11-21T01:30:00.123Z\",\"id\":\"req-1\",\"user\":\"zhangsan\","
                        + "\"key\":\"laptop\",\"channel\":\"bailian\",\"credential\":\"default\",\"dialect\":\"openai\","
                        + "\"operation\":\"chat\",\"model\":\"qwen-max\",\"template\":\"/v1/chat/completions\","
                        + "\"method\":\"POST\","
                        + "\"path\":\"/v1/chat/completions\",\"status\":200,\"ending\":\"ok\",\"bytes_in\":812,"
                        + "\"bytes_out\":5120,\"duration_ms\":2157.301,\"ttfb_ms\":390.120,\"overhead_ms\":0.412,"
                        + "\"attempts\":[{\"channel\":\"openai\",\"credential\":\"default\",\"status\":429,"
                        + "\"failure\":\"upstream_credentials_exhausted\",\"ms\":20.000},"
                        + "{\"channel\":\"bailian\",\"credential\":\"default\",\"status\":200,\"ms\":40.000}],"
                        + "\"client\":\"10.1.2.3\",\"user_agent\":\"OpenAI/Python 2.1\",\"client_retry\":0,"
                        + "\"config_version\":7}\n");
    }

    @Test
    void jsonLeavesOutWhatThereIsNothingToSayOf() throws Exception {
        JsonNode line = parsed(with().user("")
                .key("")
                .channel("")
                .operation("")
                .model("")
                .agent("")
                .clientRetry(-1)
                .nanos(3_000_000, -1)
                .attempts()
                .ended(401, Ending.REFUSED, "invalid_api_key")
                .build());

        assertThat(line.fieldNames())
                .toIterable()
                .containsExactly(
                        "time",
                        "id",
                        "dialect",
                        "template",
                        "method",
                        "path",
                        "status",
                        "ending",
                        "failure",
                        "bytes_in",
                        "bytes_out",
                        "duration_ms",
                        "overhead_ms",
                        "client",
                        "config_version");
        assertThat(line.get("failure").asText()).isEqualTo("invalid_api_key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\"b\\c",
                "line\r\n{\"time\":\"forged\"}",
                "tab\tbell\u0007nul\u0000del\u007f",
                "csi\u009b31m",
                "bidi\u202eevil\u2066\ufeff",
                "lines\u2028and\u2029",
                "张三 é 😀",
                "</script>"
            })
    void jsonGivesBackExactlyWhatWasThere(String text) throws Exception {
        Receipt receipt = with().path(text).agent(text).user(text).model(text).build();
        JsonNode line = parsed(receipt);

        assertThat(line.get("path").asText()).isEqualTo(text);
        assertThat(line.get("user_agent").asText()).isEqualTo(text);
        assertThat(line.get("user").asText()).isEqualTo(text);
        assertThat(line(json, receipt)).doesNotContain("\u202e", "\u009b", "\u2028", "\u007f", "\r", "\t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "a\ude00b", "\ude00\ud83d", "x\ud83d\ud83d\ude00"})
    void halfCharactersAreReplaced(String text) throws Exception {
        String read = parsed(with().agent(text).build()).get("user_agent").asText();

        assertThat(read).hasSize(text.length()).contains("\ufffd");
        assertThat(read.replace("\ufffd", "")
                        .replace("😀", "")
                        .replace("a", "")
                        .replace("b", "")
                        .replace("x", ""))
                .isEmpty();
    }

    @Test
    void longTextsAreCut() throws Exception {
        JsonNode line = parsed(with().path("/" + "p".repeat(100_000))
                .agent("u".repeat(100_000))
                .model("😀".repeat(1000))
                .build());

        assertThat(line.get("path").asText()).hasSize(LineBound.PATH + 1).endsWith("p…");
        assertThat(line.get("user_agent").asText()).hasSize(LineBound.USER_AGENT + 1);
        assertThat(line.get("model").asText()).endsWith("😀…").doesNotContain("\ufffd");
    }

    @Test
    void noReceiptMakesALineLongerThanItsBound() {
        long max = Long.MAX_VALUE;
        Random random = new Random(7);
        char[] worst = {'\u0000', '"', '\u202e', 'a', '张', '\ud83d', ' '};
        for (int round = 0; round < 300; round++) {
            String text = text(random, worst, random.nextInt(3000));
            Attempt attempt = failed(text, 429, FailureKind.UPSTREAM_CREDENTIALS_EXHAUSTED);
            Receipt receipt = with().id(text)
                    .user(text)
                    .key(text)
                    .channel(text)
                    .operation(text)
                    .model(text)
                    .path(text)
                    .agent(text)
                    .ended(200, Ending.CALLER_ERROR, text)
                    .nanos(Long.MAX_VALUE, Long.MAX_VALUE)
                    .attempts(Collections.nCopies(random.nextInt(40), attempt).toArray(Attempt[]::new))
                    .socket(new SocketReport(true, max, max, Integer.MAX_VALUE, ClosedBy.CHANNEL, text))
                    .usage(new Usage(max, max, max, max, max, max, max, max, max, max, max, max, max, max))
                    .build();
            assertThat(LineBound.of(receipt)).isLessThanOrEqualTo(LineBound.LONGEST);
            line(json, receipt);
            line(plain, receipt);
        }
        assertThat(LineBound.LONGEST).isLessThan(AccessLog.CHUNK_BYTES);
    }

    /** A line of an ordinary call up to where a session's fields may follow. */
    private static final String PLAIN_SESSION =
            "10.1.2.3 - zhangsan [21/Nov/2026:01:30:00 +0000] \"POST /v1/chat/completions\" 101 5120 \"-\""
                    + " \"OpenAI/Python 2.1\" id=req-1 key=laptop channel=bailian credential=default dialect=openai"
                    + " operation=realtime model=qwen-max ending=ok failure=- bytes_in=812 duration_ms=60000.000"
                    + " ttfb_ms=- overhead_ms=0.412 attempts=bailian/default:200 client_retry=0 config_version=7";

    @Test
    void aSessionTellsItsFramesAndItsEnd() {
        assertThat(line(json, session().build()))
                .contains(",\"status\":101,", ",\"duration_ms\":60000.000,\"overhead_ms\":")
                .doesNotContain("ttfb_ms")
                .endsWith(",\"config_version\":7,\"frames_in\":12,\"frames_out\":340,\"close_code\":1000,"
                        + "\"closed_by\":\"caller\"}\n");
        assertThat(line(plain, session().build()))
                .isEqualTo(PLAIN_SESSION
                        + " frames_in=12 frames_out=340 close_code=1000 closed_by=caller close_reason=-\n");

        Receipt closedByGateway = session(1001, ClosedBy.GATEWAY, "idle").build();
        assertThat(line(json, closedByGateway))
                .endsWith(",\"close_code\":1001,\"closed_by\":\"gateway\",\"close_reason\":\"idle\"}\n");
        assertThat(line(plain, closedByGateway)).endsWith(" close_code=1001 closed_by=gateway close_reason=idle\n");
    }

    @Test
    void aSessionOfWhichNothingIsKnownSaysSo() {
        Receipt receipt = with().ended(101, Ending.CANCELLED, "")
                .socket(new SocketReport(true, 0, 0, 0, ClosedBy.NOBODY, ""))
                .build();

        assertThat(line(json, receipt)).endsWith(",\"config_version\":7,\"frames_in\":0,\"frames_out\":0}\n");
        assertThat(line(plain, receipt))
                .endsWith(" frames_in=0 frames_out=0 close_code=- closed_by=- close_reason=-\n");
    }

    @Test
    void aRefusedHandshakeIsALineLikeOthers() {
        Receipt receipt = refusedHandshake(403, Ending.REFUSED, "key_disabled").build();
        Receipt sameWithoutSocket = with().operation("realtime")
                .ended(403, Ending.REFUSED, "key_disabled")
                .build();

        assertThat(line(json, receipt)).isEqualTo(line(json, sameWithoutSocket)).contains("\"ttfb_ms\":");
        assertThat(line(plain, receipt)).isEqualTo(line(plain, sameWithoutSocket));
    }

    @Test
    void groupsTagsAndTheModelThatAnsweredAreTold() throws Exception {
        Receipt receipt = with().labels(List.of("sales", "a\"b"), Map.of("x-team", "search \\ find"))
                .build();

        JsonNode line = parsed(receipt);

        assertThat(line.path("groups")).extracting(JsonNode::asText).containsExactly("sales", "a\"b");
        assertThat(line.path("tags").path("x-team").asText()).isEqualTo("search \\ find");
        assertThat(line.path("model_answered").asText()).isEqualTo("qwen-max-latest");
        assertThat(line.path("usage_source").asText()).isEqualTo("estimated");
    }

    @Test
    void usageIsToldOfEveryCallThatHasIt() {
        Usage all = new Usage(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
        assertThat(line(json, with().usage(all).build()))
                .endsWith(",\"config_version\":7,\"usage\":{\"input_tokens\":1,\"output_tokens\":2,"
                        + "\"cached_input_tokens\":3,\"cache_write_tokens\":4,\"reasoning_tokens\":5,"
                        + "\"audio_input_tokens\":6,\"audio_output_tokens\":7,\"image_input_tokens\":8,"
                        + "\"characters\":9,\"seconds\":10,\"images\":11,\"cache_write_hour_tokens\":12,"
                        + "\"cached_audio_input_tokens\":13,\"cached_image_input_tokens\":14}}\n");
        assertThat(line(plain, with().usage(all).build()))
                .endsWith(" config_version=7 usage_input_tokens=1 usage_output_tokens=2 usage_cached_input_tokens=3"
                        + " usage_cache_write_tokens=4 usage_reasoning_tokens=5 usage_audio_input_tokens=6"
                        + " usage_audio_output_tokens=7 usage_image_input_tokens=8 usage_characters=9"
                        + " usage_seconds=10 usage_images=11 usage_cache_write_hour_tokens=12"
                        + " usage_cached_audio_input_tokens=13 usage_cached_image_input_tokens=14\n");

        Receipt some = session()
                .usage(new Usage(0, 21, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0))
                .build();
        assertThat(line(json, some))
                .endsWith(",\"closed_by\":\"caller\",\"usage\":{\"output_tokens\":21,\"seconds\":3}}\n");
        assertThat(line(plain, some)).endsWith(" close_reason=- usage_output_tokens=21 usage_seconds=3\n");
    }

    @Test
    void ofWorkThatSeveralCallsTellItIsSaidWhich() throws Exception {
        Receipt receipt = with().work("0123456789abcdef0123456789abcdef").build();

        assertThat(parsed(receipt).path("work").asText()).isEqualTo("0123456789abcdef0123456789abcdef");
        assertThat(parsed(Samples.receipt()).has("work")).isFalse();
    }

    @Test
    void usageOfNothingIsNoUsage() {
        Receipt nothing = with().usage(Usage.NONE).build();

        assertThat(line(json, nothing)).isEqualTo(line(json, Samples.receipt()));
        assertThat(line(plain, nothing)).isEqualTo(line(plain, Samples.receipt()));
    }

    @Test
    void aReasonCannotForgeALine() throws Exception {
        Receipt receipt =
                session(1008, ClosedBy.GATEWAY, "a\"b\r\n{x} closed_by=nobody").build();

        assertThat(parsed(receipt).get("close_reason").asText()).isEqualTo("a\"b\r\n{x} closed_by=nobody");
        assertThat(line(plain, receipt)).endsWith(" close_reason=a\\x22b\\x0d\\x0a{x}\\x20closed_by=nobody\n");
    }

    private static String text(Random random, char[] from, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(from[random.nextInt(from.length)]);
        }
        return text.toString();
    }

    @Test
    void plainIsLikeTheCombinedFormat() {
        Receipt receipt = with().attempts(
                        failed("openai", 0, FailureKind.UPSTREAM_TIMEOUT),
                        failed("openai", 429, FailureKind.UPSTREAM_CREDENTIALS_EXHAUSTED),
                        answered("bailian"))
                .build();

        assertThat(line(plain, receipt))
                .isEqualTo(
                        "10.1.2.3 - zhangsan [21/Nov/2026:01:30:00 +0000] \"POST /v1/chat/completions\" 200 5120 \"-\""
                                + " \"OpenAI/Python 2.1\" id=req-1 key=laptop channel=bailian credential=default dialect=openai"
                                + " operation=chat model=qwen-max ending=ok failure=- bytes_in=812 duration_ms=2157.301"
                                + " ttfb_ms=390.120 overhead_ms=0.412"
                                + " attempts=openai/default:upstream_timeout,openai/default:429,bailian/default:200"
                                + " client_retry=0 config_version=7\n");
    }

    @Test
    void plainCannotBeForged() {
        String line = line(
                plain,
                with().user("a b\n[x]")
                        .path("/\" 200 1\r\n10.9.9.9 - root\\")
                        .agent("x\u001b[31m\u202e\"")
                        .model("m n")
                        .build());

        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        assertThat(line)
                .contains(" - a\\x20b\\x0a[x] [21/Nov/")
                .contains("\"POST /\\x22 200 1\\x0d\\x0a10.9.9.9 - root\\x5c\" 200 5120 ")
                .contains("\"x\\x1b[31m\\u202e\\x22\" id=")
                .contains(" model=m\\x20n ");
    }

    @Test
    void plainHasADashForNothing() {
        String line = line(
                plain,
                with().user("")
                        .channel("")
                        .model("")
                        .agent("")
                        .clientRetry(-1)
                        .nanos(5_000_000, -1)
                        .attempts()
                        .build());

        assertThat(line)
                .startsWith("10.1.2.3 - - [")
                .contains(" \"-\" \"-\" id=req-1 ")
                .contains(" channel=- credential=- ")
                .contains(" model=- ")
                .contains(" duration_ms=5.000 ttfb_ms=- ")
                .contains(" attempts=- client_retry=- ");
    }

    @Test
    void timesAreRightInEveryOrder() {
        DateTimeFormatter iso =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
        DateTimeFormatter common = DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss '+0000'", Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
        Random random = new Random(3);
        LineBytes bytes = new LineBytes(100);
        for (int i = 0; i < 5000; i++) {
            long millis = Math.floorMod(random.nextLong(), 4_102_444_800_000L);
            for (long near : new long[] {millis, millis + 999, millis - 86_400_000, millis}) {
                bytes.cut(0);
                bytes.isoTime(near);
                bytes.put(' ');
                bytes.commonLogTime(near);
                Instant instant = Instant.ofEpochMilli(near);
                assertThat(StandardCharsets.US_ASCII.decode(bytes.view()).toString())
                        .isEqualTo(iso.format(instant) + " " + common.format(instant));
            }
        }
    }
}
