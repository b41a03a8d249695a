package io.aiproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Call;
import io.aiproxy.core.Ending;
import io.aiproxy.core.Failure;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.UsageSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The call gate: one call at a time, answers in order, refusals, memory given back. */
class ServerConnectionTest {
    private final List<ServerCall> calls = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private final EventLoops loops = new EventLoops(1);
    private final HttpListener listener =
            new HttpListener(loops, new Handler(), new Books(receipts::add, SocketWatch.NONE), this::limits, null);
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final EmbeddedChannel channel = new Connection(listener, encoder);

    /** An embedded channel with an address, as a connection has one. */
    private static final class Connection extends EmbeddedChannel {
        Connection(HttpListener listener, ResponseEncoder encoder) {
            super(new RequestDecoder(4096), encoder, new ServerConnection(listener, encoder));
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress("127.0.0.1", 40000);
        }
    }

    /** Keeps calls for the test to answer. */
    private final class Handler implements CallHandler {
        @Override
        public void handle(ServerCall call) {
            calls.add(call);
        }

        @Override
        public Answer refusal(Call call, Failure failure) {
            return text(failure.kind().status(), failure.kind().code());
        }

        @Override
        public void unfinished(Call call) {
            call.operation("unfinished");
        }

        @Override
        public byte[] lastWords(Call call, Failure failure, byte[] tail) {
            return new byte[0];
        }
    }

    private Limits limits() {
        Duration second = Duration.ofSeconds(1);
        return new Limits(100, 20_000, 4096, 0, second, second, second, second);
    }

    private static Answer text(int status, String text) {
        return Answer.of(
                status, List.of(Map.entry("content-type", "text/plain")), text.getBytes(StandardCharsets.UTF_8));
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        channel.runPendingTasks();
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        ByteBuf part = channel.readOutbound();
        while (part != null) {
            all.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
            part = channel.readOutbound();
        }
        return all.toString();
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @AfterEach
    void nothingIsHeld() {
        channel.finishAndReleaseAll();
        loops.close();
        assertThat(listener.bodyBytesHeld()).isZero();
        assertThat(listener.activeCalls()).isZero();
    }

    @Test
    void pipelinedRequestsAreHandledOneAfterTheOther() {
        receive(post("/1", "a") + post("/2", "b") + post("/3", "c"));
        assertThat(calls).hasSize(1);
        calls.get(0).respond(text(200, "first"));
        assertThat(calls).hasSize(2);
        assertThat(sent()).endsWith("first");
        calls.get(1).respond(text(200, "second"));
        calls.get(2).respond(text(200, "third"));
        String rest = sent();
        assertThat(rest.indexOf("second")).isLessThan(rest.indexOf("third")).isNotNegative();
        assertThat(receipts).extracting(Receipt::path).containsExactly("/1", "/2", "/3");
    }

    @Test
    void operationalPagesAreActiveButNoCallersCalls() {
        receive(post("/call", "a"));
        assertThat(listener.countedCalls()).isEqualTo(1);
        calls.get(0).respond(text(200, "done"));
        receive(post("/page", "a"));
        calls.get(1).call().uncounted();
        calls.get(1).call().uncounted();
        assertThat(listener.activeCalls()).isEqualTo(1);
        assertThat(listener.countedCalls()).isZero();
        calls.get(1).respond(text(200, "page"));
        assertThat(listener.activeCalls()).isZero();
        receive(post("/call", "a"));
        assertThat(listener.countedCalls()).as("nothing is left over").isEqualTo(1);
        calls.get(2).respond(text(200, "done"));
        sent();
    }

    @Test
    void readingStopsWhenTooMuchWaitsAndGoesOnAfterwards() {
        receive(post("/0", "a"));
        for (int i = 1; i <= 20; i++) {
            receive(post("/" + i, "a"));
        }
        assertThat(channel.config().isAutoRead()).isFalse();
        for (int i = 0; i <= 20; i++) {
            calls.get(i).respond(text(200, "ok"));
        }
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(calls).hasSize(21);
        sent();
    }

    @Test
    void aSecondAnswerIsIgnored() {
        receive(post("/1", "a"));
        calls.get(0).respond(text(200, "one"));
        calls.get(0).respond(text(200, "two"));
        assertThat(sent()).endsWith("one");
        assertThat(receipts).hasSize(1);
    }

    @Test
    void anAnnouncedLengthAboveTheLimitIsRefusedBeforeTheBody() {
        receive("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n");
        assertThat(sent()).startsWith("HTTP/1.1 413").contains("connection: close");
        assertThat(calls).isEmpty();
        assertThat(receipts).singleElement().satisfies(r -> assertThat(r.failure())
                .isEqualTo("request_too_large"));
    }

    @Test
    void chunksThatGrowAboveTheLimitAreRefused() {
        receive("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3c\r\n" + "x".repeat(60) + "\r\n");
        assertThat(listener.bodyBytesHeld()).isPositive();
        receive("3c\r\n" + "x".repeat(60) + "\r\n");
        assertThat(sent()).startsWith("HTTP/1.1 413");
        assertThat(calls).isEmpty();
    }

    @Test
    void theBodyIsTheCallersInAnyPieces() {
        String whole = post("/x", "0123456789".repeat(9));
        for (int i = 0; i < whole.length(); i++) {
            receive(whole.substring(i, i + 1));
        }
        assertThat(new String(calls.get(0).call().body().bytes(), StandardCharsets.UTF_8))
                .isEqualTo("0123456789".repeat(9));
        calls.get(0).respond(text(204, ""));
        sent();
    }

    @Test
    void aCallerWhoLeavesIsToldToTheCallOnce() {
        receive(post("/x", "a"));
        int[] gone = {0};
        calls.get(0).call().whenGone(() -> gone[0]++);
        channel.close();
        channel.runPendingTasks();
        assertThat(gone[0]).isEqualTo(1);
        assertThat(receipts).singleElement().satisfies(r -> {
            assertThat(r.status()).isEqualTo(499);
            assertThat(r.ending().tag()).isEqualTo("cancelled");
        });
    }

    @Test
    void aRefusalInTheMiddleOfPipelinedRequestsComesInItsTurn() {
        receive(post("/1", "a") + "GET  HTTP/1.1\r\n\r\n");
        calls.get(0).respond(text(200, "first"));
        String all = sent();
        assertThat(all.indexOf("first")).isLessThan(all.indexOf("HTTP/1.1 400")).isNotNegative();
    }

    private void leaves() {
        channel.close();
        channel.runPendingTasks();
    }

    private static void left(Receipt receipt, long bytesIn) {
        assertThat(receipt.status()).isEqualTo(499);
        assertThat(receipt.ending()).isEqualTo(Ending.CANCELLED);
        assertThat(receipt.source()).isEqualTo(UsageSource.NONE);
        assertThat(receipt.operation()).isEqualTo("unfinished");
        assertThat(receipt.bytesIn()).isEqualTo(bytesIn);
    }

    @Test
    void aCallerWhoLeavesWithinTheBodyIsBooked() {
        receive("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n" + "x".repeat(30));
        leaves();
        assertThat(calls).isEmpty();
        assertThat(receipts).singleElement().satisfies(r -> left(r, 30));
    }

    @Test
    void aCallerWhoLeavesBetweenChunksIsBooked() {
        receive("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        leaves();
        assertThat(calls).isEmpty();
        assertThat(receipts).singleElement().satisfies(r -> left(r, 3));
    }

    @Test
    void aMalformedChunkIsRefusedAndBookedWithWhatHadCome() {
        receive("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        receive("no number\r\n");
        assertThat(sent()).startsWith("HTTP/1.1 400").contains("connection: close");
        leaves();
        assertThat(receipts).singleElement().satisfies(r -> {
            assertThat(r.ending()).isEqualTo(Ending.CALLER_ERROR);
            assertThat(r.bytesIn()).isEqualTo(3);
        });
    }

    @Test
    void requestsThatWaitedForTheirTurnAreBookedWithTheOneThatWasLeft() {
        receive(post("/1", "a") + post("/2", "bc") + "POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\ndef");
        leaves();
        assertThat(calls).hasSize(1);
        assertThat(receipts).extracting(Receipt::path).containsExactly("/1", "/2", "/3");
        assertThat(receipts.get(0).ending()).isEqualTo(Ending.CANCELLED);
        left(receipts.get(1), 2);
        left(receipts.get(2), 3);
    }

    @Test
    void nothingIsReadBehindARefusal() {
        receive("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n" + post("/2", "a"));
        leaves();
        assertThat(sent()).startsWith("HTTP/1.1 413");
        assertThat(receipts).extracting(Receipt::path).containsExactly("/1");
    }
}
