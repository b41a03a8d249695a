package io.aiproxy.testing;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** One request that an {@link Http2Upstream} has got, and the means to answer it frame by frame, from any thread. */
public final class Http2Exchange {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Http2StreamChannel stream;
    private final int connection;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private volatile Http2Headers head = new DefaultHttp2Headers();
    private volatile boolean complete;
    private volatile boolean closed;
    private volatile long reset = -1;

    Http2Exchange(Http2StreamChannel stream, int connection) {
        this.stream = stream;
        this.connection = connection;
    }

    void head(Http2Headers headers) {
        head = headers;
    }

    synchronized void body(byte[] bytes) {
        body.writeBytes(bytes);
    }

    void complete() {
        complete = true;
    }

    void closed() {
        closed = true;
    }

    void resetBy(long code) {
        reset = code;
    }

    /** The value of a field or pseudo-field; empty when there is none. */
    public String header(String name) {
        CharSequence value = head.get(name);
        return value == null ? "" : value.toString();
    }

    /** All names as they were sent. */
    public List<String> names() {
        return StreamSupport.stream(head.spliterator(), false)
                .map(Map.Entry::getKey)
                .map(CharSequence::toString)
                .toList();
    }

    /** Which connection, from 1. */
    public int connection() {
        return connection;
    }

    /** The whole body; waits for its end. */
    public byte[] awaitBody() {
        await("the end of the request").atMost(PATIENCE).until(() -> complete);
        synchronized (this) {
            return body.toByteArray();
        }
    }

    /** Blocks until the gateway has reset this stream; the error code. */
    public long awaitReset() {
        await("a reset of the stream").atMost(PATIENCE).until(() -> reset >= 0);
        return reset;
    }

    /** Whether the stream is over, one way or the other. */
    public boolean isClosed() {
        return closed;
    }

    /** Sends a head. */
    public Http2Exchange head(int status, boolean end, String... namesAndValues) {
        Http2Headers headers = fields(namesAndValues).status(Integer.toString(status));
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end));
        return this;
    }

    private static Http2Headers fields(String... namesAndValues) {
        Http2Headers headers = new DefaultHttp2Headers();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    /** Sends a piece of the body. */
    public Http2Exchange data(String text, boolean end) {
        return data(text.getBytes(StandardCharsets.UTF_8), end);
    }

    /** Sends a piece of the body. */
    public Http2Exchange data(byte[] bytes, boolean end) {
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), end));
        return this;
    }

    /** Sends trailers, which end the answer. */
    public Http2Exchange trailers(String... namesAndValues) {
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(fields(namesAndValues), true));
        return this;
    }

    /** A whole JSON answer. */
    public Http2Exchange json(int status, String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        head(status, false, "content-type", "application/json", "content-length", Integer.toString(length));
        return data(text, true);
    }

    /** The head of an event stream. */
    public Http2Exchange sse() {
        return head(200, false, "content-type", "text/event-stream");
    }

    /** Breaks the stream off. */
    public Http2Exchange reset(Http2Error error) {
        stream.writeAndFlush(new DefaultHttp2ResetFrame(error));
        return this;
    }

    /** Says on the connection that no new streams are taken; those that are open go on, or later ones are dropped. */
    public Http2Exchange goAway(boolean thisOneToo) {
        DefaultHttp2GoAwayFrame frame = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
        if (!thisOneToo) {
            frame.setExtraStreamIds(0);
        } else {
            frame.setExtraStreamIds(10);
        }
        stream.parent().writeAndFlush(frame);
        return this;
    }

    /** The connection below. */
    public Channel connectionChannel() {
        return stream.parent();
    }
}
