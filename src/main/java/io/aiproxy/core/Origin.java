package io.aiproxy.core;

/**
 * Scheme, host and port of an upstream server.
 *
 * @param tls whether the connection is TLS
 * @param host name or address literal, lower case, IPv6 without brackets
 * @param port TCP port
 */
public record Origin(boolean tls, String host, int port) {

    /** What belongs into the {@code Host} header: the port only when it is not the scheme's own. */
    public String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? name : name + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
