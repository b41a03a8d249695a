package io.aiproxy.access;

import io.aiproxy.core.Networks;
import io.aiproxy.core.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the address a request comes from. Pure, called on event loops; no name is ever looked up. */
public final class ClientAddress {
    private static final String FORWARDED_FOR = "x-forwarded-for";
    private static final InetAddress UNKNOWN = unknown();

    private ClientAddress() {}

    /**
     * The connection's peer, unless it is a trusted proxy: then {@code X-Forwarded-For} is walked from right to left past
     * trusted addresses to the first one that is not. Whatever stands further left was written by somebody who is not
     * trusted. An entry that is no address ends the walk at the last good one; all entries trusted: the leftmost.
     */
    public static InetAddress of(RequestHead head, Networks trustedProxies) {
        InetAddress client = peer(head.peer());
        if (trustedProxies.isEmpty() || !trustedProxies.contains(client)) {
            return client;
        }
        List<String> fields = head.headers().all(FORWARDED_FOR);
        for (int i = fields.size() - 1; i >= 0; i--) {
            String field = fields.get(i);
            int end = field.length();
            while (end >= 0) {
                int comma = end == 0 ? -1 : field.lastIndexOf(',', end - 1);
                String entry = field.substring(comma + 1, end).strip();
                end = comma;
                if (entry.isEmpty()) {
                    continue; // RFC 9110, 5.6.1: empty list elements mean nothing
                }
                InetAddress address = parse(entry);
                if (address == null) {
                    return client;
                }
                client = address;
                if (!trustedProxies.contains(client)) {
                    return client;
                }
            }
        }
        return client;
    }

    /** {@code 10.1.2.3}, {@code 10.1.2.3:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]}, {@code [2001:db8::1]:4711}. */
    private static @Nullable InetAddress parse(String entry) {
        int close = entry.startsWith("[") ? entry.indexOf(']') : -1;
        int colon = entry.lastIndexOf(':');
        boolean bracketedPort = close > 0 && colon == close + 1;
        boolean ipv4Port = close < 0 && colon > 0 && entry.indexOf(':') == colon;
        if (bracketedPort || ipv4Port) {
            return isPort(entry, colon + 1) ? literal(entry.substring(0, colon)) : null;
        }
        return literal(entry);
    }

    private static boolean isPort(String entry, int from) {
        int digits = entry.length() - from;
        for (int i = from; i < entry.length(); i++) {
            if (entry.charAt(i) < '0' || entry.charAt(i) > '9') {
                return false;
            }
        }
        return digits >= 1 && digits <= 5;
    }

    private static @Nullable InetAddress literal(String text) {
        Optional<InetAddress> address = Networks.literal(text);
        return address.isPresent() ? address.get() : null;
    }

    private static InetAddress peer(InetSocketAddress peer) {
        InetAddress address = peer.getAddress();
        return address != null
                ? address
                : Networks.literal(peer.getHostString()).orElse(UNKNOWN);
    }

    /** 0.0.0.0: nobody's address, for a peer without one (which a TCP connection always has). */
    private static InetAddress unknown() {
        try {
            return InetAddress.getByAddress(new byte[4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // four bytes are always an address
        }
    }
}
