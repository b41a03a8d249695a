package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong with a request's head (RFC 9110, RFC 9112) before anybody acts on it. */
final class RequestCheck {
    private RequestCheck() {}

    /** What is wrong, or null. */
    static @Nullable Failure problem(HttpRequest request) {
        Throwable cause = request.decoderResult().cause();
        if (cause != null) {
            return undecodable(cause);
        }
        if (!isToken(request.method().name())) {
            return bad("the request method is not a token");
        }
        Failure target = target(request);
        return target != null ? target : fields(request);
    }

    /** What a decoder's exception means to the caller. */
    static Failure undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Failure.of(FailureKind.URI_TOO_LONG, "the request line is longer than the gateway accepts");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Failure.of(FailureKind.HEADERS_TOO_LARGE, "the request headers are larger than the gateway accepts");
        }
        // The decoder's own words may quote the request, and so a key: they are not passed on.
        return bad("the request is not well-formed HTTP/1.1 (request line, header fields or chunked body)");
    }

    private static @Nullable Failure target(HttpRequest request) {
        String uri = request.uri();
        boolean form = uri.startsWith("/")
                || uri.regionMatches(true, 0, "http://", 0, 7)
                || uri.regionMatches(true, 0, "https://", 0, 8)
                || (uri.equals("*") && request.method().name().equals("OPTIONS"));
        if (!form) {
            return bad("the request target must be a path that begins with /");
        }
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return bad("the request target contains a character that must be percent-encoded");
            }
        }
        return null;
    }

    private static @Nullable Failure fields(HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            return bad("more than one Host header");
        }
        boolean http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (!http11 && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return bad("only HTTP/1.1 and HTTP/1.0 are spoken here");
        }
        if (hosts.isEmpty() && http11) {
            return bad("the Host header is missing");
        }
        String encoding = request.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (encoding != null && !http11) {
            return bad("Transfer-Encoding is not part of HTTP/1.0");
        }
        if (encoding != null
                && (!encoding.trim().equalsIgnoreCase("chunked")
                        || request.headers()
                                        .getAll(HttpHeaderNames.TRANSFER_ENCODING)
                                        .size()
                                > 1)) {
            return bad("Transfer-Encoding other than chunked is not supported");
        }
        return null;
    }

    private static Failure bad(String what) {
        return Failure.of(FailureKind.INVALID_REQUEST, what);
    }

    /** RFC 9110, 5.6.2. */
    static boolean isToken(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ok = (c >= '0' && c <= '9')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    /** The path and query of an absolute-form target (RFC 9112, 3.2.2); any other target as it is. */
    static String originForm(String uri) {
        if (uri.startsWith("/") || uri.equals("*")) {
            return uri;
        }
        int slash = uri.indexOf('/', uri.indexOf("//") + 2);
        int query = uri.indexOf('?');
        if (slash < 0 || (query >= 0 && query < slash)) {
            return query < 0 ? "/" : "/" + uri.substring(query);
        }
        return uri.substring(slash);
    }
}
