package io.aiproxy.core;

import java.nio.file.Path;
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
    private final int hash;

    /**
     * @param origin where the channel is
     * @param tls how its certificate is judged; ignored for plain HTTP
     * @param egress the proxy that leads out of the company's network
     * @param http2 whether HTTP/2 may be negotiated by ALPN
     */
    public Target(Origin origin, Tls tls, Optional<Egress> egress, boolean http2) {
        this.origin = origin;
        this.tls = tls;
        this.egress = egress;
        this.http2 = http2;
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
