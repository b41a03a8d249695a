package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.alibaba.dashscope.aigc.generation.Generation;
import com.alibaba.dashscope.aigc.generation.GenerationParam;
import com.alibaba.dashscope.exception.ApiException;
import com.alibaba.dashscope.protocol.Protocol;
import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.errors.ClientException;
import com.google.genai.errors.GenAiIOException;
import com.google.genai.types.File;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.UploadFileConfig;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.dialects.MiniServer.Answer;
import io.reactivex.plugins.RxJavaPlugins;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the official SDKs make of the gateway's own errors, before and in the middle of an answer. */
class SdkErrorTest {
    private static final Failure REFUSED = Failure.of(FailureKind.INVALID_API_KEY, "Unknown proxy key.");
    private static final Failure EXHAUSTED = Failure.of(FailureKind.UPSTREAM_UNREACHABLE, "Nobody there.");
    private static final Failure BROKEN = Failure.of(FailureKind.STREAM_TRUNCATED, "The channel broke off.");

    private static final Failure FORBIDDEN =
            Failure.of(FailureKind.MODEL_NOT_ALLOWED, "The model \"m\" may not be used with this API key.");

    private MiniServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private void refuse(Dialect dialect, Failure failure) throws Exception {
        Rendered rendered = FailureRenderer.render(dialect, failure, "req-7");
        List<String> fields = new ArrayList<>(List.of("Content-Type: " + rendered.contentType()));
        rendered.headers().forEach(h -> fields.add(h.getKey() + ": " + h.getValue()));
        server = new MiniServer((head, body) -> new Answer(rendered.status(), fields, List.of(rendered.body()), false));
    }

    /** A stream that begins well, ends in the middle of whatever {@code begun} says, and is told to have broken. */
    private void breakOff(Dialect dialect, String operation, String begun) throws Exception {
        byte[] first = begun.getBytes(StandardCharsets.UTF_8);
        byte[] tail = Arrays.copyOfRange(first, Math.max(0, first.length - 4), first.length);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(FailureRenderer.boundary(tail));
        all.writeBytes(FailureRenderer.streamEvent(dialect, operation, BROKEN, "req-7"));
        server = new MiniServer((head, body) ->
                new Answer(200, List.of("Content-Type: text/event-stream"), List.of(all.toByteArray()), true));
    }

    private OpenAIClient openAi() {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("pk_test_zhangsan")
                .build();
    }

    private static ChatCompletionCreateParams chat() {
        return ChatCompletionCreateParams.builder()
                .model("m")
                .addUserMessage("x")
                .build();
    }

    @Test
    void openAiRefusal() throws Exception {
        refuse(Dialect.OPENAI, REFUSED);
        assertThatThrownBy(() -> openAi().chat().completions().create(chat()))
                .isInstanceOfSatisfying(UnauthorizedException.class, e -> {
                    assertThat(e.getMessage()).contains("Unknown proxy key.");
                    assertThat(e.code()).contains("invalid_api_key");
                    assertThat(e.type()).contains("authentication_error");
                });
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void openAiForbiddenModel() throws Exception {
        refuse(Dialect.OPENAI, FORBIDDEN);
        assertThatThrownBy(() -> openAi().chat().completions().create(chat()))
                .isInstanceOfSatisfying(com.openai.errors.PermissionDeniedException.class, e -> {
                    assertThat(e.getMessage()).contains("may not be used");
                    assertThat(e.code()).contains("model_not_allowed");
                    assertThat(e.type()).contains("permission_error");
                });
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void openAiDoesNotMultiplyWhatTheGatewayHasTried() throws Exception {
        refuse(Dialect.OPENAI, EXHAUSTED);
        assertThatThrownBy(() -> openAi().chat().completions().create(chat()))
                .isInstanceOfSatisfying(
                        InternalServerException.class, e -> assertThat(e.code()).contains("upstream_unreachable"));
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void openAiComesBackWhenTold() throws Exception {
        refuse(
                Dialect.OPENAI,
                new Failure(FailureKind.GATEWAY_OVERLOADED, "Busy.", Optional.of(Duration.ofMillis(20))));
        assertThatThrownBy(() -> openAi().chat().completions().create(chat()))
                .isInstanceOf(InternalServerException.class);
        assertThat(server.asked).hasSize(3);
    }

    @Test
    void openAiChatStreamBreaks() throws Exception {
        for (String end : List.of("\n\n", "\n", "")) {
            breakOff(
                    Dialect.OPENAI,
                    "chat",
                    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                            + "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}" + end);
            List<ChatCompletionChunk> chunks = new ArrayList<>();
            Throwable thrown = catchThrowable(() -> {
                try (StreamResponse<ChatCompletionChunk> stream =
                        openAi().chat().completions().createStreaming(chat())) {
                    stream.stream().forEach(chunks::add);
                }
            });
            assertThat(chunks).hasSize(1);
            assertThat(thrown).isInstanceOfSatisfying(SseException.class, e -> {
                assertThat(e.code()).contains("stream_truncated");
                assertThat(e.getMessage()).contains("The channel broke off.");
            });
            server.close();
        }
    }

    /** Half an event cannot be taken back; it must at least not pass for a complete answer. */
    @Test
    void openAiChatStreamBreaksInsideOfAnEvent() throws Exception {
        for (String half : List.of("data: {\"id\":\"c\",\"choi", "data: ", "dat", "data: {\"a\":1}\r")) {
            breakOff(Dialect.OPENAI, "chat", half);
            assertThatThrownBy(() -> {
                        try (StreamResponse<ChatCompletionChunk> stream =
                                openAi().chat().completions().createStreaming(chat())) {
                            stream.stream().forEach(chunk -> {});
                        }
                    })
                    .as(half)
                    .isInstanceOf(RuntimeException.class); // at an event without data it is the SDK's own null pointer
            server.close();
        }
    }

    @Test
    void openAiResponsesStreamBreaks() throws Exception {
        breakOff(
                Dialect.OPENAI,
                "responses",
                "event: response.output_text.delta\r\ndata: {\"type\":\"response.output_text.delta\","
                        + "\"delta\":\"Hel\",\"sequence_number\":1}\r\n\r\n");
        List<ResponseStreamEvent> events = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> {
            try (StreamResponse<ResponseStreamEvent> stream = openAi().responses()
                    .createStreaming(
                            ResponseCreateParams.builder().model("m").input("x").build())) {
                stream.stream().forEach(events::add);
            }
        });
        assertThat(events).hasSize(1);
        assertThat(thrown).isInstanceOfSatisfying(SseException.class, e -> assertThat(e.code())
                .contains("stream_truncated"));
    }

    private AnthropicClient anthropic() {
        return AnthropicOkHttpClient.builder()
                .baseUrl(server.url())
                .apiKey("pk_test_zhangsan")
                .build();
    }

    private static MessageCreateParams message() {
        return MessageCreateParams.builder()
                .model("m")
                .maxTokens(9)
                .addUserMessage("x")
                .build();
    }

    @Test
    void anthropicRefusal() throws Exception {
        refuse(Dialect.ANTHROPIC, REFUSED);
        assertThatThrownBy(() -> anthropic().messages().create(message()))
                .isInstanceOf(com.anthropic.errors.UnauthorizedException.class)
                .hasMessageContaining("Unknown proxy key.")
                .hasMessageContaining("invalid_api_key");
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void anthropicStreamBreaks() throws Exception {
        breakOff(
                Dialect.ANTHROPIC,
                "messages",
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                        + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n");
        List<Object> events = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> {
            try (var stream = anthropic().messages().createStreaming(message())) {
                stream.stream().forEach(events::add);
            }
        });
        assertThat(events).hasSize(1);
        assertThat(thrown)
                .isInstanceOf(com.anthropic.errors.SseException.class)
                .hasMessageContaining("stream_truncated");
    }

    private Client google() {
        return Client.builder()
                .apiKey("pk_test_zhangsan")
                .httpOptions(HttpOptions.builder().baseUrl(server.url()).build())
                .build();
    }

    @Test
    void googleRefusal() throws Exception {
        refuse(Dialect.GOOGLE, REFUSED);
        try (Client client = google()) {
            assertThatThrownBy(() -> client.models.generateContent("m", "x", null))
                    .isInstanceOfSatisfying(ClientException.class, e -> {
                        assertThat(e.code()).isEqualTo(401);
                        assertThat(e.status()).isEqualTo("Unauthorized"); // the SDK takes HTTP's reason phrase
                        assertThat(e.message()).isEqualTo("Unknown proxy key.");
                    });
        }
        assertThat(server.asked).hasSize(1);
    }

    /** The SDK takes the error for an empty answer and complains only about the broken connection. */
    @Test
    void googleNoticesTheBreakAndNotTheEvent() throws Exception {
        breakOff(
                Dialect.GOOGLE,
                "stream_generate_content",
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}]}}]}\r\n\r\n");
        StringBuilder text = new StringBuilder();
        try (Client client = google();
                ResponseStream<GenerateContentResponse> stream = client.models.generateContentStream("m", "x", null)) {
            Throwable thrown = catchThrowable(() -> {
                for (GenerateContentResponse chunk : stream) {
                    text.append(chunk.text());
                }
            });
            assertThat(text.toString()).startsWith("Hel");
            assertThat(thrown).isInstanceOf(GenAiIOException.class);
        }
    }

    @Test
    void googleUploadSendsItsKeyToTheAddressItWasGiven() throws Exception {
        String provider =
                "https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=AB_c&upload_protocol=resumable";
        server = new MiniServer((head, body) -> head.query().contains("upload_id")
                ? Answer.of(
                        200, "application/json", "{\"file\":{\"name\":\"files/abc\"}}", "X-Goog-Upload-Status: final")
                : Answer.of(
                        200,
                        "application/json",
                        "{}",
                        "X-Goog-Upload-URL: " + UploadUrls.toGateway(provider, server.url())));
        try (Client client = google()) {
            File file = client.files.upload(
                    "content".getBytes(StandardCharsets.UTF_8),
                    UploadFileConfig.builder().mimeType("text/plain").build());
            assertThat(file.name()).contains("files/abc");
        }
        assertThat(server.asked).hasSize(2);
        RequestHead second = server.asked.get(1);
        assertThat(second.target()).isEqualTo("/upload/v1beta/files?upload_id=AB_c&upload_protocol=resumable");
        assertThat(second.headers().get("x-goog-api-key")).isEqualTo("pk_test_zhangsan");
        assertThat(Dialects.detect(second)).isEqualTo(new Spoken(Dialect.GOOGLE, "upload"));
    }

    private Generation dashScope() {
        return new Generation(Protocol.HTTP.getValue(), server.url() + "/api/v1");
    }

    private static GenerationParam generation() {
        return GenerationParam.builder()
                .apiKey("pk_test_zhangsan")
                .model("m")
                .prompt("x")
                .build();
    }

    @Test
    void dashScopeRefusal() throws Exception {
        refuse(Dialect.DASHSCOPE, REFUSED);
        assertThatThrownBy(() -> dashScope().call(generation())).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo("InvalidApiKey");
            assertThat(e.getStatus().getMessage()).isEqualTo("Unknown proxy key. [invalid_api_key]");
            assertThat(e.getStatus().getRequestId()).isEqualTo("req-7");
        });
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void dashScopeStreamBreaks() throws Exception {
        breakOff(
                Dialect.DASHSCOPE,
                "text-generation",
                "id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":{\"text\":\"Hel\","
                        + "\"finish_reason\":\"null\"},\"usage\":{\"input_tokens\":1,\"output_tokens\":1},\"request_id\":\"r\"}\n\n");
        // The SDK has told the error by then and has nowhere to put the broken connection.
        RxJavaPlugins.setErrorHandler(late -> {});
        List<String> texts = new CopyOnWriteArrayList<>();
        // doOnNext: the blocking end of the flow lets an error overtake what it has not handed out yet
        Throwable thrown = catchThrowable(() -> dashScope()
                .streamCall(generation())
                .doOnNext(r -> texts.add(r.getOutput().getText()))
                .blockingSubscribe());
        assertThat(texts).containsExactly("Hel");
        assertThat(thrown).isInstanceOfSatisfying(ApiException.class, e -> assertThat(
                        e.getStatus().getMessage())
                .isEqualTo("The channel broke off. [stream_truncated]"));
    }
}
