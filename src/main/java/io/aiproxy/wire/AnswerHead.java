package io.aiproxy.wire;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;

/** The framing of answers: how a client knows where one ends and whether another may follow (RFC 9112, 6 and 9). */
final class AnswerHead {
    private AnswerHead() {}

    /** The fields of an answer of the gateway's own. */
    static void set(HttpHeaders headers, Answer answer) {
        answer.headers().forEach(e -> headers.add(e.getKey(), e.getValue()));
    }

    /**
     * Decides how the client will know where the body ends.
     *
     * @param keepAlive whether the connection may stay open as far as anybody else is concerned
     * @return whether it may
     */
    static boolean frame(HttpHeaders headers, int status, boolean http10, boolean keepAlive) {
        boolean open = keepAlive;
        boolean length = headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (!length && mayHaveBody(status)) {
            if (http10) {
                open = false;
            } else {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        connection(headers, http10, open);
        return open;
    }

    private static boolean mayHaveBody(int status) {
        return status != 204 && status != 304 && status >= 200;
    }

    /** Says what becomes of the connection, where the version does not say it. */
    static void connection(HttpHeaders headers, boolean http10, boolean keepAlive) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** Whether it is a stream of events that can be read in passing. */
    static boolean eventStream(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && is(type, "text/event-stream") && !headers.contains(HttpHeaderNames.CONTENT_ENCODING);
    }

    /** Whether it may be one that does not say so: model servers of one's own forget the type, or call it text. */
    static boolean mayBeEventStream(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return (type == null || is(type, "text/plain")) && !headers.contains(HttpHeaderNames.CONTENT_ENCODING);
    }

    private static boolean is(String type, String which) {
        return type.regionMatches(true, 0, which, 0, which.length());
    }
}
