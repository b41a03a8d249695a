package io.aiproxy.testing.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.openai.core.ObjectMappers;
import com.openai.models.realtime.RealtimeResponseUsage;
import com.openai.models.realtime.RealtimeServerEvent;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script's events, read by the classes of openai-java, which know what an event has to have. */
class OpenAiRealtimeProviderTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private final Gate gate = Gate.closed();

    @BeforeEach
    void play() {
        OpenAiRealtimeProvider.on(upstream, gate);
    }

    private static RealtimeServerEvent event(RawWebSocket socket) {
        String text = socket.text();
        try {
            return ObjectMappers.jsonMapper()
                    .readValue(text, RealtimeServerEvent.class)
                    .validate();
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not an event: " + text, e);
        }
    }

    @Test
    void aConversationGoesAsTheSdkKnowsIt() throws IOException {
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/v1/realtime?x=1&model=gpt-realtime")) {
            assertThat(event(socket)
                            .asSessionCreated()
                            .session()
                            .asRealtimeSessionCreateRequest()
                            .model()
                            .map(Object::toString))
                    .contains("gpt-realtime");
            socket.text("{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"}}");
            assertThat(event(socket).isSessionUpdated()).isTrue();
            socket.text("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\",\"role\":\"user\","
                    + "\"content\":[{\"type\":\"input_text\",\"text\":\"你好\"}]}}");
            assertThat(event(socket).isConversationItemAdded()).isTrue();
            assertThat(event(socket).isConversationItemDone()).isTrue();
            socket.text("{\"type\":\"input_audio_buffer.append\",\"audio\":\""
                    + Base64.getEncoder().encodeToString(new byte[48_000]) + "\"}");
            socket.text("{\"type\":\"input_audio_buffer.commit\"}");
            assertThat(event(socket).isInputAudioBufferCommitted()).isTrue();
            socket.text("{\"type\":\"response.create\"}");
            assertThat(event(socket).isResponseCreated()).isTrue();
            for (String delta : OpenAiRealtimeProvider.DELTAS) {
                assertThat(event(socket).asResponseOutputTextDelta().delta()).isEqualTo(delta);
            }
            assertThat(event(socket).asResponseOutputTextDone().text()).isEqualTo("你好！");
            gate.awaitReached();
            gate.open();
            RealtimeResponseUsage usage =
                    event(socket).asResponseDone().response().usage().orElseThrow();
            assertThat(usage.totalTokens()).contains(31L);
            assertThat(usage.inputTokens()).contains(22L);
            assertThat(usage.inputTokenDetails().orElseThrow().audioTokens()).contains(10L);
            assertThat(usage.outputTokens()).contains(9L);
            socket.text("{\"type\":\"nonsense\"}");
            assertThat(event(socket).asError().error().code()).contains("invalid_value");
            socket.close(1000, "");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
        }
    }

    @Test
    void theBetaHasOtherNamesAndTheSubprotocolIsAccepted() throws IOException {
        gate.open();
        try (RawWebSocket socket = RawWebSocket.on(RawClient.connect(upstream.port()))) {
            assertThat(socket.handshake(
                                    "/v1/realtime?model=gpt-4o-realtime-preview",
                                    "OpenAI-Beta: realtime=v1",
                                    "Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1")
                            .header("Sec-WebSocket-Protocol"))
                    .isEqualTo("realtime");
            socket.text();
            socket.text("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\"}}");
            assertThat(socket.text()).contains("\"conversation.item.created\"");
            socket.text("{\"type\":\"response.create\"}");
            assertThat(socket.text()).contains("\"response.created\"");
            assertThat(socket.text()).contains("\"response.text.delta\"");
        }
    }
}
