package io.aiproxy.wire;

import io.aiproxy.core.Body;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Target;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes one request upstream. A large body goes out in slices, only as fast as the socket takes them: written at once,
 * Netty would copy all of it into direct memory.
 */
final class RequestWriter {
    private static final int SLICE = 64 * 1024;

    private final UpstreamRequest request;
    private final List<byte[]> segments;
    private int segment;
    private int offset;
    private boolean done;

    RequestWriter(UpstreamRequest request) {
        this.request = request;
        this.segments = request.body().segments();
    }

    /** Whether the last byte was handed to the socket. */
    boolean done() {
        return done;
    }

    /** Writes the head, and the body as far as the socket takes it. */
    void start(ChannelHandlerContext ctx) {
        HttpMethod method = HttpMethod.valueOf(request.call().head().method());
        HttpHeaders headers = headers();
        Body body = request.body();
        if (body.size() <= SLICE) {
            done = true;
            byte[][] parts = segments.toArray(byte[][]::new);
            Writes.send(
                    ctx,
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            method,
                            uri(),
                            Unpooled.wrappedBuffer(parts),
                            headers,
                            EmptyHttpHeaders.INSTANCE));
            return;
        }
        Writes.queue(ctx, new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, uri(), headers));
        more(ctx);
    }

    /** Writes more of the body, as far as the socket takes it. */
    void more(ChannelHandlerContext ctx) {
        while (!done && ctx.channel().isWritable()) {
            byte[] bytes = segments.get(segment);
            int n = Math.min(SLICE, bytes.length - offset);
            Writes.queue(ctx, new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, offset, n)));
            offset += n;
            if (offset == bytes.length) {
                segment++;
                offset = 0;
            }
            if (segment == segments.size()) {
                done = true;
                Writes.queue(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
        ctx.flush();
    }

    /** An HTTP (not HTTPS) request through a forward proxy names the whole URI (RFC 9112, 3.2.2). */
    private String uri() {
        Target target = request.target();
        return absoluteForm() ? target.origin() + request.uri() : request.uri();
    }

    private boolean absoluteForm() {
        Target target = request.target();
        return target.egress().isPresent() && !target.origin().tls() && !request.handshake();
    }

    private HttpHeaders headers() {
        HttpHeaders out =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        out.set(HttpHeaderNames.HOST, request.host());
        Headers caller = request.call().head().headers();
        if (caller instanceof NettyHeaders netty) {
            copy(netty.fields(), out);
        }
        List<Map.Entry<String, String>> set = request.edits().set();
        for (int i = 0; i < set.size(); i++) {
            out.set(set.get(i).getKey(), set.get(i).getValue());
        }
        if (announcesBody(caller)) {
            out.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(request.body().size()));
        }
        if (request.handshake()) {
            out.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            out.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        }
        if (absoluteForm()) {
            request.target().egress().flatMap(RequestWriter::basic).ifPresent(v -> out.set("proxy-authorization", v));
        }
        return out;
    }

    private void copy(HttpHeaders from, HttpHeaders to) {
        List<String> nominated = HopByHop.nominated(from);
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            String name = field.getKey().toString();
            if (!HopByHop.contains(name)
                    && !isFraming(name)
                    && !request.edits().removes(name)
                    && (nominated.isEmpty() || nominated.stream().noneMatch(name::equalsIgnoreCase))) {
                to.add(field.getKey(), field.getValue());
            }
        }
    }

    /** Fields that the gateway writes itself: the body is whole by now, so nobody has to wait for a 100. */
    private static boolean isFraming(String name) {
        return switch (name.length()) {
            case 4 -> name.equalsIgnoreCase("host");
            case 6 -> name.equalsIgnoreCase("expect");
            case 14 -> name.equalsIgnoreCase("content-length");
            default -> false;
        };
    }

    private boolean announcesBody(Headers caller) {
        return !request.body().isEmpty() || caller.contains("content-length") || caller.contains("transfer-encoding");
    }

    private static Optional<String> basic(Target.Egress egress) {
        return egress.user().map(user -> {
            String pair = user + ":" + egress.password().map(Secret::reveal).orElse("");
            return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        });
    }
}
