package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A stream's usage is asked for in the caller's place, and the caller sees what it would have seen without. */
class StreamUsageTest {
    private static final String ASKED = ",\"stream_options\":{\"include_usage\":true}}";
    private static final String CONTENT = "{\"choices\":[{\"delta\":{\"content\":\"hi\"}}],\"usage\":null}";
    private static final String USED =
            "{\"model\":\"gpt-4o-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";
    private static final String SEEN = "data: " + CONTENT + "\n\ndata: [DONE]\n\n";

    @TempDir
    private Path directory;

    private UsageRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = UsageRig.of(directory, "");
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private void restart(String channel) throws Exception {
        rig.close();
        rig = UsageRig.of(directory, channel);
    }

    private static Reply stream() {
        return Reply.sse().event(CONTENT).event(USED).event("[DONE]");
    }

    private String ask(String body, String... fields) throws IOException {
        try (RawClient client = rig.post(UsageRig.CHAT, body, fields)) {
            return client.answer().text();
        }
    }

    private static String with(String options) {
        return UsageRig.STREAMED.replaceFirst("\\}$", ",\"stream_options\":" + options + "}");
    }

    private void isBooked() {
        Receipt receipt = rig.receipt();
        assertThat(receipt.source()).isEqualTo(UsageSource.PROVIDER);
        assertThat(receipt.usage().orElseThrow().inputTokens()).isEqualTo(3);
        assertThat(receipt.usage().orElseThrow().outputTokens()).isEqualTo(2);
        assertThat(receipt.modelAnswered()).isEqualTo("gpt-4o-1");
        assertThat(receipt.transcript()).isEmpty();
        assertThat(receipt.template()).isEqualTo("/v1/chat/completions");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 50})
    void isAskedForAndWithheldHoweverItIsCut(int split) throws IOException {
        rig.upstream().onAny().reply(split == 0 ? stream() : stream().splitEvery(split));
        assertThat(ask(UsageRig.STREAMED, "Accept-Encoding: gzip, br")).isEqualTo(SEEN);
        String sent = UsageRig.STREAMED.substring(0, UsageRig.STREAMED.length() - 1) + ASKED;
        assertThat(rig.upstream().only().text()).isEqualTo(sent);
        assertThat(rig.upstream().only().headers("accept-encoding")).containsExactly("identity");
        isBooked();
        assertThat(rig.receipt().bytesOut()).isEqualTo(SEEN.length());
    }

    /** DashScope, Gemini and Anthropic have paths that speak like OpenAI. */
    @ParameterizedTest
    @ValueSource(strings = {"dashscope", "google", "anthropic"})
    void isAskedForOnPathsLikeOpenAisOfOtherProviders(String dialect) throws Exception {
        restart(", dialect: " + dialect);
        rig.upstream().onAny().reply(stream());
        assertThat(ask(UsageRig.STREAMED)).isEqualTo(SEEN);
        assertThat(rig.upstream().only().text()).endsWith(ASKED);
        isBooked();
    }

    @Test
    void isNotAskedForWhereNobodyKnowsTheProvider() throws Exception {
        restart(", dialect: generic");
        rig.upstream().onAny().reply(Reply.sse().event(CONTENT).event("[DONE]"));
        assertThat(ask(UsageRig.STREAMED)).isEqualTo(SEEN);
        assertThat(rig.upstream().only().text()).isEqualTo(UsageRig.STREAMED);
    }

    /** Model servers of one's own forget the type, or call it text. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Type: text/plain; charset=utf-8\r\n"})
    void aStreamThatDoesNotSayThatItIsOne(String type) throws IOException {
        String events = "data: " + CONTENT + "\n\ndata: " + USED + "\n\ndata: [DONE]\n\n";
        String head = "HTTP/1.1 200 OK\r\n" + type + "Content-Length: " + events.length() + "\r\n\r\n";
        rig.upstream().onAny().reply(Reply.raw(head + events));
        assertThat(ask(UsageRig.STREAMED)).isEqualTo(SEEN);
        isBooked();
    }

    @Test
    void whoHasAskedGetsIt() throws IOException {
        rig.upstream().onAny().reply(stream());
        String body = with("{\"include_usage\":true}");
        assertThat(ask(body, "Accept-Encoding: gzip")).contains(USED);
        assertThat(rig.upstream().only().text()).isEqualTo(body);
        assertThat(rig.upstream().only().headers("accept-encoding")).containsExactly("gzip");
        isBooked();
    }

    @Test
    void whoHasDeclinedDoesNotGetItButItIsAskedFor() throws IOException {
        rig.upstream().onAny().reply(stream());
        assertThat(ask(with("{\"include_usage\":false}"))).isEqualTo(SEEN);
        assertThat(rig.upstream().only().text()).isEqualTo(with("{\"include_usage\":true}"));
        isBooked();
    }

    @Test
    void usageBesideContentIsNotWithheld() throws IOException {
        String last = CONTENT.replace("null", "{\"prompt_tokens\":3,\"completion_tokens\":2}");
        rig.upstream().onAny().reply(Reply.sse().event(last).event("[DONE]"));
        assertThat(ask(UsageRig.STREAMED)).isEqualTo("data: " + last + "\n\ndata: [DONE]\n\n");
        assertThat(rig.receipt().source()).isEqualTo(UsageSource.PROVIDER);
    }

    @Test
    void nothingThatIsNoUsageWaits() throws IOException {
        Gate gate = Gate.closed();
        rig.upstream()
                .onAny()
                .reply(Reply.sse()
                        .write(": ping\n\n")
                        .event(CONTENT)
                        .await(gate)
                        .event("[DONE]"));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.STREAMED)) {
            var body = client.answer().body();
            assertThat(body.event()).isEqualTo(": ping");
            assertThat(body.event()).isEqualTo("data: " + CONTENT);
            gate.open();
            assertThat(body.events()).isEqualTo(List.of("data: [DONE]"));
        }
    }

    @Test
    void aStreamOfKnownLengthLosesItsLengthAndTrailersStay() throws IOException {
        String whole = "data: " + CONTENT + "\n\ndata: " + USED + "\n\ndata: [DONE]\n\n";
        rig.upstream()
                .onAny()
                .reply(Reply.status(200)
                        .header("Content-Type", "text/event-stream")
                        .body(whole));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.STREAMED)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.head().header("content-length")).isEmpty();
            assertThat(answer.text()).isEqualTo(SEEN);
        }
        rig.upstream().reset();
        rig.upstream().onAny().reply(stream().trailer("x-sum", "1"));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.STREAMED)) {
            var body = client.answer().body();
            assertThat(body.text()).isEqualTo(SEEN);
            assertThat(body.trailers()).containsExactly("x-sum: 1");
        }
    }

    @Test
    void aWholeAnswerAndAnErrorPassAsTheyAre() throws IOException {
        rig.upstream().onAny().reply(Reply.json(USED)).reply(Reply.json(400, USED));
        assertThat(ask(UsageRig.STREAMED)).isEqualTo(USED);
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.STREAMED)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.header("content-length")).isEqualTo(String.valueOf(USED.length()));
            assertThat(answer.text()).isEqualTo(USED);
        }
    }

    @Test
    void callsThatAreNoStreamAreNotTouched() throws IOException {
        rig.upstream().onAny().reply(Reply.json(USED));
        ask(UsageRig.PLAIN, "Accept-Encoding: gzip, dcb");
        assertThat(rig.upstream().only().text()).isEqualTo(UsageRig.PLAIN);
        assertThat(rig.upstream().only().headers("accept-encoding")).containsExactly("gzip");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ", usage: {include_usage: false}",
                ", dialect: generic",
                ", rules: [{default: {body: {stream_options.include_usage: true}}}]"
            })
    void settingsOfTheChannelHaveTheLastWord(String channel) throws Exception {
        restart(channel);
        rig.upstream().onAny().reply(stream());
        assertThat(ask(UsageRig.STREAMED)).contains(USED);
        boolean ruled = channel.contains("rules");
        assertThat(rig.upstream().only().text().contains("include_usage")).isEqualTo(ruled);
    }

    @Test
    void isAskedForBesideWhatRulesChange() throws Exception {
        restart(", model_aliases: {gpt-4o: qwen}, rules: [{set: {body: {n: 1}}}]");
        rig.upstream().onAny().reply(stream());
        assertThat(ask(UsageRig.STREAMED)).isEqualTo(SEEN);
        assertThat(rig.upstream().only().text())
                .contains("\"model\":\"qwen\"", ",\"n\":1,\"stream_options\":{\"include_usage\":true}}");
    }

    @Test
    void whoRefusesToBeAskedIsNamedInTheLogOnce() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(RefusedQuestion.class);
        log.start();
        logger.addAppender(log);
        try {
            rig.upstream()
                    .onAny()
                    .reply(Reply.json(400, "{}"))
                    .reply(Reply.json(400, "{\"error\":\"unknown field stream_options\"}"));
            ask(UsageRig.STREAMED);
            assertThat(log.list).isEmpty();
            ask(UsageRig.STREAMED);
            ask(UsageRig.STREAMED);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getFormattedMessage()).contains("Channel alpha", "{include_usage: false}");
    }
}
