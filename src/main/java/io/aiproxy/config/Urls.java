package io.aiproxy.config;

import io.aiproxy.core.Networks;
import io.aiproxy.core.Origin;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Upstream URLs. A problem never repeats the URL: people paste keys into query strings. */
final class Urls {
    private static final List<String> HTTP = List.of("http", "https");
    private static final List<String> WEBSOCKET = List.of("ws", "wss");

    private Urls() {}

    /** {@code http(s)://host[:port][/prefix]}; scheme and host in lower case, no slash at the end. */
    static Optional<URI> http(Text text) {
        return url(text, HTTP);
    }

    /** {@code ws(s)://host[:port][/prefix]}; scheme and host in lower case, no slash at the end. */
    static Optional<URI> websocket(Text text) {
        return url(text, WEBSOCKET);
    }

    /** {@code http(s)://host[:port][/path][?query]}, to be called exactly as it stands. */
    static Optional<URI> endpoint(Text text) {
        try {
            URI uri = new URI(text.value());
            String wrong = wrongEndpoint(uri);
            if (wrong.isEmpty()) {
                return Optional.of(URI.create(uri.toASCIIString()));
            }
            text.problem(wrong);
        } catch (URISyntaxException notAUrl) {
            text.problem("is not a URL; expected https://host[:port][/path]");
        }
        return Optional.empty();
    }

    /** What is wrong with a URL to be called as it stands; empty if nothing is. */
    static String wrongEndpoint(URI uri) {
        String wrong = wrongPlace(uri, HTTP);
        return wrong.isEmpty() && uri.getRawFragment() != null ? "must not contain #" : wrong;
    }

    /** Whether what goes there can be read on the way: plain HTTP to another machine. */
    static boolean isOpen(URI url) {
        Origin origin = origin(url);
        boolean loopback = origin.host().equalsIgnoreCase("localhost")
                || Networks.literal(origin.host())
                        .filter(InetAddress::isLoopbackAddress)
                        .isPresent();
        return !origin.tls() && !loopback;
    }

    /** The WebSocket URL beside an HTTP URL. */
    static URI websocketOf(URI http) {
        return URI.create("ws" + http.toString().substring("http".length()));
    }

    /** Where a checked URL leads. */
    static Origin origin(URI url) {
        boolean tls =
                url.getScheme().equalsIgnoreCase("https") || url.getScheme().equalsIgnoreCase("wss");
        String host = url.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Origin(tls, bare, url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80);
    }

    private static Optional<URI> url(Text text, List<String> schemes) {
        try {
            URI uri = new URI(text.value());
            String wrong = complaint(uri, schemes);
            if (wrong.isEmpty()) {
                return Optional.of(plain(uri));
            }
            text.problem(wrong);
        } catch (URISyntaxException notAUrl) {
            text.problem("is not a URL; expected " + schemes.get(1) + "://host[:port][/prefix]");
        }
        return Optional.empty();
    }

    /** Scheme and host in lower case, no slash at the end, ASCII alone. */
    private static URI plain(URI uri) throws URISyntaxException {
        String given = uri.toString();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String url = scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port + withoutSlashes(uri.getRawPath());
        URI same = url.equals(given) ? uri : new URI(url);
        String ascii = same.toASCIIString();
        return ascii.equals(url) ? same : URI.create(ascii);
    }

    private static String withoutSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static String complaint(URI uri, List<String> schemes) {
        String wrong = wrongPlace(uri, schemes);
        if (!wrong.isEmpty()) {
            return wrong;
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return "must not contain ? or #; only scheme, host, port and a path prefix";
        }
        if (uri.getRawPath().isEmpty()) {
            return "";
        }
        for (String segment : uri.getRawPath().replaceAll("^/|/+$", "").split("/", -1)) {
            if (segment.equals("..")
                    || segment.equals(".")
                    || (segment.isEmpty() && uri.getRawPath().length() > 1)) {
                return "has a path with //, /./ or /../; write the plain path";
            }
        }
        return "";
    }

    private static String wrongPlace(URI uri, List<String> schemes) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme)) {
            return "must begin with " + schemes.get(0) + ":// or " + schemes.get(1) + "://";
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            return "must not contain a user name or password; credentials belong into api_key";
        }
        if (uri.getHost() == null || badLiteral(uri.getHost())) {
            return "has no valid host name: letters, digits, hyphens and dots (no underscore), or an address; "
                    + "international names in their xn-- form";
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            return "has a bad port; allowed: 1 to 65535";
        }
        return "";
    }

    private static boolean badLiteral(String host) {
        return host.startsWith("[") && Networks.literal(host).isEmpty();
    }

    /** Whether this is an origin as browsers send it (RFC 6454, 7): scheme, host, a port that is not the scheme's own. */
    static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            return uri.getScheme() != null
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
