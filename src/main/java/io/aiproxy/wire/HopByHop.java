package io.aiproxy.wire;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/**
 * Header fields that concern one connection and never travel through (RFC 9110, 7.6.1), among them what Java's
 * HttpClient sends to offer h2c.
 */
final class HopByHop {
    private HopByHop() {}

    static boolean contains(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("te");
            case 7 -> name.equalsIgnoreCase("trailer") || name.equalsIgnoreCase("upgrade");
            case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
            case 14 -> name.equalsIgnoreCase("http2-settings");
            case 16 -> name.equalsIgnoreCase("proxy-connection");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            case 18 -> name.equalsIgnoreCase("proxy-authenticate");
            case 19 -> name.equalsIgnoreCase("proxy-authorization");
            default -> false;
        };
    }

    /** Names that a Connection field declares to be hop-by-hop too; empty in all but odd cases. */
    static List<String> nominated(HttpHeaders headers) {
        String connection = headers.get(HttpHeaderNames.CONNECTION);
        if (connection == null || connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close")) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String name : value.split(",", -1)) {
                names.add(name.trim());
            }
        }
        return names;
    }

    /** Removes them all from {@code headers}, which it returns, except {@code Transfer-Encoding}, which framing looks at first. */
    static HttpHeaders strip(HttpHeaders headers) {
        for (String name : nominated(headers)) {
            if (!name.isEmpty() && !name.equalsIgnoreCase("transfer-encoding")) {
                headers.remove(name);
            }
        }
        headers.remove(HttpHeaderNames.CONNECTION)
                .remove("keep-alive")
                .remove(HttpHeaderNames.UPGRADE)
                .remove(HttpHeaderNames.TE)
                .remove(HttpHeaderNames.TRAILER)
                .remove(HttpHeaderNames.PROXY_AUTHENTICATE)
                .remove("proxy-connection");
        return headers;
    }
}
