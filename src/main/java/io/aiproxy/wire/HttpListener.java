package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.core.Ticker;
import io.aiproxy.wire.frames.CloseCause;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket and all connections accepted from it. Outlives every route set and every configuration. */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    /** How long WebSockets may take to say goodbye at the end. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final EventLoops loops;
    private final CallHandler handler;
    private final Books books;
    private final Supplier<Limits> limits;
    private final @Nullable ServerTls tls;
    private final RequestIds ids = new RequestIds();
    private final BodyBudget budget = new BodyBudget();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger calls = new AtomicInteger();
    /** Of them those that are no caller's: pages of operation, the admin API, questions of browsers before a call. */
    private final AtomicInteger pages = new AtomicInteger();

    private final Consumer<Call> page = this::page;
    private final Sockets sockets = new Sockets();
    private final Drains drains = new Drains();
    private volatile boolean draining;
    private @Nullable Channel socket;

    /**
     * @param loops the threads
     * @param handler the policy above
     * @param books is told what becomes of every call
     * @param limits asked at every new connection
     * @param tls the certificate, or null for plain HTTP
     */
    public HttpListener(
            EventLoops loops, CallHandler handler, Books books, Supplier<Limits> limits, @Nullable ServerTls tls) {
        this.loops = loops;
        this.handler = handler;
        this.books = books;
        this.limits = limits;
        this.tls = tls;
    }

    /** Opens the socket. {@code host} empty: every address, IPv4 and IPv6; {@code port} 0: a free one. */
    public void bind(String host, int port) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.acceptor(), loops.workers())
                .channel(EventLoops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 128 * 1024))
                .childHandler(new Initializer());
        InetSocketAddress address = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        try {
            socket = bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (Exception e) {
            // Netty throws the checked BindException unannounced.
            throw new IOException(
                    "cannot listen on " + (host.isEmpty() ? "*" : host) + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** Sets up one accepted connection. */
    private final class Initializer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            Limits now = limits.get();
            if (draining || (now.maxConnections() > 0 && connections.size() >= now.maxConnections())) {
                channel.unsafe().closeForcibly();
                return;
            }
            connections.add(channel);
            ServerTls secure = tls;
            if (secure != null) {
                channel.pipeline().addLast(secure.handler(channel.alloc()));
            }
            ResponseEncoder encoder = new ResponseEncoder();
            channel.pipeline()
                    .addLast(new RequestDecoder(now.requestHead()))
                    .addLast(encoder)
                    .addLast(new ServerConnection(HttpListener.this, encoder));
        }
    }

    /** The port in use. */
    public int port() {
        Channel bound = socket;
        return bound == null ? -1 : ((InetSocketAddress) bound.localAddress()).getPort();
    }

    /** Calls whose answer has not left completely. */
    public int activeCalls() {
        return calls.get();
    }

    /** Of the active calls those that count: not those of operational pages, such as the page that shows this number. */
    public int countedCalls() {
        return Math.max(0, calls.get() - pages.get());
    }

    /** Open WebSockets. */
    public Sockets sockets() {
        return sockets;
    }

    /** Open client connections. */
    public int openConnections() {
        return connections.size();
    }

    /** Bytes of request bodies held at the moment. */
    public long bodyBytesHeld() {
        return budget.held();
    }

    /** Whether the listener is on its way out. */
    public boolean draining() {
        return draining;
    }

    /**
     * Stops accepting, closes idle connections, and waits until running answers are complete and WebSockets are closed, at
     * most {@code grace}; then tells the WebSockets that are left to close, and breaks what does not end. Blocks; not to be
     * called on an event loop.
     *
     * @return how many calls were broken
     */
    public int drain(Duration grace) throws InterruptedException {
        draining = true;
        Channel bound = socket;
        if (bound != null) {
            bound.close().syncUninterruptibly();
        }
        connections.forEach(c -> c.eventLoop().execute(() -> {
            ServerConnection connection = c.pipeline().get(ServerConnection.class);
            if (connection != null) {
                connection.drain();
            }
        }));
        long end = System.nanoTime() + grace.toNanos();
        while (((!connections.isEmpty() && busy()) || drains.open() > 0) && end - System.nanoTime() > 0) {
            Thread.sleep(10);
        }
        drains.close();
        farewell();
        int left = calls.get();
        if (left > 0) {
            LOG.warn("{} running answer(s) did not end within the grace period of {} and are cut off", left, grace);
        }
        connections.close().awaitUninterruptibly(2000);
        sockets.cutAll();
        awaitSockets();
        awaitDrains();
        return left;
    }

    private boolean busy() {
        return calls.get() > 0 || sockets.open() > 0;
    }

    private void farewell() throws InterruptedException {
        if (sockets.open() > 0) {
            LOG.info("{} open WebSocket(s) are told to close", sockets.open());
        }
        sockets.closeAll(CloseCause.SHUTDOWN);
        awaitSockets();
    }

    private void awaitSockets() throws InterruptedException {
        long end = System.nanoTime() + FAREWELL.toNanos();
        while (sockets.open() > 0 && end - System.nanoTime() > 0) {
            Thread.sleep(10);
        }
    }

    private void awaitDrains() throws InterruptedException {
        long end = System.nanoTime() + FAREWELL.toNanos();
        while (drains.open() > 0 && end - System.nanoTime() > 0) {
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        draining = true;
        drains.close();
        Channel bound = socket;
        if (bound != null) {
            bound.close().syncUninterruptibly();
        }
        connections.close().awaitUninterruptibly(2000);
    }

    Limits limits() {
        return limits.get();
    }

    CallHandler handler() {
        return handler;
    }

    Books books() {
        return books;
    }

    Drains drains() {
        return drains;
    }

    Ticker ticker() {
        return books.clock();
    }

    RequestIds ids() {
        return ids;
    }

    BodyBudget budget() {
        return budget;
    }

    boolean secure() {
        return tls != null;
    }

    void callBegan(Call call) {
        calls.incrementAndGet();
        call.whenUncounted(page);
    }

    private void page(Call call) {
        pages.incrementAndGet();
        call.whenOver(pages::decrementAndGet);
    }

    void callEnded() {
        calls.decrementAndGet();
    }
}
