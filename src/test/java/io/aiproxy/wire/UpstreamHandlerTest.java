package io.aiproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Origin;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One exchange on an HTTP/1.1 connection whose bytes the test holds in its hands. */
class UpstreamHandlerTest implements UpstreamListener {
    private static final Target TARGET = new Target(
            new Origin(false, "api.example.test", 80),
            new Target.Tls(true, Optional.empty(), "api.example.test"),
            Optional.empty(),
            false);

    private final UpstreamPool pool = new UpstreamPool();
    private final List<UpstreamAnswer> answers = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> peeked = new ArrayList<>();
    private EmbeddedChannel channel;
    private UpstreamExchange exchange;

    @Override
    public void answered(UpstreamAnswer answer) {
        answers.add(answer);
    }

    @Override
    public void failed(Failure failure) {
        failures.add(failure);
    }

    @BeforeEach
    void start() {
        UpstreamHandler handler = new UpstreamHandler(pool, null);
        channel = new EmbeddedChannel(new HttpClientCodec(), handler);
        RequestHead head = new RequestHead(
                "POST",
                "/v1",
                new NettyHeaders(new DefaultHttpHeaders()),
                new InetSocketAddress("127.0.0.1", 1),
                false);
        Body body = Body.of("{}".getBytes(StandardCharsets.UTF_8));
        Call call = new Call("id", head, body, channel.eventLoop(), new Call.Started(0, 0, 0));
        UpstreamRequest request = new UpstreamRequest(
                call,
                body,
                TARGET,
                Timeouts.DEFAULT,
                "/v1",
                "api.example.test",
                new HeaderEdits(List.of(), List.of()),
                false);
        exchange = new UpstreamExchange(request, this, new LoopClient(new UpstreamTls(), null));
        handler.start(exchange);
    }

    @AfterEach
    void nothingIsLeft() {
        channel.finishAndReleaseAll();
        assertThat(answers.size() + failures.size()).isLessThanOrEqualTo(1);
    }

    private ByteBuf arrives(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        channel.writeInbound(bytes);
        return bytes;
    }

    private UpstreamAnswer answer() {
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private void peek(int max) {
        answer().peek(max, bytes -> peeked.add(new String(bytes, StandardCharsets.US_ASCII)));
    }

    @Test
    void aPeekReadsOnUntilTheBodyIsThere() {
        arrives("HTTP/1.1 429 Slow\r\nContent-Length: 6\r\n\r\n");
        assertThat(channel.config().isAutoRead()).as("held back").isFalse();
        peek(4096);
        arrives("ab");
        arrives("cd");
        assertThat(channel.config().isAutoRead()).as("still reading").isTrue();
        arrives("ef");
        assertThat(peeked).containsExactly("abcdef");
        answer().discard();
        assertThat(pool.idleConnections()).isEqualTo(1);
    }

    @Test
    void aShortUnwantedBodyIsReadToItsEnd() {
        arrives("HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\n");
        answer().discard();
        ByteBuf some = arrives("ab");
        assertThat(some.refCnt()).isZero();
        assertThat(channel.config().isAutoRead()).as("still reading").isTrue();
        arrives("cd");
        assertThat(pool.idleConnections()).isEqualTo(1);
    }

    @Test
    void anUnwantedBodyWithoutEndCostsTheConnection() {
        arrives("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n");
        answer().discard();
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void aCallerThatLeavesEndsAPeek() {
        arrives("HTTP/1.1 429 Slow\r\nContent-Length: 6\r\n\r\n");
        peek(4096);
        ByteBuf some = arrives("ab");
        exchange.cancel();
        assertThat(peeked).containsExactly("ab");
        assertThat(channel.isActive()).isFalse();
        answer().discard();
        assertThat(some.refCnt()).isZero();
        assertThat(peeked).hasSize(1);
    }

    @Test
    void aBodyThatBreaksOffEndsAPeek() {
        arrives("HTTP/1.1 429 Slow\r\nContent-Length: 6\r\n\r\nab");
        peek(4096);
        channel.close();
        assertThat(peeked).containsExactly("ab");
        answer().discard();
    }

    @Test
    void aChangeOfProtocolIsAFailure() {
        arrives("HTTP/1.1 101 Go\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\nother protocol");
        assertThat(failures).extracting(Failure::kind).containsExactly(FailureKind.UPSTREAM_PROTOCOL_ERROR);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void interimAnswersAreSkipped() {
        arrives("HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(answer().status()).isEqualTo(200);
        answer().discard();
        assertThat(pool.idleConnections()).isEqualTo(1);
    }

    @Test
    void bytesThatNobodyAskedForCostTheConnection() {
        arrives("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        answer().discard();
        arrives("HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n");
        assertThat(channel.isActive()).isFalse();
        assertThat(pool.idleConnections()).isZero();
    }
}
