package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.core.Ending;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.SocketReport;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answering side of one call: writes exactly one answer to the client and, when its last byte has left or the
 * connection has broken, the receipt.
 *
 * <p><b>Buffers.</b> A chunk of an upstream's answer is passed on as the very object that was read; whoever holds it
 * last (the socket, or this class when nobody is left to read it) releases it.
 *
 * <p><b>What "full" means.</b> When the client's outbound buffer passes its high-water mark the upstream is paused, and
 * resumed below the low-water mark: a slow client slows the channel and costs two water marks of memory.
 *
 * <p><b>How it may end.</b> (1) The last byte has left: receipt with the status. (2) The upstream breaks off before the
 * end: last words in the caller's dialect, then the connection is broken, never ended regularly. (3) The client leaves:
 * upstream cancelled, receipt says so. (4) The client does not read for too long: the connection is closed, then as 3.
 *
 * <p>Confined to the event loop of the connection; {@link #respond} and {@link #relay} may be called from any thread.
 */
public final class ServerCall implements ChannelFutureListener {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCall.class);

    private final ServerConnection connection;
    private final Call call;
    private final BodyCollector memory;
    private final boolean http10;
    private final CallRecord record;
    private boolean keepAlive;
    private boolean answered;
    private boolean over;
    private boolean reusable;
    private boolean eventStream;
    private final StreamTail tail = new StreamTail();
    private @Nullable Source source;
    private final Taps taps = new Taps();
    private final AnswerBody body = new AnswerBody(this, taps);
    private @Nullable EventJudge withheld;
    private final Leaving leaving;
    private final Booking booking;
    private Runnable unwritten = () -> {};

    ServerCall(ServerConnection connection, Call call, BodyCollector memory, boolean keepAlive, boolean http10) {
        this.connection = connection;
        this.call = call;
        this.memory = memory;
        this.keepAlive = keepAlive;
        this.http10 = http10;
        this.record = new CallRecord(call, memory.size());
        this.leaving = new Leaving(taps, connection.listener().drains(), this::settle);
        this.booking = new Booking(call, record, taps, connection.listener());
    }

    /** Where a streamed answer comes from. */
    interface Source {
        /** Whether the client can take more. */
        void writable(boolean yes);

        /** Nobody reads any more. */
        void cancel();
    }

    /** What is known of the call. */
    public Call call() {
        return call;
    }

    /** The connection is closed behind the answer. */
    void closeAfterwards() {
        keepAlive = false;
    }

    private ChannelHandlerContext ctx() {
        return connection.ctx();
    }

    /** Gives an answer of the gateway's own. May be called from any thread; a second answer is ignored. */
    public void respond(Answer answer) {
        onLoop(() -> answerNow(answer));
    }

    private void answerNow(Answer answer) {
        if (!begin()) {
            return;
        }
        record.status(answer.status());
        HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
        if (answer.content() instanceof Answer.Whole whole) {
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(whole.bytes()));
            AnswerHead.set(response.headers(), answer);
            if (answer.status() != 204 && answer.status() != 304) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, whole.bytes().length);
            }
            AnswerHead.connection(response.headers(), http10, keepAlive);
            reusable = keepAlive;
            record.firstByte();
            if (booking.comesFirst()) {
                bookFirst(whole.bytes().length, () -> send(response), response::release);
            } else {
                record.bytes(whole.bytes().length);
                send(response);
            }
        } else if (answer.content() instanceof Answer.Streamed streamed) {
            DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
            AnswerHead.set(response.headers(), answer);
            frame(response.headers());
            Writes.send(ctx(), response);
            if (booking.comesFirst()) {
                body.holdEnd(true);
            }
            PublishedBody made = new PublishedBody(body, ctx().executor());
            source = made;
            streamed.publisher().subscribe(made);
        }
    }

    /** Hands the last of the answer to the socket. */
    private void send(HttpContent last) {
        over = true;
        source = null;
        Writes.send(ctx(), last, this);
        connection.awaitsReader(this);
    }

    /** Passes an upstream's answer on. May be called from any thread; a second answer is ignored and dropped. */
    public void relay(UpstreamAnswer answer, HeaderEdits edits) {
        onLoop(() -> relayNow(answer, edits));
    }

    private void relayNow(UpstreamAnswer answer, HeaderEdits edits) {
        if (!begin()) {
            answer.discard();
            return;
        }
        boolean good = answer.status() < 400;
        memory.release(good ? taps.keepAsked(call.body()) : 0);
        call.dropBody();
        record.status(answer.status());
        HttpHeaders headers = answer.takeHeaders();
        edits.apply(HopByHop.strip(headers));
        eventStream = AnswerHead.eventStream(headers);
        EventJudge judge = withheld;
        if (judge != null && good && (eventStream || AnswerHead.mayBeEventStream(headers))) {
            body.withhold(judge);
            headers.remove(HttpHeaderNames.CONTENT_LENGTH); // nobody knows it any more
        }
        if (booking.comesFirst()) {
            body.holdEnd(eventStream);
        }
        frame(headers);
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.statusLine(), headers);
        Writes.queue(ctx(), response);
        source = answer;
        answer.flowTo(body, ctx().channel().isWritable());
    }

    /**
     * Opens the WebSocket that the channel has accepted: answers 101, and from then on frames flow. May be called from any
     * thread; a second answer is ignored and the channel's connection is closed.
     *
     * @param answer the channel's 101
     * @param edits changes of its header fields on the way to the caller
     */
    public void open(UpstreamAnswer answer, HeaderEdits edits, SocketPlan plan) {
        onLoop(() -> openNow(answer, edits, plan));
    }

    private void openNow(UpstreamAnswer answer, HeaderEdits edits, SocketPlan plan) {
        Failure problem = answer.broken() != null
                ? Failure.of(FailureKind.UPSTREAM_DISCONNECTED, "the channel has closed the WebSocket at once")
                : connection.tooEarly(this);
        if (problem != null) {
            answer.discard();
            call.failure(problem.kind());
            answerNow(connection.listener().handler().refusal(call, problem));
            return;
        }
        if (!begin()) {
            answer.discard();
            return;
        }
        call.dropBody();
        memory.release();
        record.status(answer.status());
        over = true;
        HttpHeaders headers = answer.takeHeaders();
        SocketRelay relay = new SocketRelay(this, connection.listener(), plan, Handshake.readable(headers));
        edits.apply(HopByHop.strip(headers));
        Writes.send(ctx(), Handshake.answer(headers, plan.subprotocol()));
        answer.handOver(relay.channel(), () -> connection.handOver(relay, plan));
        call.answered(); // a socket may live for hours: it must not keep its route's exchange
    }

    /** The WebSocket is closed on both sides. */
    void socketOver(Ending ending, long bytesIn, long bytesOut, SocketReport report) {
        record.socket(ending, report, bytesIn, bytesOut);
        settle();
    }

    /** What the messages of the WebSocket have told of its use. */
    void socketUsed(MessageTap along) {
        record.told(along);
    }

    /** Events of these kinds do not reach the caller if the answer is a stream of events. To be told before {@link #relay}. */
    public void withhold(EventJudge kinds) {
        withheld = kinds;
    }

    /**
     * What happens to an answer that the caller leaves, of the attempt that begins now; empty: it is cancelled. On the event
     * loop.
     */
    public void drain(Optional<DrainPlan> plan) {
        leaving.plan(plan.orElse(null));
    }

    /** Who takes the answer of an attempt whose caller has left before it came; null: it is cancelled. Called when that happens. */
    public @Nullable UpstreamListener leftBehind(Runnable cancel) {
        return leaving.expected(cancel, ctx().channel().eventLoop());
    }

    /** Who reads the answer along. To be told before {@link #relay}, on the event loop. */
    public Taps taps() {
        return taps;
    }

    /** Whether the answer may begin: it is the first one, and somebody is there to read it. */
    private boolean begin() {
        if (answered) {
            LOG.debug("Call {} was answered already; the second answer is dropped", call.id());
            return false;
        }
        answered = true;
        if (over) {
            return false;
        }
        record.headLeaves();
        connection.encoder().answersHead(call.head().method().equals("HEAD"));
        if (connection.listener().draining()) {
            keepAlive = false;
        }
        return true;
    }

    private void frame(HttpHeaders headers) {
        keepAlive = AnswerHead.frame(headers, record.status(), http10, keepAlive);
        reusable = keepAlive;
    }

    /** Queues a piece of the body. */
    void write(HttpContent content) {
        int n = content.content().readableBytes();
        if (n > 0) {
            record.firstByte();
            record.bytes(n);
            if (eventStream) {
                tail.remember(content.content());
            }
        }
        Writes.queue(ctx(), content);
    }

    void flush() {
        if (!over) {
            ctx().flush();
        }
    }

    /** Sends the regular end. */
    void end(LastHttpContent last) {
        int n = last.content().readableBytes();
        if (n > 0) {
            record.firstByte();
            record.bytes(n);
        }
        send(last);
    }

    /**
     * Writes the receipt before the end of the answer leaves.
     *
     * @param rest how many bytes of the body are still to be sent
     * @param then run when the receipt is kept for good
     * @param otherwise run instead when the caller leaves before that
     */
    void bookFirst(long rest, Runnable then, Runnable otherwise) {
        source = null;
        unwritten = otherwise;
        connection.awaitsReader(this);
        booking.first(
                rest,
                () -> onLoop(() -> {
                    if (!over) {
                        unwritten = () -> {};
                        then.run();
                    }
                }));
    }

    private void onLoop(Runnable task) {
        if (ctx().executor().inEventLoop()) {
            task.run();
        } else {
            ctx().executor().execute(task);
        }
    }

    /** The end that should not be. */
    void broken(Failure failure) {
        over = true;
        source = null;
        call.failure(failure.kind());
        byte[] words = eventStream && !http10
                ? connection.listener().handler().lastWords(call, failure, tail.bytes())
                : new byte[0];
        record.bytes(words.length);
        reusable = false;
        if (http10) {
            // Without chunks a closed connection is a regular end: only a reset says that something is missing.
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        Writes.send(ctx(), new DefaultHttpContent(Unpooled.wrappedBuffer(words)), this);
        connection.awaitsReader(this);
    }

    /** The last write of this call has left, or has failed. */
    @Override
    public void operationComplete(ChannelFuture written) {
        if (!written.isSuccess()) {
            // The connection is broken: channelInactive follows and finds a call that nobody has settled yet.
            Writes.close(ctx());
            return;
        }
        settle();
        connection.finished(reusable);
    }

    private void settle() {
        booking.settle();
        memory.release();
    }

    /** Whether everything was handed to the socket. */
    boolean written() {
        return over;
    }

    void writabilityChanged(boolean writable) {
        Source from = source;
        if (from != null) {
            from.writable(writable);
        }
    }

    /** The client has left before its answer was complete. */
    void clientGone() {
        over = true;
        record.cancelled(connection.listener().ticker().nanos());
        body.dispose();
        unwritten.run();
        Source from = source;
        source = null;
        if (from != null) {
            leaving.left(from, ctx().channel().eventLoop());
        }
        call.hangUp();
        if (!leaving.drains()) {
            settle();
        }
    }
}
