package io.aiproxy.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.NettyServerBootstrapConfiguration;
import org.apache.camel.component.netty.NettyServerBootstrapFactory;
import org.apache.camel.component.netty.http.HttpServerConsumerChannelFactory;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.component.netty.http.NettySharedHttpServer;
import org.apache.camel.component.netty.http.NettySharedHttpServerBootstrapConfiguration;

/**
 * Stands in for the server that camel-netty-http would open: {@code nettySharedHttpServer: "#gateway"} in a route. The
 * consumer, its URI and its life are Camel's; socket, pipeline and response are the wire's. Starting and stopping a route
 * therefore only registers and unregisters a consumer with the {@link Mux}, and never touches a connection.
 */
public final class SharedServer implements NettySharedHttpServer {
    private final Mux mux;
    private final IntSupplier port;
    private final boolean operational;
    private final Registrar registrar = new Registrar();

    /**
     * A server whose calls go through {@code mux}.
     *
     * @param operational whether what its routes serve are operational pages, which are not counted
     */
    public SharedServer(Mux mux, IntSupplier port, boolean operational) {
        this.mux = mux;
        this.operational = operational;
        this.port = port;
    }

    /** Who decides which consumer takes a call. */
    public Mux mux() {
        return mux;
    }

    /** Takes consumers; everything about sockets is done elsewhere. */
    private final class Registrar implements NettyServerBootstrapFactory {
        @Override
        public void addConsumer(NettyConsumer consumer) {
            mux.add((NettyHttpConsumer) consumer, operational);
        }

        @Override
        public void removeConsumer(NettyConsumer consumer) {
            mux.remove((NettyHttpConsumer) consumer);
        }

        @Override
        public void init(CamelContext c, NettyServerBootstrapConfiguration b, ChannelInitializer<Channel> p) {
            // the socket is not Camel's
        }

        @Override
        public void init(ThreadFactory t, NettyServerBootstrapConfiguration b, ChannelInitializer<Channel> p) {
            // the socket is not Camel's
        }

        @Override
        public void addChannel(Channel channel) {
            // connections are the wire's
        }

        @Override
        public void removeChannel(Channel channel) {
            // connections are the wire's
        }

        @Override
        public void start() {
            // open already
        }

        @Override
        public void stop() {
            // stays open
        }

        @Override
        public void suspend() {
            // stays open
        }

        @Override
        public void resume() {
            // never suspended
        }

        @Override
        public boolean isSuspended() {
            return false;
        }
    }

    @Override
    public NettyServerBootstrapFactory getServerBootstrapFactory() {
        return registrar;
    }

    /** Camel asks before the socket is open; a port it does not know must not be 0 for it. */
    @Override
    public int getPort() {
        return Math.max(1, port.getAsInt());
    }

    @Override
    public int getConsumersSize() {
        return mux.size();
    }

    @Override
    public HttpServerConsumerChannelFactory getConsumerChannelFactory() {
        throw new UnsupportedOperationException("consumers are called directly and have no channel handlers");
    }

    @Override
    public void setNettyServerBootstrapConfiguration(NettySharedHttpServerBootstrapConfiguration configuration) {
        throw new UnsupportedOperationException("the listener is configured by the gateway's own settings");
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        // serves every route set
    }

    @Override
    public void setStartServer(boolean startServer) {
        // the gateway opens it, once its routes stand
    }

    @Override
    public void setThreadNamePattern(String pattern) {
        // the threads are the wire's
    }

    @Override
    public void start() {
        // open already
    }

    @Override
    public void stop() {
        // stays open
    }
}
