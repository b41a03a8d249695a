package io.aiproxy.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;

/**
 * Makes of an HTTP/2 stream's answer what an HTTP/1.1 connection would have delivered: a head and contents as objects of
 * their own (Netty joins them when the head ends the stream), without the fields that Netty adds about the stream.
 */
final class Http2Answers extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpResponse response) {
            clean(response.headers());
        }
        if (message instanceof FullHttpResponse whole) {
            DefaultHttpResponse head =
                    new DefaultHttpResponse(whole.protocolVersion(), whole.status(), whole.headers());
            head.setDecoderResult(whole.decoderResult());
            ctx.fireChannelRead(head);
            ctx.fireChannelRead(new DefaultLastHttpContent(whole.content(), whole.trailingHeaders()));
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private static void clean(HttpHeaders headers) {
        for (ExtensionHeaderNames name : ExtensionHeaderNames.values()) {
            headers.remove(name.text());
        }
    }
}
