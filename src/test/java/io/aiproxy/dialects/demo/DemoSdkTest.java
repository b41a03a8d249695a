package io.aiproxy.dialects.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.alibaba.dashscope.aigc.generation.Generation;
import com.alibaba.dashscope.aigc.generation.GenerationParam;
import com.alibaba.dashscope.aigc.generation.GenerationResult;
import com.alibaba.dashscope.common.Message;
import com.alibaba.dashscope.protocol.Protocol;
import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.aiproxy.dialects.MiniServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official SDKs understand every answer of the demo channel, down to their own validation. */
class DemoSdkTest {
    private static final String TEXT = "Hello from the demo channel. You said: {message}";
    private static final String SAID = "Hello from the demo channel. You said: 你好 there";
    private static final int SAID_WORDS = 10;

    private MiniServer server;

    @BeforeEach
    void start() throws Exception {
        server = new MiniServer((head, body) -> {
            DemoAnswer answer = DemoAnswers.answer(head, body, TEXT, 1_760_000_000_000L);
            return new MiniServer.Answer(
                    answer.status(), List.of("Content-Type: " + answer.contentType()), answer.pieces(), false);
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private OpenAIClient openAi() {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("pk_test_zhangsan")
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model("gpt-4o")
                .addSystemMessage("Be kind.")
                .addUserMessage("first")
                .addAssistantMessage("yes?")
                .addUserMessage("你好 there");
    }

    @Test
    void openAiChat() {
        ChatCompletion answer =
                openAi().chat().completions().create(chat().build()).validate();
        assertThat(answer.model()).isEqualTo("demo");
        assertThat(answer.choices().get(0).message().content()).contains(SAID);
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(2 + 1 + 1 + 3);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(SAID_WORDS);
    }

    @Test
    void openAiChatStreamWithUsage() {
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        ChatCompletionCreateParams params = chat().streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                openAi().chat().completions().createStreaming(params)) {
            stream.stream().map(ChatCompletionChunk::validate).forEach(chunks::add);
        }
        assertThat(chunks).hasSizeGreaterThan(SAID_WORDS);
        assertThat(chunks.stream()
                        .flatMap(c -> c.choices().stream())
                        .flatMap(c -> c.delta().content().stream())
                        .collect(Collectors.joining()))
                .isEqualTo(SAID);
        ChatCompletionChunk last = chunks.get(chunks.size() - 1);
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage().orElseThrow().completionTokens()).isEqualTo(SAID_WORDS);
    }

    @Test
    void openAiChatStreamWithoutUsage() {
        try (StreamResponse<ChatCompletionChunk> stream =
                openAi().chat().completions().createStreaming(chat().build())) {
            assertThat(stream.stream())
                    .allMatch(c -> c.usage().isEmpty() && c.choices().size() == 1);
        }
    }

    @Test
    void openAiResponses() {
        ResponseCreateParams params =
                ResponseCreateParams.builder().model("gpt-5").input("你好 there").build();
        Response answer = openAi().responses().create(params).validate();
        assertThat(answer.output()
                        .get(0)
                        .asMessage()
                        .content()
                        .get(0)
                        .asOutputText()
                        .text())
                .isEqualTo(SAID);
        assertThat(answer.usage().orElseThrow().inputTokens()).isEqualTo(3);
        List<ResponseStreamEvent> events = new ArrayList<>();
        try (StreamResponse<ResponseStreamEvent> stream = openAi().responses().createStreaming(params)) {
            stream.stream().map(ResponseStreamEvent::validate).forEach(events::add);
        }
        assertThat(events.get(0).isCreated()).isTrue();
        assertThat(events.stream()
                        .flatMap(e -> e.outputTextDelta().stream())
                        .map(d -> d.delta())
                        .collect(Collectors.joining()))
                .isEqualTo(SAID);
        Response done = events.get(events.size() - 1).asCompleted().response();
        assertThat(done.usage().orElseThrow().outputTokens()).isEqualTo(SAID_WORDS);
    }

    @Test
    void openAiCompletionsAndModels() {
        CompletionCreateParams params = CompletionCreateParams.builder()
                .model("demo")
                .prompt("你好 there")
                .build();
        assertThat(openAi().completions()
                        .create(params)
                        .validate()
                        .choices()
                        .get(0)
                        .text())
                .isEqualTo(SAID);
        try (StreamResponse<com.openai.models.completions.Completion> stream =
                openAi().completions().createStreaming(params)) {
            assertThat(stream.stream().map(c -> c.choices().get(0).text()).collect(Collectors.joining()))
                    .isEqualTo(SAID);
        }
        assertThat(openAi().models().list().data())
                .extracting(m -> m.validate().id())
                .containsExactly("demo");
    }

    @Test
    void openAiEmbeddingsAreUnitVectorsAndLikenessShows() {
        EmbeddingCreateParams params = EmbeddingCreateParams.builder()
                .model("demo")
                .inputOfArrayOfStrings(
                        List.of("the cat sat down", "the cat sat up", "wholly different words", "the cat sat down"))
                .dimensions(64)
                .build();
        CreateEmbeddingResponse answer = openAi().embeddings().create(params).validate();
        List<float[]> vectors =
                answer.data().stream().map(e -> floats(e.embedding())).toList();
        assertThat(vectors).hasSize(4).allMatch(v -> v.length == 64);
        assertThat(dot(vectors.get(0), vectors.get(3))).isCloseTo(1, within(1e-5));
        assertThat(dot(vectors.get(0), vectors.get(1))).isGreaterThan(dot(vectors.get(0), vectors.get(2)));
        assertThat(answer.usage().promptTokens()).isEqualTo(15);
    }

    private static float[] floats(List<? extends Number> values) {
        float[] all = new float[values.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = values.get(i).floatValue();
        }
        return all;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void whatIsNotThereIsRefusedInTheCallersDialect() {
        ModerationCreateParams params =
                ModerationCreateParams.builder().input("x").build();
        assertThatThrownBy(() -> openAi().moderations().create(params))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no POST moderations of openai");
    }

    private AnthropicClient anthropic() {
        return AnthropicOkHttpClient.builder()
                .baseUrl(server.url())
                .apiKey("pk_test_zhangsan")
                .maxRetries(0)
                .build();
    }

    @Test
    void anthropicMessages() {
        MessageCreateParams params = MessageCreateParams.builder()
                .model("claude")
                .maxTokens(99)
                .system("Be kind.")
                .addUserMessage("你好 there")
                .build();
        com.anthropic.models.messages.Message answer =
                anthropic().messages().create(params).validate();
        assertThat(answer.content().get(0).asText().text()).isEqualTo(SAID);
        assertThat(answer.usage().inputTokens()).isEqualTo(5);
        List<RawMessageStreamEvent> events = new ArrayList<>();
        try (com.anthropic.core.http.StreamResponse<RawMessageStreamEvent> stream =
                anthropic().messages().createStreaming(params)) {
            stream.stream().map(RawMessageStreamEvent::validate).forEach(events::add);
        }
        assertThat(events.stream()
                        .flatMap(e -> e.contentBlockDelta().stream())
                        .map(d -> d.delta().asText().text())
                        .collect(Collectors.joining()))
                .isEqualTo(SAID);
        assertThat(events.stream().flatMap(e -> e.messageDelta().stream()).map(d -> d.usage()
                        .outputTokens()))
                .containsExactly((long) SAID_WORDS);
        assertThat(events.get(events.size() - 1).isMessageStop()).isTrue();
    }

    @Test
    void anthropicCountsAndModels() {
        MessageCountTokensParams params = MessageCountTokensParams.builder()
                .model("claude")
                .addUserMessage("one two three")
                .build();
        assertThat(anthropic().messages().countTokens(params).validate().inputTokens())
                .isEqualTo(3);
        assertThat(anthropic().models().list().data())
                .extracting(m -> m.validate().id())
                .containsExactly("demo");
    }

    @Test
    void google() {
        try (Client client = Client.builder()
                .apiKey("pk_test_zhangsan")
                .httpOptions(HttpOptions.builder().baseUrl(server.url()).build())
                .build()) {
            GenerateContentResponse answer = client.models.generateContent("gemini-2.5-flash", "你好 there", null);
            assertThat(answer.text()).isEqualTo(SAID);
            assertThat(answer.usageMetadata().orElseThrow().promptTokenCount()).contains(3);
            StringBuilder all = new StringBuilder();
            int words = 0;
            try (ResponseStream<GenerateContentResponse> stream =
                    client.models.generateContentStream("gemini-2.5-flash", "你好 there", null)) {
                for (GenerateContentResponse chunk : stream) {
                    all.append(chunk.text());
                    words = chunk.usageMetadata()
                            .orElseThrow()
                            .candidatesTokenCount()
                            .orElseThrow();
                }
            }
            assertThat(all.toString()).isEqualTo(SAID);
            assertThat(words).isEqualTo(SAID_WORDS);
            assertThat(client.models.countTokens("demo", "a b", null).totalTokens())
                    .contains(2);
            assertThat(client.models
                            .embedContent("demo", "a b", null)
                            .embeddings()
                            .orElseThrow()
                            .get(0)
                            .values()
                            .orElseThrow())
                    .hasSize(256);
        }
    }

    @Test
    void dashScope() throws Exception {
        Generation generation = new Generation(Protocol.HTTP.getValue(), server.url() + "/api/v1");
        GenerationParam asText = GenerationParam.builder()
                .apiKey("pk_test_zhangsan")
                .model("qwen-turbo")
                .prompt("你好 there")
                .build();
        assertThat(generation.call(asText).getOutput().getText()).isEqualTo(SAID);
        GenerationParam asMessage = GenerationParam.builder()
                .apiKey("pk_test_zhangsan")
                .model("qwen-turbo")
                .messages(List.of(
                        Message.builder().role("user").content("你好 there").build()))
                .resultFormat("message")
                .build();
        GenerationResult answer = generation.call(asMessage);
        assertThat(answer.getOutput().getChoices().get(0).getMessage().getContent())
                .isEqualTo(SAID);
        assertThat(answer.getUsage().getInputTokens()).isEqualTo(3);
        List<GenerationResult> events = new ArrayList<>();
        generation.streamCall(asMessage).blockingForEach(events::add);
        assertThat(events).hasSize(SAID_WORDS);
        GenerationResult last = events.get(events.size() - 1);
        assertThat(last.getOutput().getChoices().get(0).getMessage().getContent())
                .isEqualTo(SAID);
        assertThat(last.getUsage().getOutputTokens()).isEqualTo(SAID_WORDS);
    }
}
