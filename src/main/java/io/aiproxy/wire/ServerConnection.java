package io.aiproxy.wire;

import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reading side of one client connection: the call gate and the body collector.
 *
 * <p><b>One call at a time.</b> From the moment a request is complete until the last byte of its answer has left, what
 * arrives meanwhile (pipelined requests) waits in {@code waiting}; answers therefore leave in the order of the
 * requests. Reading goes on all the while, because only reading notices that the client has hung up; it stops when
 * {@link #MAX_WAITING} objects wait.
 *
 * <p><b>Ends.</b> A request can end in a dispatch to the {@link CallHandler}, in a refusal by the wire (ill-formed, too
 * large; the connection is closed behind it, because where the next request would begin is unknown), or in the client's
 * leaving. In the last case the running call is told, and its upstream request is cancelled.
 *
 * <p>Confined to the connection's event loop.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final int MAX_WAITING = 16;
    /** How long and how much of an unread request is thrown away, so that the client can read its refusal. */
    private static final long LINGER_SECONDS = 3;

    private final HttpListener listener;
    private final ResponseEncoder encoder;
    private final Limits limits;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>(4);

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Deadline deadline;
    private @Nullable HttpRequest head;
    private @Nullable BodyCollector collector;
    private long announced;
    private long headDeadline;
    private long headNanos;
    private long headMillis;
    private @Nullable ServerCall current;
    private boolean decoded;
    private boolean discarding;
    private boolean emptying;

    ServerConnection(HttpListener listener, ResponseEncoder encoder) {
        this.listener = listener;
        this.encoder = encoder;
        this.limits = listener.limits();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        deadline = new Deadline(context.executor(), this::expired);
    }

    ChannelHandlerContext ctx() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    Deadline deadline() {
        Deadline d = deadline;
        if (d == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return d;
    }

    HttpListener listener() {
        return listener;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline().in(limits.headTimeout().toNanos());
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        decoded = true;
        if (discarding) {
            ReferenceCountUtil.release(message);
        } else if (current != null || !waiting.isEmpty()) {
            waiting.add(message);
            if (waiting.size() >= MAX_WAITING) {
                context.channel().config().setAutoRead(false);
            }
        } else {
            accept(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        boolean halfHead = !decoded && current == null && head == null && !discarding;
        decoded = false;
        if (halfHead && headDeadline == 0) {
            // Bytes came, but no whole head yet: from now on the head's time runs, and more bytes do not prolong it.
            headDeadline = System.nanoTime() + limits.headTimeout().toNanos();
            deadline().at(headDeadline);
        }
        context.fireChannelReadComplete();
    }

    private void accept(Object message) {
        if (message instanceof HttpRequest request) {
            begin(request);
        }
        if (message instanceof HttpContent content) {
            try {
                if (head != null && !discarding) {
                    content(content);
                }
            } finally {
                content.release();
            }
        }
    }

    private void begin(HttpRequest request) {
        headNanos = listener.ticker().nanos();
        headMillis = listener.ticker().millis();
        headDeadline = 0;
        head = request;
        collector = new BodyCollector(listener.budget());
        Failure problem = RequestCheck.problem(request);
        announced = problem == null ? HttpUtil.getContentLength(request, -1L) : -1;
        if (problem == null && announced > limits.requestBody()) {
            problem = tooLarge();
        }
        if (problem != null) {
            refuse(problem);
            return;
        }
        deadline().in(limits.bodyTimeout().toNanos());
        if (HttpUtil.is100ContinueExpected(request)) {
            Writes.send(ctx(), new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    private Failure tooLarge() {
        return Failure.of(
                FailureKind.REQUEST_TOO_LARGE,
                "the request body is larger than the " + limits.requestBody()
                        + " bytes that this gateway accepts (system.yaml: limits.request_body)");
    }

    private void content(HttpContent content) {
        BodyCollector body = collector;
        if (body == null) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            refuse(RequestCheck.undecodable(content.decoderResult().cause()));
            return;
        }
        if (body.size() + content.content().readableBytes() > limits.requestBody()) {
            refuse(tooLarge());
            return;
        }
        long expected = announced < 0 ? -1 : announced - body.size();
        if (!body.add(content.content(), expected, limits.requestBodiesTotal())) {
            refuse(new Failure(
                    FailureKind.GATEWAY_OVERLOADED,
                    "the gateway holds too many large requests at the moment; try again shortly",
                    Optional.of(Duration.ofSeconds(1))));
            return;
        }
        deadline().in(limits.bodyTimeout().toNanos());
        if (content instanceof LastHttpContent) {
            dispatch(body);
        }
    }

    private void dispatch(BodyCollector body) {
        ServerCall call = open(body.body(), body);
        if (call == null) {
            return;
        }
        try {
            listener.handler().handle(call);
        } catch (RuntimeException e) {
            LOG.error("The call {} could not be handled", call.call().id(), e);
            call.respond(listener.handler()
                    .refusal(
                            call.call(),
                            Failure.of(FailureKind.INTERNAL_ERROR, "the gateway failed to handle the request")));
        }
    }

    private void refuse(Failure failure) {
        BodyCollector body = collector;
        discarding = true;
        if (body == null) {
            return;
        }
        ServerCall call = open(Body.EMPTY, body);
        if (call != null) {
            call.call().failure(failure.kind());
            call.closeAfterwards();
            call.respond(listener.handler().refusal(call.call(), failure));
        }
    }

    private @Nullable ServerCall open(Body body, BodyCollector memory) {
        HttpRequest request = head;
        if (request == null) {
            return null;
        }
        head = null;
        collector = null;
        deadline().clear();
        RequestHead callHead = new RequestHead(
                request.method().name(),
                RequestCheck.originForm(request.uri()),
                new NettyHeaders(request.headers()),
                (InetSocketAddress) ctx().channel().remoteAddress(),
                listener.secure());
        Call call = new Call(
                listener.ids().next(headMillis),
                callHead,
                body,
                ctx().executor(),
                new Call.Started(headNanos, headMillis, listener.ticker().nanos()));
        boolean http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        ServerCall opened = new ServerCall(this, call, memory, HttpUtil.isKeepAlive(request), http10);
        current = opened;
        listener.callBegan(call);
        return opened;
    }

    /** The answer has left completely (or the call has no answer to wait for any more): the next request may go on. */
    void finished(boolean keepAlive) {
        current = null;
        listener.callEnded();
        if (!keepAlive || listener.draining()) {
            closeGently();
            return;
        }
        deadline().in(limits.keepAlive().toNanos());
        if (emptying) {
            return;
        }
        emptying = true;
        while (current == null && !discarding && !waiting.isEmpty()) {
            accept(waiting.poll());
        }
        emptying = false;
        if (waiting.size() < MAX_WAITING && !ctx().channel().config().isAutoRead()) {
            ctx().channel().config().setAutoRead(true);
        }
    }

    /**
     * What a caller may not do who has asked for a WebSocket (RFC 6455, 4.1): send on before the answer; null if it did not.
     * If it did, nothing more is read of it: nobody knows whether that is HTTP or frames.
     */
    @Nullable
    Failure tooEarly(ServerCall call) {
        if (waiting.isEmpty() && !ctx().pipeline().get(RequestDecoder.class).holdsBytes()) {
            return null;
        }
        discarding = true;
        call.closeAfterwards();
        return Failure.of(FailureKind.INVALID_REQUEST, "bytes came behind the WebSocket handshake before its answer");
    }

    /** The connection has become a WebSocket: {@code relay} gets everything that comes from here on. */
    void handOver(SocketRelay relay, SocketPlan plan) {
        current = null;
        deadline().end();
        ChannelPipeline pipeline = ctx().pipeline();
        pipeline.remove(encoder);
        pipeline.replace(this, null, relay.caller());
        pipeline.remove(RequestDecoder.class);
        relay.start(plan);
        listener.callEnded(); // not before the socket counts as open: a stop waits for both
    }

    /** The last byte waits for a caller who may never read it. */
    void awaitsReader(ServerCall call) {
        if (current == call) {
            deadline().in(limits.stallTimeout().toNanos());
        }
    }

    /** Closes so that the client can still read what was sent, even if it is still sending itself. */
    private void closeGently() {
        ChannelHandlerContext context = ctx();
        releaseWaiting();
        boolean unread = discarding;
        discarding = true;
        deadline().clear();
        if (unread && context.channel() instanceof DuplexChannel duplex && !listener.secure()) {
            duplex.shutdownOutput().addListener(f -> {
                if (!f.isSuccess()) {
                    Writes.close(context);
                }
            });
            context.channel().config().setAutoRead(true);
            deadline().in(TimeUnit.SECONDS.toNanos(LINGER_SECONDS));
        } else {
            Writes.close(context);
        }
    }

    private void expired() {
        ServerCall call = current;
        if (call != null) {
            LOG.debug("Call {}: the caller has not read for {}", call.call().id(), limits.stallTimeout());
        }
        Writes.close(ctx());
    }

    /** Closes at once if nothing is going on; otherwise the running answer is the last one. */
    void drain() {
        if (current == null && head == null) {
            Writes.close(ctx());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ServerCall call = current;
        if (call != null) {
            boolean writable = context.channel().isWritable();
            if (writable && !call.written()) {
                deadline().clear();
            } else {
                deadline().in(limits.stallTimeout().toNanos());
            }
            call.writabilityChanged(writable);
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline().end();
        releaseWaiting();
        discarding = true;
        BodyCollector half = collector;
        collector = null;
        head = null;
        if (half != null) {
            half.release();
        }
        ServerCall call = current;
        if (call != null) {
            current = null;
            listener.callEnded();
            call.clientGone();
        }
        context.fireChannelInactive();
    }

    private void releaseWaiting() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("Client connection {} failed: {}", context.channel().remoteAddress(), cause.toString());
        Writes.close(context);
    }
}
