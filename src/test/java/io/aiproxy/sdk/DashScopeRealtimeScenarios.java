package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alibaba.dashscope.audio.omni.OmniRealtimeCallback;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConfig;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConversation;
import com.alibaba.dashscope.audio.omni.OmniRealtimeModality;
import com.alibaba.dashscope.audio.omni.OmniRealtimeParam;
import com.alibaba.dashscope.audio.qwen_tts_realtime.QwenTtsRealtime;
import com.alibaba.dashscope.audio.qwen_tts_realtime.QwenTtsRealtimeAudioFormat;
import com.alibaba.dashscope.audio.qwen_tts_realtime.QwenTtsRealtimeCallback;
import com.alibaba.dashscope.audio.qwen_tts_realtime.QwenTtsRealtimeConfig;
import com.alibaba.dashscope.audio.qwen_tts_realtime.QwenTtsRealtimeParam;
import com.google.gson.JsonObject;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.providers.DashScopeRealtimeProvider;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.Response;
import okhttp3.WebSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What people do with dashscope-sdk-java's realtime classes: conversations with Qwen-Omni, speech of Qwen-TTS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DashScopeRealtimeScenarios {
    static final String OMNI = "qwen3-omni-flash-realtime";
    static final String TTS = "qwen3-tts-flash-realtime";

    SdkAccess access;
    private Gate gate;
    private final Heard heard = new Heard();

    /** What a callback was told. */
    private static final class Heard {
        private final List<JsonObject> events = new CopyOnWriteArrayList<>();
        private volatile CompletableFuture<Integer> closed = new CompletableFuture<>();

        void clear() {
            events.clear();
            closed = new CompletableFuture<>();
        }

        JsonObject await(String type) {
            org.awaitility.Awaitility.await(type).atMost(Duration.ofSeconds(20)).until(() -> find(type)
                    .isPresent());
            return find(type).orElseThrow();
        }

        Optional<JsonObject> find(String type) {
            return events.stream()
                    .filter(e -> e.get("type").getAsString().equals(type))
                    .findFirst();
        }
    }

    abstract SdkAccess access();

    /** What the gateway, if there is one, has written of the call with this model. */
    void used(String model, String usage) {
        access.logLine("\"model\":\"" + model + "\"")
                .ifPresent(line -> assertThat(line).contains("\"operation\":\"realtime\"", "\"usage\":" + usage));
    }

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
        heard.clear();
        DashScopeRealtimeProvider.on(access.upstream(), gate);
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(access.upstream().leaks()).isEmpty();
        assertThat(access.upstream().only().socket().frames()).allMatch(Frame::masked);
        assertThat(access.upstream().troubles()).isEmpty();
    }

    private String url() {
        return access.baseUrl().replaceFirst("^http", "ws") + "/api-ws/v1/realtime";
    }

    private static byte[] audio(JsonObject event) {
        return Base64.getDecoder().decode(event.get("delta").getAsString());
    }

    @Test
    void aConversation() throws Exception {
        Thread caller = Thread.currentThread();
        OmniRealtimeConversation conversation =
                new OmniRealtimeConversation(
                        OmniRealtimeParam.builder()
                                .url(url())
                                .model(OMNI)
                                .apikey(access.key())
                                .build(),
                        new OmniRealtimeCallback() {
                            @Override
                            public void onEvent(JsonObject event) {
                                heard.events.add(event);
                            }

                            @Override
                            public void onClose(int code, String reason) {
                                heard.closed.complete(code);
                            }
                        }) {
                    @Override
                    public void onOpen(WebSocket socket, Response response) {
                        whenWaiting(caller);
                        super.onOpen(socket, response);
                    }
                };
        conversation.connect();
        heard.await("session.created");
        conversation.updateSession(OmniRealtimeConfig.builder()
                .modalities(List.of(OmniRealtimeModality.AUDIO, OmniRealtimeModality.TEXT))
                .voice("Cherry")
                .enableTurnDetection(false)
                .build());
        heard.await("session.updated");
        for (int i = 0; i < 4; i++) {
            conversation.appendAudio(Base64.getEncoder().encodeToString(Payload.bytes(i * 3200L, 3200)));
        }
        conversation.commit();
        heard.await("input_audio_buffer.committed");
        conversation.createResponse("Be brief", List.of(OmniRealtimeModality.AUDIO));
        assertThat(heard.await("response.audio_transcript.delta").get("delta").getAsString())
                .isEqualTo(DashScopeRealtimeProvider.TRANSCRIPT);
        assertThat(audio(heard.await("response.audio.delta")))
                .isEqualTo(Payload.bytes(0, DashScopeRealtimeProvider.AUDIO));
        gate.awaitReached();
        assertThat(heard.find("response.done")).isEmpty();
        gate.open();
        heard.await("response.done");
        conversation.endSession();
        assertThat(access.upstream().only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1000, "bye"));
        assertThat(conversation.getSessionId()).isNotEmpty();
        assertThat(access.upstream().only().target()).isEqualTo("/api-ws/v1/realtime?model=" + OMNI);
        used(OMNI, "{\"input_tokens\":16,\"output_tokens\":20,\"audio_input_tokens\":10,\"audio_output_tokens\":16}");
    }

    /**
     * The SDK's {@code connect} opens the socket first and makes what it waits for afterwards: a socket that opens sooner
     * leaves it waiting for ever (2.22.13).
     */
    private static void whenWaiting(Thread connecting) {
        await().until(() -> connecting.getState() == Thread.State.WAITING);
    }

    @Test
    void speech() throws Exception {
        Thread caller = Thread.currentThread();
        QwenTtsRealtime tts =
                new QwenTtsRealtime(
                        QwenTtsRealtimeParam.builder()
                                .url(url())
                                .model(TTS)
                                .apikey(access.key())
                                .build(),
                        new QwenTtsRealtimeCallback() {
                            @Override
                            public void onEvent(JsonObject event) {
                                heard.events.add(event);
                            }

                            @Override
                            public void onClose(int code, String reason) {
                                heard.closed.complete(code);
                            }
                        }) {
                    @Override
                    public void onOpen(WebSocket socket, Response response) {
                        whenWaiting(caller);
                        super.onOpen(socket, response);
                    }
                };
        gate.open();
        tts.connect();
        tts.updateSession(QwenTtsRealtimeConfig.builder()
                .voice("Cherry")
                .responseFormat(QwenTtsRealtimeAudioFormat.PCM_24000HZ_MONO_16BIT)
                .mode("commit")
                .build());
        heard.await("session.updated");
        tts.appendText("今天");
        tts.appendText("天气");
        tts.commit();
        assertThat(audio(heard.await("response.audio.delta")))
                .isEqualTo(Payload.bytes(0, DashScopeRealtimeProvider.AUDIO));
        heard.await("response.done");
        tts.finish();
        heard.await("session.finished");
        tts.close(1000, "bye");
        await().atMost(Duration.ofSeconds(20)).until(heard.closed::isDone);
        assertThat(access.upstream().only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1000, "bye"));
        assertThat(access.upstream().only().socket().texts())
                .filteredOn(t -> t.contains("input_text_buffer.append"))
                .hasSize(2);
        used(TTS, "{\"characters\":4}");
    }
}
