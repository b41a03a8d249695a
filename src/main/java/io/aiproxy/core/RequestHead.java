package io.aiproxy.core;

import java.net.InetSocketAddress;

/**
 * The head of a caller's request exactly as it arrived.
 *
 * @param method the method's token, e.g. {@code POST}
 * @param target path and query byte for byte, e.g. {@code /v1/files?limit=2}; never an absolute URI
 * @param headers the fields
 * @param peer the address of the TCP connection's other end (which may be a trusted proxy, not the client)
 * @param secure whether the connection to the gateway is TLS
 */
public record RequestHead(String method, String target, Headers headers, InetSocketAddress peer, boolean secure) {

    /** The target up to the question mark, undecoded. */
    public String path() {
        int q = target.indexOf('?');
        return q < 0 ? target : target.substring(0, q);
    }

    /** The target behind the question mark, undecoded; empty when there is none. */
    public String query() {
        int q = target.indexOf('?');
        return q < 0 ? "" : target.substring(q + 1);
    }

    /**
     * Whether this asks for a WebSocket. RFC 6455, 4.1: a GET that says so in both headers. Anything less (Java's h2c offer,
     * a {@code Connection: Upgrade} alone) is an ordinary request.
     */
    public boolean asksForWebSocket() {
        if (!"websocket".equalsIgnoreCase(headers.get("upgrade")) || !method.equals("GET")) {
            return false;
        }
        for (String value : headers.all("connection")) {
            for (String option : value.split(",", -1)) {
                if (option.strip().equalsIgnoreCase("upgrade")) {
                    return true;
                }
            }
        }
        return false;
    }
}
