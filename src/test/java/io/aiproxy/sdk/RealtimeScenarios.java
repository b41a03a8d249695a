package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.ObjectMappers;
import com.openai.models.realtime.ConversationItem;
import com.openai.models.realtime.ConversationItemCreateEvent;
import com.openai.models.realtime.InputAudioBufferAppendEvent;
import com.openai.models.realtime.RealtimeConversationItemUserMessage;
import com.openai.models.realtime.RealtimeServerEvent;
import com.openai.models.realtime.RealtimeSessionCreateRequest;
import com.openai.models.realtime.ResponseCreateEvent;
import com.openai.models.realtime.SessionUpdateEvent;
import com.openai.models.realtime.clientsecrets.ClientSecretCreateParams;
import com.openai.models.realtime.clientsecrets.ClientSecretCreateResponse;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.PerMessageDeflate;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.SocketReply;
import io.aiproxy.testing.providers.OpenAiRealtimeProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * OpenAI's Realtime API with openai-java's events, which has no client for it, on the WebSockets of OkHttp and of the JDK.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RealtimeScenarios {
    static final String EPHEMERAL = "ek_test_of_the_sdk";
    private static final String PATH = "/v1/realtime?model=gpt-realtime";

    SdkAccess access;
    private Gate gate;

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
        OpenAiRealtimeProvider.on(access.upstream(), gate);
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(access.upstream().leaks()).isEmpty();
        assertThat(access.upstream().troubles()).isEmpty();
    }

    private String url() {
        return access.baseUrl().replaceFirst("^http", "ws") + PATH;
    }

    private static String json(Object event) {
        try {
            return ObjectMappers.jsonMapper().writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static RealtimeServerEvent event(SocketClients.Talking socket) {
        String text = socket.next();
        try {
            return ObjectMappers.jsonMapper()
                    .readValue(text, RealtimeServerEvent.class)
                    .validate();
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not an event: " + text, e);
        }
    }

    @ParameterizedTest
    @EnumSource(SocketClients.class)
    void aConversation(SocketClients client) {
        try (SocketClients.Talking socket = client.connect(url(), access.key(), false)) {
            assertThat(event(socket).isSessionCreated()).isTrue();
            socket.send(json(SessionUpdateEvent.builder()
                    .session(RealtimeSessionCreateRequest.builder()
                            .instructions("Be brief")
                            .build())
                    .build()));
            assertThat(event(socket).isSessionUpdated()).isTrue();
            socket.send(json(ConversationItemCreateEvent.builder()
                    .item(ConversationItem.ofRealtimeConversationItemUserMessage(
                            RealtimeConversationItemUserMessage.builder()
                                    .addContent(RealtimeConversationItemUserMessage.Content.builder()
                                            .type(RealtimeConversationItemUserMessage.Content.Type.INPUT_TEXT)
                                            .text("你好")
                                            .build())
                                    .build()))
                    .build()));
            assertThat(event(socket).isConversationItemAdded()).isTrue();
            assertThat(event(socket).isConversationItemDone()).isTrue();
            socket.send(json(InputAudioBufferAppendEvent.builder()
                    .audio(Base64.getEncoder().encodeToString(new byte[480_000]))
                    .build()));
            socket.send(json(ResponseCreateEvent.builder().build()));
            assertThat(event(socket).isResponseCreated()).isTrue();
            for (String delta : OpenAiRealtimeProvider.DELTAS) {
                assertThat(event(socket).asResponseOutputTextDelta().delta()).isEqualTo(delta);
            }
            assertThat(event(socket).asResponseOutputTextDone().text()).isEqualTo("你好！");
            gate.awaitReached();
            assertThat(socket.pending())
                    .as("the last event has not been written yet")
                    .isZero();
            gate.open();
            assertThat(event(socket)
                            .asResponseDone()
                            .response()
                            .usage()
                            .orElseThrow()
                            .totalTokens())
                    .contains(121L);
            socket.close(1000, "bye");
            assertThat(socket.closed()).isEqualTo(1000);
        }
        assertThat(access.upstream().only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1000, "bye"));
        assertThat(access.upstream().only().socket().frames()).allMatch(Frame::masked);
    }

    @ParameterizedTest
    @EnumSource(SocketClients.class)
    void aKeyAmongTheSubprotocols(SocketClients client) {
        if (!access.throughGateway()) {
            return; // the script wants its key in a header
        }
        try (SocketClients.Talking socket = client.connect(url(), access.key(), true)) {
            assertThat(socket.subprotocol()).isEqualTo("realtime");
            assertThat(event(socket).isSessionCreated()).isTrue();
            socket.close(1000, "bye");
            assertThat(socket.closed()).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @EnumSource(SocketClients.class)
    void theProvidersCloseCodeIsTheClients(SocketClients client) {
        access.upstream()
                .on("/v1/realtime")
                .reply(Reply.webSocket().sendText("{}").close(4008, "expired").expectClose());
        try (SocketClients.Talking socket = client.connect(url(), access.key(), false)) {
            assertThat(socket.next()).isEqualTo("{}");
            assertThat(socket.closed()).isEqualTo(4008);
            assertThat(access.upstream().only().socket().awaitEnd().code()).isEqualTo(4008);
        }
    }

    /** OkHttp offers permessage-deflate; what the two ends agree on is theirs. */
    @Test
    void compressedMessages() {
        SocketReply reply = Reply.webSocket().extensions("permessage-deflate");
        String word = "{\"type\":\"x\",\"text\":\"" + "你好，世界。".repeat(300) + "\"}";
        try (PerMessageDeflate side = new PerMessageDeflate()) {
            reply.expectText();
            for (int i = 0; i < 5; i++) {
                reply.send(side.pack(Frame.text(word + i)));
            }
        }
        access.upstream().on("/v1/realtime").reply(reply.expectClose());
        try (SocketClients.Talking socket = SocketClients.OKHTTP.connect(url(), access.key(), false)) {
            socket.send(word);
            for (int i = 0; i < 5; i++) {
                assertThat(socket.next()).isEqualTo(word + i);
            }
            socket.close(1000, "");
            assertThat(socket.closed()).isEqualTo(1000);
        }
        Frame sent = access.upstream().only().socket().frames().get(0);
        assertThat(sent.rsv()).isEqualTo(Frame.COMPRESSED);
        assertThat(sent.inflated())
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .isEqualTo(word);
    }

    @ParameterizedTest
    @EnumSource(SocketClients.class)
    void anEphemeralKeyOfTheSdk(SocketClients client) {
        access.upstream()
                .on("/v1/realtime/client_secrets")
                .reply(Reply.json("{\"value\":\"" + EPHEMERAL + "\",\"expires_at\":"
                        + Instant.now().plusSeconds(60).getEpochSecond()
                        + ",\"session\":{\"type\":\"realtime\",\"object\":\"realtime.session\",\"id\":\"sess_1\","
                        + "\"model\":\"gpt-realtime\",\"client_secret\":{\"value\":\"" + EPHEMERAL
                        + "\",\"expires_at\":1}}}"));
        OpenAIClient openai = OpenAIOkHttpClient.builder()
                .baseUrl(access.baseUrl() + "/v1")
                .apiKey(access.key())
                .timeout(Duration.ofSeconds(20))
                .maxRetries(0)
                .build();
        ClientSecretCreateResponse secret = openai.realtime()
                .clientSecrets()
                .create(ClientSecretCreateParams.builder()
                        .session(RealtimeSessionCreateRequest.builder()
                                .model("gpt-realtime")
                                .build())
                        .build());
        openai.close();
        assertThat(secret.value()).isEqualTo(EPHEMERAL);
        access.upstream().expectCredential("Authorization", "Bearer " + EPHEMERAL);
        boolean gateway = access.throughGateway();
        try (SocketClients.Talking socket = client.connect(url(), secret.value(), gateway)) {
            assertThat(event(socket).isSessionCreated()).isTrue();
            socket.close(1000, "");
            assertThat(socket.closed()).isEqualTo(1000);
        }
    }
}
