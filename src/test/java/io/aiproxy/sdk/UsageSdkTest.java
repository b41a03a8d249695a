package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alibaba.dashscope.aigc.generation.Generation;
import com.alibaba.dashscope.aigc.generation.GenerationResult;
import com.alibaba.dashscope.aigc.generation.GenerationUsage;
import com.alibaba.dashscope.aigc.multimodalconversation.MultiModalConversation;
import com.alibaba.dashscope.aigc.multimodalconversation.MultiModalConversationParam;
import com.alibaba.dashscope.common.MultiModalMessage;
import com.alibaba.dashscope.embeddings.TextEmbedding;
import com.alibaba.dashscope.embeddings.TextEmbeddingParam;
import com.anthropic.client.AnthropicClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.GenerateContentResponseUsageMetadata;
import com.google.genai.types.MediaModality;
import com.google.genai.types.ModalityTokenCount;
import com.openai.client.OpenAIClient;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseUsage;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an SDK reads from an answer is what is booked, field by field; providers answer in the form of their documentation. */
@NeedsGateway
class UsageSdkTest {
    private static final String CHAT = "{\"prompt_tokens\":2006,\"completion_tokens\":300,\"total_tokens\":2306,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":1920,\"audio_tokens\":12},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":190,\"audio_tokens\":33,"
            + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
    private static final String RESPONSE = "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1767225600,"
            + "\"status\":\"completed\",\"model\":\"gpt-4o\",\"output\":[],\"parallel_tool_calls\":true,"
            + "\"temperature\":1.0,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,\"metadata\":{},\"usage\":"
            + "{\"input_tokens\":328,\"input_tokens_details\":{\"cached_tokens\":256},\"output_tokens\":52,"
            + "\"output_tokens_details\":{\"reasoning_tokens\":41},\"total_tokens\":380}}";
    private static final String MESSAGE = "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
            + "\"model\":\"claude-haiku-4-5-20251001\",\"content\":[%s],\"stop_reason\":%s,\"stop_sequence\":null,\"usage\":"
            + "{\"input_tokens\":21,\"cache_creation_input_tokens\":1884,\"cache_read_input_tokens\":18860,"
            + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":1884,\"ephemeral_1h_input_tokens\":0},"
            + "\"output_tokens\":%d,\"service_tier\":\"standard\"}}";
    private static final String GEMINI =
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}],\"role\":\"model\"}"
                    + "%s,\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1100,\"candidatesTokenCount\":%d,"
                    + "\"totalTokenCount\":1530,\"cachedContentTokenCount\":1024,\"thoughtsTokenCount\":410,"
                    + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":1040},{\"modality\":\"AUDIO\","
                    + "\"tokenCount\":60}]},\"modelVersion\":\"gemini-2.5-flash\",\"responseId\":\"r\"}";
    private static final String QWEN = "{\"output\":{\"choices\":[{\"finish_reason\":\"%s\",\"message\":{\"role\":"
            + "\"assistant\",\"content\":\"hi\"}}]},\"usage\":{\"input_tokens\":1300,\"output_tokens\":%d,\"total_tokens\":%d,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":1280},\"output_tokens_details\":{\"reasoning_tokens\":%d}},"
            + "\"request_id\":\"q\"}";

    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final InMemoryBooks BOOKS = new InMemoryBooks();
    private static final Set<String> SEEN = new HashSet<>();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty()
                .channel("openai", UPSTREAM, "dialect: openai", "models: [\"gpt-*\", \"text-embedding-3-*\"]")
                .channel("claude", UPSTREAM, "dialect: anthropic", "models: [\"claude-*\"]")
                .channel("gemini", UPSTREAM, "dialect: google", "models: [\"gemini-*\"]")
                .channel("bailian", UPSTREAM, "dialect: dashscope", "models: [\"qwen-*\", \"text-embedding-v*\"]")
                .user("zhangsan", GatewayRig.KEY, "openai", "claude", "gemini", "bailian");
        rig = GatewayRig.prepare(config, settings -> settings);
        rig.boot(GatewayRig.booked(
                parts -> new UsageParts((settings, snapshot) -> BOOKS, parts.estimator(), parts.pricing())));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
    }

    private static List<UsageRecord> records() throws BooksException {
        return BOOKS.records(new RecordQuery(Instant.EPOCH, Instant.MAX, Map.of(), Optional.empty(), 1000)).stream()
                .filter(record -> !SEEN.contains(record.id()))
                .toList();
    }

    /** The record of the only call since this was asked last. */
    private static UsageRecord booked() throws BooksException {
        await().until(() -> !records().isEmpty());
        List<UsageRecord> found = records();
        found.forEach(record -> SEEN.add(record.id()));
        assertThat(found).hasSize(1);
        assertThat(found.get(0).source()).isEqualTo(UsageSource.PROVIDER);
        return found.get(0);
    }

    private static Usage used() throws BooksException {
        return booked().usage();
    }

    private static void same(Usage booked, CompletionUsage told) {
        var input = told.promptTokensDetails().orElseThrow();
        var output = told.completionTokensDetails().orElseThrow();
        assertThat(told.totalTokens()).isEqualTo(2306);
        assertThat(booked)
                .isEqualTo(new Usage(
                        told.promptTokens(),
                        told.completionTokens(),
                        input.cachedTokens().orElseThrow(),
                        0,
                        output.reasoningTokens().orElseThrow(),
                        input.audioTokens().orElseThrow(),
                        output.audioTokens().orElseThrow(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    private static void same(Usage booked, ResponseUsage told) {
        assertThat(told.totalTokens()).isEqualTo(380);
        assertThat(booked)
                .isEqualTo(new Usage(
                        told.inputTokens(),
                        told.outputTokens(),
                        told.inputTokensDetails().cachedTokens(),
                        0,
                        told.outputTokensDetails().reasoningTokens(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    private static void openAi(OpenAiUse use) throws Exception {
        OpenAIClient client = OpenAiScenarios.client(rig.baseUrl() + "/v1", GatewayRig.KEY);
        try {
            use.with(client);
        } finally {
            client.close();
        }
    }

    /** What is done with a client. */
    @FunctionalInterface
    private interface OpenAiUse {
        void with(OpenAIClient client) throws Exception;
    }

    @Test
    void openai_chat() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.json(
                        "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1767225600,\"model\":\"gpt-4o\","
                                + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hi\",\"refusal\":null},"
                                + "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":" + CHAT + "}"));
        openAi(client -> {
            CompletionUsage told = client.chat()
                    .completions()
                    .create(OpenAiScenarios.question())
                    .usage()
                    .orElseThrow();
            same(used(), told);
        });
    }

    @Test
    void openai_chat_streamed() throws Exception {
        String chunk = "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"gpt-4o\","
                + "\"choices\":[%s],\"usage\":%s}";
        String delta = "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}";
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .event(chunk.formatted(delta, "null"))
                        .event(chunk.formatted("", CHAT))
                        .event("[DONE]"));
        openAi(client -> {
            try (var stream = client.chat()
                    .completions()
                    .createStreaming(OpenAiScenarios.question().toBuilder()
                            .streamOptions(ChatCompletionStreamOptions.builder()
                                    .includeUsage(true)
                                    .build())
                            .build())) {
                CompletionUsage told = stream.stream()
                        .map(ChatCompletionChunk::usage)
                        .flatMap(Optional::stream)
                        .reduce((first, last) -> last)
                        .orElseThrow();
                same(used(), told);
            }
        });
    }

    @Test
    void openai_responses() throws Exception {
        UPSTREAM.onAny().reply(Reply.json(RESPONSE));
        openAi(client -> {
            ResponseUsage told = client.responses()
                    .create(ResponseCreateParams.builder()
                            .model("gpt-4o")
                            .input("hi")
                            .build())
                    .usage()
                    .orElseThrow();
            same(used(), told);
        });
    }

    @Test
    void openai_responses_streamed() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .event(
                                "response.output_text.delta",
                                "{\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"item_id\":\"m\","
                                        + "\"output_index\":0,\"content_index\":0,\"delta\":\"hi\",\"logprobs\":[]}")
                        .event(
                                "response.completed",
                                "{\"type\":\"response.completed\",\"sequence_number\":2,\"response\":" + RESPONSE
                                        + "}"));
        openAi(client -> {
            try (var stream = client.responses()
                    .createStreaming(ResponseCreateParams.builder()
                            .model("gpt-4o")
                            .input("hi")
                            .build())) {
                ResponseUsage told = stream.stream()
                        .filter(ResponseStreamEvent::isCompleted)
                        .findFirst()
                        .orElseThrow()
                        .asCompleted()
                        .response()
                        .usage()
                        .orElseThrow();
                same(used(), told);
            }
        });
    }

    @Test
    void openai_embeddings() throws Exception {
        UPSTREAM.onAny()
                .reply(
                        Reply.json(
                                "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5]}],"
                                        + "\"model\":\"text-embedding-3-small\",\"usage\":{\"prompt_tokens\":812,\"total_tokens\":812}}"));
        openAi(client -> {
            var told = client.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model("text-embedding-3-small")
                            .input("hi")
                            .build())
                    .usage();
            Usage booked = used();
            assertThat(told.totalTokens()).isEqualTo(812);
            assertThat(booked).isEqualTo(new Usage(told.promptTokens(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        });
    }

    @Test
    void openai_images() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.json("{\"created\":1767225600,\"data\":[{\"b64_json\":\"aGk=\"},{\"b64_json\":\"aGk=\"}],"
                        + "\"usage\":{\"total_tokens\":4216,\"input_tokens\":56,\"output_tokens\":4160,"
                        + "\"input_tokens_details\":{\"text_tokens\":16,\"image_tokens\":40}}}"));
        openAi(client -> {
            var answer = client.images()
                    .generate(ImageGenerateParams.builder()
                            .model("gpt-image-1")
                            .prompt("a cat")
                            .build());
            var told = answer.usage().orElseThrow();
            int images = answer.data().orElseThrow().size();
            assertThat(told.totalTokens()).isEqualTo(4216);
            assertThat(used())
                    .isEqualTo(new Usage(
                            told.inputTokens(),
                            told.outputTokens(),
                            0,
                            0,
                            0,
                            0,
                            0,
                            told.inputTokensDetails().imageTokens(),
                            0,
                            0,
                            images,
                            0,
                            0,
                            0));
        });
    }

    @Test
    void openai_transcription() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.json("{\"text\":\"hi\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":17,"
                        + "\"input_token_details\":{\"text_tokens\":3,\"audio_tokens\":14},\"output_tokens\":45,"
                        + "\"total_tokens\":62}}"));
        openAi(client -> {
            var told = client.audio()
                    .transcriptions()
                    .create(TranscriptionCreateParams.builder()
                            .model("gpt-4o-transcribe")
                            .file(Payload.bytes(0, 2000))
                            .build())
                    .asTranscription()
                    .usage()
                    .orElseThrow()
                    .asTokens();
            long audio = told.inputTokenDetails().orElseThrow().audioTokens().orElseThrow();
            assertThat(audio).isEqualTo(14);
            assertThat(used())
                    .isEqualTo(
                            new Usage(told.inputTokens(), told.outputTokens(), 0, 0, 0, audio, 0, 0, 0, 0, 0, 0, 0, 0));
        });
    }

    /** Anthropic's input lacks what was read from the cache and written to it; the books' has it. */
    private static void same(Usage booked, com.anthropic.models.messages.Usage told) {
        long read = told.cacheReadInputTokens().orElseThrow();
        long written = told.cacheCreationInputTokens().orElseThrow();
        assertThat(read + written).isEqualTo(20_744);
        assertThat(booked)
                .isEqualTo(new Usage(
                        told.inputTokens() + read + written,
                        told.outputTokens(),
                        read,
                        written,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    private static AnthropicClient anthropic() {
        return AnthropicScenarios.client(rig.baseUrl(), GatewayRig.KEY);
    }

    @Test
    void anthropic_messages() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.json(MESSAGE.formatted(
                        "{\"type\":\"text\",\"text\":\"hi\",\"citations\":null}", "\"end_turn\"", 393)));
        AnthropicClient client = anthropic();
        try {
            var told = client.messages().create(AnthropicScenarios.question()).usage();
            same(used(), told);
        } finally {
            client.close();
        }
    }

    @Test
    void anthropic_messages_streamed() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .event(
                                "message_start",
                                "{\"type\":\"message_start\",\"message\":" + MESSAGE.formatted("", "null", 2) + "}")
                        .event(
                                "content_block_start",
                                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\","
                                        + "\"text\":\"\"}}")
                        .event(
                                "content_block_delta",
                                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
                                        + "\"text\":\"hi\"}}")
                        .event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}")
                        .event(
                                "message_delta",
                                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
                                        + "\"usage\":{\"output_tokens\":517}}")
                        .event("message_stop", "{\"type\":\"message_stop\"}"));
        AnthropicClient client = anthropic();
        MessageAccumulator whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(AnthropicScenarios.question())) {
            stream.stream().forEach(whole::accumulate);
            assertThat(whole.message().usage().outputTokens()).isEqualTo(517);
            same(used(), whole.message().usage());
        } finally {
            client.close();
        }
    }

    /** Gemini's candidates lack the thoughts; the books' output has them. */
    private static void same(Usage booked, GenerateContentResponseUsageMetadata told) {
        int thoughts = told.thoughtsTokenCount().orElseThrow();
        int audio = told.promptTokensDetails().orElseThrow().stream()
                .filter(part -> part.modality().orElseThrow().knownEnum() == MediaModality.Known.AUDIO)
                .map(ModalityTokenCount::tokenCount)
                .flatMap(Optional::stream)
                .mapToInt(Integer::intValue)
                .sum();
        assertThat(audio).isEqualTo(60);
        assertThat(booked)
                .isEqualTo(new Usage(
                        told.promptTokenCount().orElseThrow(),
                        told.candidatesTokenCount().orElseThrow() + thoughts,
                        told.cachedContentTokenCount().orElseThrow(),
                        0,
                        thoughts,
                        audio,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    @Test
    void google_content() throws Exception {
        UPSTREAM.onAny().reply(Reply.json(GEMINI.formatted(",\"finishReason\":\"STOP\"", 20)));
        try (Client client = GoogleScenarios.client(rig.baseUrl(), GatewayRig.KEY)) {
            GenerateContentResponse told = client.models.generateContent(GoogleScenarios.MODEL, "hi", null);
            same(used(), told.usageMetadata().orElseThrow());
        }
    }

    @Test
    void google_content_streamed() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .event(GEMINI.formatted("", 3))
                        .event(GEMINI.formatted(",\"finishReason\":\"STOP\"", 20)));
        try (Client client = GoogleScenarios.client(rig.baseUrl(), GatewayRig.KEY)) {
            GenerateContentResponseUsageMetadata last = null;
            try (ResponseStream<GenerateContentResponse> stream =
                    client.models.generateContentStream(GoogleScenarios.MODEL, "hi", null)) {
                for (GenerateContentResponse part : stream) {
                    last = part.usageMetadata().orElseThrow();
                }
            }
            same(used(), last);
        }
    }

    private static void same(Usage booked, GenerationUsage told, long output) {
        assertThat(told.getOutputTokens()).isEqualTo((int) output);
        assertThat(told.getTotalTokens()).isEqualTo(told.getInputTokens() + told.getOutputTokens());
        assertThat(booked)
                .isEqualTo(new Usage(
                        told.getInputTokens(),
                        told.getOutputTokens(),
                        told.getPromptTokensDetails().getCachedTokens(),
                        0,
                        told.getOutputTokensDetails().getReasoningTokens(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    private static Generation generation() {
        return new Generation("http", rig.baseUrl() + "/api/v1");
    }

    @Test
    void dashscope_generation() throws Exception {
        UPSTREAM.onAny().reply(Reply.json(QWEN.formatted("stop", 88, 1388, 70)));
        GenerationResult told = generation().call(DashScopeScenarios.question(GatewayRig.KEY));
        same(used(), told.getUsage(), 88);
    }

    @Test
    void dashscope_generation_streamed() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .write("id:1\nevent:result\n:HTTP_STATUS/200\ndata:" + QWEN.formatted("null", 1, 1301, 1)
                                + "\n\n")
                        .write("id:2\nevent:result\n:HTTP_STATUS/200\ndata:" + QWEN.formatted("stop", 91, 1391, 66)
                                + "\n\n"));
        GenerationResult last = generation()
                .streamCall(DashScopeScenarios.question(GatewayRig.KEY))
                .blockingLast();
        same(used(), last.getUsage(), 91);
    }

    @Test
    void dashscope_pictures() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.json("{\"output\":{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"role\":"
                        + "\"assistant\",\"content\":[{\"text\":\"a cat\"}]}}]},\"usage\":{\"output_tokens\":55,"
                        + "\"input_tokens\":1271,\"image_tokens\":1247},\"request_id\":\"q\"}"));
        var told = new MultiModalConversation("http", rig.baseUrl() + "/api/v1")
                .call(MultiModalConversationParam.builder()
                        .apiKey(GatewayRig.KEY)
                        .model("qwen-vl-plus")
                        .message(MultiModalMessage.builder()
                                .role("user")
                                .content(List.of(
                                        Map.of("image", "https://pictures.example.test/cat.png"),
                                        Map.of("text", "What is it?")))
                                .build())
                        .build())
                .getUsage();
        assertThat(told.getImageTokens()).isEqualTo(1247);
        assertThat(used())
                .isEqualTo(new Usage(
                        told.getInputTokens(),
                        told.getOutputTokens(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        told.getImageTokens(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    @Test
    void dashscope_embeddings() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.json("{\"output\":{\"embeddings\":[{\"text_index\":0,\"embedding\":[0.5]}]},"
                        + "\"usage\":{\"total_tokens\":27},\"request_id\":\"q\"}"));
        var told = new TextEmbedding(rig.baseUrl() + "/api/v1")
                .call(TextEmbeddingParam.builder()
                        .apiKey(GatewayRig.KEY)
                        .model("text-embedding-v4")
                        .texts(List.of("hi"))
                        .build())
                .getUsage();
        UsageRecord booked = booked();
        assertThat(booked.channel()).isEqualTo("bailian");
        assertThat(booked.usage()).isEqualTo(new Usage(told.getTotalTokens(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
}
