package io.aiproxy.core;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * How to reach an upstream server; two equal targets share connections. Built once per channel and configuration
 * snapshot; its hash is computed once because every call looks its connection pool up by it.
 */
public final class Target {
    private final Origin origin;
    private final Tls tls;
    private final Optional<Egress> egress;
    private final boolean http2;
    private final Way way;
    private final int hash;

    /**
     * @param origin where the channel is
     * @param tls how its certificate is judged; ignored for plain HTTP
     * @param egress the proxy that leads out of the company's network
     * @param http2 whether HTTP/2 may be negotiated by ALPN
     */
    public Target(Origin origin, Tls tls, Optional<Egress> egress, boolean http2) {
        this(origin, tls, egress, http2, any -> egress);
    }

    /**
     * A target whose proxy depends on the host.
     *
     * @param origin where the channel is
     * @param tls how its certificate is judged; ignored for plain HTTP
     * @param way the proxy that leads to a host, asked once for {@code origin}, and again for every other host of the channel
     * @param http2 whether HTTP/2 may be negotiated by ALPN
     */
    public Target(Origin origin, Tls tls, Way way, boolean http2) {
        this(origin, tls, way.to(origin), http2, way);
    }

    private Target(Origin origin, Tls tls, Optional<Egress> egress, boolean http2, Way way) {
        this.origin = origin;
        this.tls = tls;
        this.egress = egress;
        this.http2 = http2;
        this.way = way;
        this.hash = Objects.hash(origin, tls, egress, http2);
    }

    /**
     * How an upstream certificate is judged.
     *
     * @param verify false only if the operator said so explicitly
     * @param caFile PEM file with certificates trusted besides nothing else; empty: the JVM's trust store
     * @param serverName SNI and the name the certificate must carry; normally the origin's host
     */
    public record Tls(boolean verify, Optional<Path> caFile, String serverName) {}

    /**
     * An HTTP proxy on the way out.
     *
     * @param host its name or address
     * @param port its port
     * @param user user name for Basic authentication
     * @param password its password
     */
    public record Egress(String host, int port, Optional<String> user, Optional<Secret> password) {}

    /** Which proxy leads to a host: what the operator has said of it, and of the hosts that need none. Any thread. */
    @FunctionalInterface
    public interface Way {
        /** The proxy on the way to this host; empty: none is needed. */
        Optional<Egress> to(Origin origin);
    }

    /**
     * The same channel at another host, which has its own name in the TLS handshake and its own way there; all else is as here.
     *
     * @param authority {@code host} or {@code host:port}, an IPv6 address in brackets; without a port it is this one's
     */
    public Target at(String authority) {
        int colon = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
        String name = (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
        String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        int port = colon < 0 ? origin.port() : Integer.parseInt(authority.substring(colon + 1));
        return at(new Origin(origin.tls(), bare, port), bare, http2);
    }

    /**
     * The same channel at another origin, with its own way there.
     *
     * @param other where
     * @param serverName the name in the TLS handshake
     * @param mayHttp2 whether HTTP/2 may be negotiated
     */
    public Target at(Origin other, String serverName, boolean mayHttp2) {
        return new Target(other, new Tls(tls.verify(), tls.caFile(), serverName), way, mayHttp2);
    }

    /** The proxy on the way to a host that belongs to the channel; empty: none is needed. */
    public Optional<Egress> egressTo(Origin other) {
        return way.to(other);
    }

    /** Where the channel is. */
    public Origin origin() {
        return origin;
    }

    /** How its certificate is judged. */
    public Tls tls() {
        return tls;
    }

    /** The proxy on the way out. */
    public Optional<Egress> egress() {
        return egress;
    }

    /** Whether HTTP/2 may be negotiated. */
    public boolean http2() {
        return http2;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof Target t
                && hash == t.hash
                && http2 == t.http2
                && origin.equals(t.origin)
                && tls.equals(t.tls)
                && egress.equals(t.egress);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return origin.toString();
    }
}
