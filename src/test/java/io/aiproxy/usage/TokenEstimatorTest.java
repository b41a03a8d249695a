package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was said is counted as OpenAI's models count it, near enough where only its beginning is known. */
class TokenEstimatorTest {
    private static final TokenEstimator ESTIMATOR = new TokenEstimator();
    private static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final Optional<FailureKind> NO_FAILURE = Optional.empty();

    /** Texts of different kinds, some thousand characters each, none of their sentences twice. */
    enum Kind {
        ENGLISH(
                "The %s gateway carries %d answers to the callers who have asked for them, and %s counts what they cost. "),
        CHINESE("第%2$d个请求经过%1$s网关,流式返回给调用方,并且统计%3$s所消耗的令牌数量。"),
        CODE("    for (int %s = %d; i < list.size(); i++) {\n        total += %s.get(i).tokens(); // sum\n    }\n");

        private final String sentence;

        Kind(String sentence) {
            this.sentence = sentence;
        }

        String text(int sentences) {
            Random random = new Random(3);
            String[] words = {"small", "quick", "patient", "模型", "counter", "index", "value", "频道"};
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < sentences; i++) {
                text.append(
                        sentence.formatted(words[random.nextInt(8)], random.nextInt(5000), words[random.nextInt(8)]));
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shortOnesAreCountedExactly(Kind kind) throws JsonProcessingException {
        String said = kind.text(20);
        String body = json(Map.of("model", "gpt-5.1", "messages", List.of(Map.of("role", "user", "content", said))));
        Usage usage = ESTIMATOR.estimate(receipt(whole(body, said)));
        assertThat(usage.outputTokens()).isEqualTo(O200K.countTokensOrdinary(said));
        // the piece ends with a line feed, and a message costs four tokens, the answer's beginning three
        assertThat(usage.inputTokens()).isEqualTo(O200K.countTokensOrdinary(said + "\n") + 4 + 3);
    }

    @ParameterizedTest
    @EnumSource
    void ofLongOnesTheBeginningIsEnough(Kind kind) throws JsonProcessingException {
        String said = kind.text(4000);
        String body = json(Map.of("messages", List.of(Map.of("role", "user", "content", said))));
        Transcript transcript =
                new Transcript(body.substring(0, 20_000), bytes(body), said.substring(0, 30_000), said.length(), 0);
        Usage usage = ESTIMATOR.estimate(receipt(transcript));
        Percentage near = Percentage.withPercentage(4);
        assertThat(usage.outputTokens()).isCloseTo(O200K.countTokensOrdinary(said), near);
        assertThat(usage.inputTokens()).isCloseTo(O200K.countTokensOrdinary(said), near);
    }

    /** What Python's json module makes of Chinese, cut in the middle of an escape. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void escapesAreReadWhereverTheyAreCut(int more) {
        StringBuilder escaped = new StringBuilder("{\"messages\":[{\"role\":\"user\",\"content\":\"");
        for (char c : "请求经过网关返回".repeat(100).toCharArray()) {
            escaped.append(String.format("\\u%04x", (int) c));
        }
        String asked = escaped.substring(0, 2000 + more);
        Usage usage = ESTIMATOR.estimate(receipt(new Transcript(asked, 4000, "", 0, 0)));
        double tokens = O200K.countTokensOrdinary("请求经过网关返回".repeat(41)) * 2;
        assertThat(usage.inputTokens()).isCloseTo(Math.round(tokens), Percentage.withPercentage(6));
    }

    @Test
    void anEncodingIsLoadedBesideWhoAsksForItOnce() {
        TokenEstimator fresh = new TokenEstimator();
        Receipt untold = receipt(whole("{\"input\":\"hello\"}", "world"));
        Receipt told = Records.receipt("b");
        BlockingQueue<String> loaders = new LinkedBlockingQueue<>();
        assertThat(fresh.ready(told, () -> loaders.add("nobody"))).isTrue();
        Runnable whenReady = () -> loaders.add(Thread.currentThread().getName());
        await().atMost(Duration.ofSeconds(60)).until(() -> fresh.ready(untold, whenReady));
        await().atMost(Duration.ofSeconds(60)).until(() -> !loaders.isEmpty());
        assertThat(loaders).containsExactly("aiproxy-encoding");
        assertThat(fresh.estimate(untold).outputTokens()).isEqualTo(1);
    }

    @Test
    void picturesAndSettingsAreNoText() throws JsonProcessingException {
        byte[] picture = new byte[60_000];
        new Random(1).nextBytes(picture);
        String data = Base64.getEncoder().encodeToString(picture);
        String body = json(Map.of(
                "model",
                "a model's name that nobody counts",
                "user",
                "somebody whose name is long",
                "contents",
                List.of(Map.of(
                        "parts", List.of(Map.of("text", "What is it?"), Map.of("inlineData", Map.of("data", data))))),
                "messages",
                List.of(Map.of(
                        "content", List.of(Map.of("image_url", Map.of("url", "data:image/png;base64," + data)))))));
        assertThat(ESTIMATOR.estimate(receipt(whole(body, ""))).inputTokens()).isBetween(4L, 10L);
    }

    @Test
    void toolsAreReadWithTheirNames() throws JsonProcessingException {
        String body = json(Map.of(
                "tools",
                List.of(Map.of(
                        "function",
                        Map.of("name", "weather_of_a_city", "parameters", Map.of("city_name", Map.of()))))));
        assertThat(AskedText.of(body).text()).contains("weather_of_a_city").contains("city_name");
    }

    @Test
    void tokensThatTheCallerHasMadeAreTokens() {
        assertThat(ESTIMATOR
                        .estimate(receipt(whole("{\"input\":[[1,2,3],[4,5]]}", "")))
                        .inputTokens())
                .isEqualTo(5);
    }

    @Test
    void whatTheProviderHasToldIsKept() {
        Usage told = new Usage(1000, 1, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Receipt receipt =
                receipt("chat", 200, NO_FAILURE, UsageSource.ESTIMATED, whole("{\"prompt\":\"a\"}", "a b c d e"), told);
        assertThat(ESTIMATOR.estimate(receipt)).isEqualTo(new Usage(1000, 5, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Receipt final_ =
                receipt("chat", 200, NO_FAILURE, UsageSource.PROVIDER, whole("{\"prompt\":\"a\"}", "a b c d e"), told);
        assertThat(ESTIMATOR.estimate(final_)).isEqualTo(told);
    }

    @Test
    void noMoreThanTheCallerHasAllowedForEachAnswer() {
        String body = "{\"n\":2,\"prompt\":\"a\"}";
        Transcript transcript = new Transcript(body, body.length(), "word ".repeat(100), 500, 20);
        assertThat(ESTIMATOR.estimate(receipt(transcript)).outputTokens()).isEqualTo(40);
    }

    @Test
    void speechIsCountedInCharacters() {
        Transcript said = whole("{\"model\":\"tts-1\",\"voice\":\"x\",\"input\":\"你好 world😀\"}", "");
        Usage usage =
                ESTIMATOR.estimate(receipt("audio.speech", 200, NO_FAILURE, UsageSource.ESTIMATED, said, Usage.NONE));
        assertThat(usage.characters()).isEqualTo(9);
    }

    @Test
    void whatNoChannelHasWorkedOnUsesNothing() {
        Transcript said = whole("{\"prompt\":\"a b c\"}", "");
        assertThat(ESTIMATOR.estimate(receipt(
                        "chat",
                        502,
                        Optional.of(FailureKind.UPSTREAM_UNREACHABLE),
                        UsageSource.ESTIMATED,
                        said,
                        Usage.NONE)))
                .isEqualTo(Usage.NONE);
        assertThat(ESTIMATOR.estimate(receipt("chat", 400, NO_FAILURE, UsageSource.ESTIMATED, said, Usage.NONE)))
                .isEqualTo(Usage.NONE);
        assertThat(ESTIMATOR.estimate(receipt("chat", 200, NO_FAILURE, UsageSource.NONE, said, Usage.NONE)))
                .isEqualTo(Usage.NONE);
        assertThat(ESTIMATOR
                        .estimate(receipt(
                                "chat",
                                499,
                                Optional.of(FailureKind.CLIENT_CLOSED_REQUEST),
                                UsageSource.ESTIMATED,
                                said,
                                Usage.NONE))
                        .inputTokens())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "no json",
                "[1,2]",
                "{\"prompt\":\"\\",
                "{\"prompt\":\"\\u12",
                "{\"prompt\":\"\\q\"}",
                "{\"prompt\":\"<|endoftext|>\"}",
                "{\"messages\":\"\u0000\ud800\"}"
            })
    void neverThrows(String asked) {
        Usage usage = ESTIMATOR.estimate(receipt(new Transcript(asked, 100_000, "\ud800<|endoftext|>", 5, 0)));
        assertThat(usage.inputTokens()).isNotNegative();
        assertThat(usage.outputTokens()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4-0613, CL100K_BASE",
        "gpt-4, CL100K_BASE",
        "openai/gpt-3.5-turbo, CL100K_BASE",
        "ft:gpt-35-turbo:x, CL100K_BASE",
        "text-embedding-3-large, CL100K_BASE",
        "gpt-4o-mini, O200K_BASE",
        "gpt-4.1, O200K_BASE",
        "o3, O200K_BASE",
        "claude-5, O200K_BASE",
        "'', O200K_BASE"
    })
    void theEncodingIsTheModels(String model, EncodingType encoding) {
        assertThat(TokenCounter.encoding(model)).isEqualTo(encoding);
    }

    private static String json(Object value) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(value);
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Transcript whole(String asked, String answered) {
        return new Transcript(asked, bytes(asked), answered, answered.length(), 0);
    }

    @Test
    void whatASocketHasNotToldComesToWhatItHas() {
        Usage told = new Usage(100, 50, 7, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0);
        String asked = "hello world, how are you today?\n";
        Transcript talk = new Transcript(asked, 3L * asked.length(), "fine", 8, 0, Transcript.Kind.TALK);
        Usage usage = ESTIMATOR.estimate(receipt("realtime", 101, NO_FAILURE, UsageSource.ESTIMATED, talk, told));
        assertThat(usage.inputTokens()).isEqualTo(100 + 3L * O200K.countTokensOrdinary(asked));
        assertThat(usage.outputTokens()).isEqualTo(50 + 2L * O200K.countTokensOrdinary("fine"));
        assertThat(usage.cachedInputTokens()).isEqualTo(7);
        Transcript speech = new Transcript("\u4f60\u597d", 6, "", 0, 0, Transcript.Kind.SPEECH);
        usage = ESTIMATOR.estimate(receipt("inference", 101, NO_FAILURE, UsageSource.ESTIMATED, speech, told));
        assertThat(usage).isEqualTo(told.plus(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0)));
        Transcript nothing = new Transcript("", 0, "", 0, 0, Transcript.Kind.TALK);
        assertThat(ESTIMATOR.estimate(receipt("live", 101, NO_FAILURE, UsageSource.ESTIMATED, nothing, told)))
                .isEqualTo(told);
    }

    private static Receipt receipt(Transcript said) {
        return receipt("chat", 200, NO_FAILURE, UsageSource.ESTIMATED, said, Usage.NONE);
    }

    private static Receipt receipt(
            String operation,
            int status,
            Optional<FailureKind> failure,
            UsageSource source,
            Transcript said,
            Usage told) {
        return new Receipt(
                "id",
                0,
                true,
                "zhangsan",
                "laptop",
                "alpha",
                "c",
                Dialect.OPENAI,
                operation,
                "gpt-5.1",
                "POST",
                "/v1/x",
                status,
                Ending.OK,
                "",
                0,
                0,
                0,
                0,
                0,
                List.of(new Attempt(
                        "alpha", "c", status, failure, 0, 1, failure.isEmpty() ? status < 400 : status == 499)),
                "127.0.0.1",
                "",
                -1,
                1,
                Optional.empty(),
                told.equals(Usage.NONE) ? Optional.empty() : Optional.of(told),
                source,
                "",
                "",
                List.of(),
                Map.of(),
                Optional.of(said),
                "");
    }
}
