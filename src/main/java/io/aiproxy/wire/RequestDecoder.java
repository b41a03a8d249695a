package io.aiproxy.wire;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder, strict where leniency would let two servers read one request differently (request smuggling). */
final class RequestDecoder extends HttpRequestDecoder {
    RequestDecoder(int maxHead) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(maxHead)
                .setMaxHeaderSize(maxHead)
                .setMaxChunkSize(64 * 1024)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setValidateHeaders(true));
    }

    /** Whether bytes wait here for others, without which they are nothing whole. */
    boolean holdsBytes() {
        return actualReadableBytes() > 0;
    }

    /** RFC 9112, 6.3: a request with both is either ill-meant or broken; Netty would drop the length and go on. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
    }
}
