package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that others wrote hold a conversation through the gateway, compressed if they and the channel agree on it. */
@NeedsGateway
class WebSocketClientTest {
    private static final String LONG = "many words ".repeat(1000);
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty().channel("alpha", UPSTREAM).user("zhangsan", GatewayRig.KEY, "alpha"));
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

    private String next() throws InterruptedException {
        String next = heard.poll(20, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    @Test
    void theJdksClient() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .subprotocol("realtime")
                        .sendText("hello")
                        .echo());
        java.net.http.WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + GatewayRig.KEY)
                .subprotocols("realtime", "other")
                .buildAsync(URI.create("ws://localhost:" + rig.port() + "/jdk?model=m"), new JdkListener(heard))
                .get(20, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo("realtime");
        assertThat(next()).isEqualTo("hello");
        socket.sendText("in ", false).get(20, TimeUnit.SECONDS);
        socket.sendText("pieces", true).get(20, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo("in pieces");
        socket.sendText(LONG, true).get(20, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo(LONG);
        socket.sendPing(ByteBuffer.wrap(new byte[] {7})).get(20, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo("pong 7");
        socket.sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "done").get(20, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo("closed 1000 done");
        assertThat(UPSTREAM.only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1000, "done"));
        UPSTREAM.only().socket().awaitGone();
        assertThat(rig.awaitLogLine("\"/jdk\"")).contains("\"ending\":\"ok\"");
    }

    private record JdkListener(BlockingQueue<String> heard, StringBuilder pieces)
            implements java.net.http.WebSocket.Listener {
        JdkListener(BlockingQueue<String> heard) {
            this(heard, new StringBuilder());
        }

        @Override
        public @Nullable CompletionStage<?> onText(java.net.http.WebSocket socket, CharSequence data, boolean last) {
            pieces.append(data);
            if (last) {
                heard.add(pieces.toString());
                pieces.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer message) {
            heard.add("pong " + message.get());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
            heard.add("closed " + code + " " + reason);
            return null;
        }
    }

    @Test
    void okHttp() throws Exception {
        UPSTREAM.onAny().reply(Reply.webSocket().sendText("hello").echo());
        WebSocket socket = okHttp("/okhttp");
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("hello");
        assertThat(UPSTREAM.only().headers("sec-websocket-extensions")).containsExactly("permessage-deflate");
        socket.send(LONG);
        assertThat(next()).isEqualTo(LONG);
        socket.send(ByteString.of((byte) 1, (byte) 2));
        assertThat(next()).isEqualTo("bytes 0102");
        socket.close(1000, "done");
        assertThat(next()).isEqualTo("closing 1000 done");
        assertThat(next()).isEqualTo("closed 1000 done");
        assertThat(UPSTREAM.only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1000, "done"));
        assertThat(UPSTREAM.only().socket().frames()).allMatch(f -> f.rsv() == 0);
    }

    @Test
    void okHttpWithCompression() throws Exception {
        UPSTREAM.onAny()
                .reply(Reply.webSocket().extensions("permessage-deflate").echo());
        WebSocket socket = okHttp("/okhttp-compressed");
        assertThat(next()).isEqualTo("open");
        for (int i = 0; i < 5; i++) {
            socket.send(LONG + i);
            assertThat(next()).isEqualTo(LONG + i);
        }
        socket.close(1000, "done");
        assertThat(next()).isEqualTo("closing 1000 done");
        List<Frame> frames = UPSTREAM.only().socket().frames();
        for (int i = 0; i < 5; i++) {
            assertThat(frames.get(i).rsv()).isEqualTo(Frame.COMPRESSED);
            assertThat(frames.get(i).length()).as("compressed on its way").isLessThan(LONG.length() / 10);
        }
    }

    @Test
    void okHttpHearsTheChannelsClose() throws Exception {
        UPSTREAM.onAny().reply(Reply.webSocket().sendText("hello").close(4008, "session over"));
        WebSocket socket = okHttp("/okhttp-closed");
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("hello");
        assertThat(next()).isEqualTo("closing 4008 session over");
        socket.close(1000, "");
        assertThat(next()).isEqualTo("closed 4008 session over");
    }

    @Test
    void okHttpHearsARefusal() throws Exception {
        UPSTREAM.onAny().reply(Reply.json(404, "{\"error\":\"no such model\"}"));
        okHttp("/okhttp-refused");
        assertThat(next()).isEqualTo("failed 404 {\"error\":\"no such model\"}");
    }

    private WebSocket okHttp(String path) {
        Request request = new Request.Builder()
                .url("http://localhost:" + rig.port() + path)
                .header("Authorization", "Bearer " + GatewayRig.KEY)
                .build();
        return new OkHttpClient().newWebSocket(request, new OkListener(heard));
    }

    private static final class OkListener extends WebSocketListener {
        private final BlockingQueue<String> heard;

        OkListener(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        public void onOpen(WebSocket socket, Response response) {
            heard.add("open");
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            heard.add(text);
        }

        @Override
        public void onMessage(WebSocket socket, ByteString bytes) {
            heard.add("bytes " + bytes.hex());
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            heard.add("closing " + code + " " + reason);
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            heard.add("closed " + code + " " + reason);
        }

        @Override
        public void onFailure(WebSocket socket, Throwable cause, @Nullable Response response) {
            try {
                heard.add(
                        response == null || response.body() == null
                                ? "failed " + cause
                                : "failed " + response.code() + " "
                                        + response.body().string());
            } catch (java.io.IOException e) {
                heard.add("failed " + e);
            }
        }
    }

    @Test
    void compressedFramesPassUnchanged() throws Exception {
        String offer = "permessage-deflate; client_max_window_bits; server_no_context_takeover";
        String agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        Frame fromChannel = Frame.text(LONG).deflated();
        UPSTREAM.onAny()
                .reply(Reply.webSocket().extensions(agreed).send(fromChannel).echo());
        try (RawClient client = rig.client()) {
            RawWebSocket socket = RawWebSocket.on(client);
            RawClient.Answer answer =
                    socket.handshake("/compressed", GatewayRig.AUTH, "Sec-WebSocket-Extensions: " + offer);
            assertThat(answer.header("sec-websocket-extensions")).isEqualTo(agreed);
            assertThat(UPSTREAM.only().headers("sec-websocket-extensions")).containsExactly(offer);
            assertThat(socket.frame().bytes()).isEqualTo(fromChannel.bytes());
            Frame mine = Frame.text("as small as can be ".repeat(200)).deflated();
            assertThat(socket.send(mine).frame()).isEqualTo(mine);
            assertThat(new String(mine.inflated(), StandardCharsets.UTF_8)).startsWith("as small");
            assertThat(UPSTREAM.only().socket().awaitFrame(1)).isEqualTo(mine);
        }
    }

    @Test
    void whatNobodyKnowsPassesToo() throws Exception {
        UPSTREAM.onAny().reply(Reply.webSocket().extensions("x-own").echo());
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/unknown", GatewayRig.AUTH)) {
            Frame odd = Frame.binary(new byte[] {1, 2, 3}).rsv(7);
            Frame long2 = Frame.text("longer than it must say").lengthIn(8);
            assertThat(socket.send(odd).frame()).isEqualTo(odd);
            assertThat(socket.send(long2).frame().bytes()).isEqualTo(long2.bytes());
            socket.send(Frame.of(3, new byte[] {1}));
            assertThat(UPSTREAM.only().socket().awaitFrame(3).opcode()).isEqualTo(3);
            socket.send(Frame.of(11, new byte[] {2}));
            assertThat(UPSTREAM.only().socket().awaitFrame(4).opcode()).isEqualTo(11);
        }
    }
}
