package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.providers.OpenAiProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What people do with openai-java. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OpenAiScenarios {
    @TempDir
    Path directory;

    SdkAccess access;
    private Gate gate;
    private OpenAIClient client;

    abstract SdkAccess access();

    @BeforeAll
    void start() {
        access = access();
    }

    @AfterAll
    void stop() {
        access.close();
    }

    @BeforeEach
    void connect() {
        access.expect("Authorization", "Bearer ");
        gate = Gate.closed();
        OpenAiProvider.on(access.upstream(), gate);
        client = client(access.baseUrl() + "/v1", access.key());
    }

    @AfterEach
    void disconnect() {
        client.close();
        assertThat(access.upstream().leaks()).isEmpty();
    }

    static OpenAIClient client(String baseUrl, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(baseUrl)
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    static ChatCompletionCreateParams question() {
        return ChatCompletionCreateParams.builder()
                .model("gpt-4o")
                .addSystemMessage("You are terse.")
                .addUserMessage("你好")
                .build();
    }

    @Test
    void chat() {
        var completion = client.chat().completions().create(question());
        assertThat(completion.choices().get(0).message().content()).contains("你好！今天我能帮你什么？");
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(29);
        assertThat(access.upstream().only().target()).isEqualTo("/v1/chat/completions");
        assertThat(access.upstream().only().text()).contains("\"你好\"");
    }

    @Test
    void streamedChat() {
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(question())) {
            Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
            ChatCompletionChunk first = chunks.next();
            assertThat(first.choices().get(0).delta().role()).isPresent();
            assertThat(gate.isOpen())
                    .as("the last event has not been written yet")
                    .isFalse();
            gate.open();
            StringBuilder text = new StringBuilder();
            chunks.forEachRemaining(chunk -> chunk.choices().stream()
                    .findFirst()
                    .flatMap(choice -> choice.delta().content())
                    .ifPresent(text::append));
            assertThat(text).hasToString("你好！");
        }
    }

    @Test
    void responses() {
        Response response = client.responses()
                .create(ResponseCreateParams.builder()
                        .model("gpt-4o")
                        .input("你好")
                        .build());
        assertThat(text(response)).isEqualTo("你好！");
        assertThat(text(client.responses().retrieve(response.id()))).isEqualTo("你好！");
    }

    private static String text(Response response) {
        return response.output()
                .get(0)
                .asMessage()
                .content()
                .get(0)
                .asOutputText()
                .text();
    }

    @Test
    void streamedResponses() {
        try (StreamResponse<ResponseStreamEvent> stream = client.responses()
                .createStreaming(ResponseCreateParams.builder()
                        .model("gpt-4o")
                        .input("你好")
                        .build())) {
            Iterator<ResponseStreamEvent> events = stream.stream().iterator();
            assertThat(events.next().isCreated()).isTrue();
            assertThat(gate.isOpen()).isFalse();
            gate.open();
            List<ResponseStreamEvent> rest = new java.util.ArrayList<>();
            events.forEachRemaining(rest::add);
            assertThat(rest.stream()
                            .filter(ResponseStreamEvent::isOutputTextDelta)
                            .map(event -> event.asOutputTextDelta().delta()))
                    .containsExactly("你", "好！");
            assertThat(rest.get(rest.size() - 1).isCompleted()).isTrue();
        }
    }

    @Test
    void embeddings() {
        var answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("text-embedding-3-small")
                        .input("用")
                        .build());
        assertThat(answer.data().get(0).embedding()).hasSize(3);
        assertThat(answer.model()).isEqualTo("text-embedding-3-small");
    }

    @Test
    void models() {
        assertThat(client.models().list().data().stream().map(Model::id)).contains("gpt-4o", "text-embedding-3-small");
    }

    @Test
    void files() throws IOException {
        Path file = Files.write(directory.resolve("training.jsonl"), Payload.bytes(0, 300_000));
        FileObject uploaded = client.files()
                .create(FileCreateParams.builder()
                        .file(file)
                        .purpose(FilePurpose.FINE_TUNE)
                        .build());
        assertThat(uploaded.bytes()).isGreaterThan(300_000);
        assertThat(client.files().retrieve(uploaded.id()).id()).isEqualTo(uploaded.id());
    }

    @Test
    void transcription() throws IOException {
        Path file = Files.write(directory.resolve("speech.mp3"), Payload.bytes(0, 50_000));
        var answer = client.audio()
                .transcriptions()
                .create(TranscriptionCreateParams.builder()
                        .file(file)
                        .model("gpt-4o-transcribe")
                        .build());
        assertThat(answer.asTranscription().text()).isEqualTo("想象一下。");
    }

    @Test
    void speech() throws IOException {
        try (HttpResponse answer = client.audio()
                .speech()
                .create(SpeechCreateParams.builder()
                        .model("gpt-4o-mini-tts")
                        .voice(SpeechCreateParams.Voice.ALLOY)
                        .input("你好")
                        .build())) {
            assertThat(answer.body().readAllBytes()).isEqualTo(OpenAiProvider.speechBytes());
        }
    }
}
