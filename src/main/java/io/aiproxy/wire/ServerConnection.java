package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
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
 * leaving. In the last case the running call is told, and its upstream request is cancelled; requests of which the head has
 * arrived, but not yet the end or their turn, are booked. A body that stalls is refused, too.
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
    private @Nullable Arriving arriving;
    private long headDeadline;
    private @Nullable ServerCall current;
    private boolean left;
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
        boolean halfHead = !decoded && current == null && arriving == null && !discarding;
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
                Arriving request = arriving;
                if (request != null && !discarding) {
                    content(request, content);
                }
            } finally {
                content.release();
            }
        }
    }

    private void begin(HttpRequest request) {
        headDeadline = 0;
        Arriving begun = new Arriving(request, listener, limits);
        arriving = begun;
        Failure problem = begun.problem();
        if (problem != null) {
            refuse(begun, problem);
            return;
        }
        deadline().in(limits.bodyTimeout().toNanos());
        if (begun.expectsContinue() && !left) {
            Writes.send(ctx(), new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    private void content(Arriving request, HttpContent content) {
        Failure problem = request.add(content);
        if (problem != null) {
            refuse(request, problem);
            return;
        }
        deadline().in(limits.bodyTimeout().toNanos());
        if (content instanceof LastHttpContent) {
            dispatch(request);
        }
    }

    private void dispatch(Arriving request) {
        if (left) {
            unheard(request);
            return;
        }
        ServerCall call = open(request, true);
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

    private void refuse(Arriving request, Failure failure) {
        discarding = true;
        if (left) {
            unheard(request);
            return;
        }
        ServerCall call = open(request, false);
        call.call().failure(failure.kind());
        call.closeAfterwards();
        call.respond(listener.handler().refusal(call.call(), failure));
    }

    /** The caller has left within this request, or before its turn came: it is booked, and nothing else. */
    private void unheard(Arriving request) {
        ServerCall call = open(request, false);
        listener.handler().unfinished(call.call());
        gone(call);
    }

    private void gone(ServerCall call) {
        current = null;
        listener.callEnded();
        call.clientGone();
    }

    private ServerCall open(Arriving request, boolean whole) {
        arriving = null;
        deadline().clear();
        Call call = request.call(ctx().channel(), whole);
        ServerCall opened = new ServerCall(this, call, request.memory(), request.keepAlive(), request.http10());
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
        Arriving request = arriving;
        if (request != null) {
            refuse(request, request.tooLate());
            return;
        }
        ServerCall call = current;
        if (call != null) {
            LOG.debug("Call {}: the caller has not read for {}", call.call().id(), limits.stallTimeout());
        }
        Writes.close(ctx());
    }

    /** Closes at once if nothing is going on; otherwise the running answer is the last one. */
    void drain() {
        if (current == null && arriving == null) {
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
        left = true;
        ServerCall call = current;
        if (call != null) {
            discarding |= call.call().handshake(); // what came behind it may be frames
            gone(call);
        }
        while (!discarding && !waiting.isEmpty()) {
            accept(waiting.poll());
        }
        Arriving half = arriving;
        if (half != null) {
            unheard(half);
        }
        discarding = true;
        releaseWaiting();
        deadline().end();
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
