package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import java.net.URI;
import java.util.Map;

/**
 * Where at a channel a request goes: an exact rewrite if one is configured, then the base URL's path in front, all else
 * byte for byte. Pure, called on event loops.
 *
 * <p>The base URL's path is not put in front of a path that begins with it already, and its version segment is not
 * doubled: an SDK that is pointed at {@code http://gateway/v1} sends {@code /v1/chat/completions}, and a channel at
 * {@code https://host/compatible-mode/v1} is meant to get {@code /compatible-mode/v1/chat/completions}.
 */
public final class UpstreamPath {
    private UpstreamPath() {}

    /**
     * The target of an HTTP request to this channel.
     *
     * @param target path and query as {@link Choice#target()} has them
     * @throws FailureException with INVALID_REQUEST when the target is no path, or dot segments lead out of the base path
     */
    public static String of(ChannelConfig channel, String target) {
        return join(channel.baseUrl(), channel.pathRewrite(), target);
    }

    /** As {@link #of}, for a WebSocket handshake: {@code websocket_url} and {@code websocket_endpoints} count. */
    public static String ofWebSocket(ChannelConfig channel, String target) {
        URI base = channel.websocketUrl().orElse(channel.baseUrl());
        return join(base, channel.websocketEndpoints(), target);
    }

    private static String join(URI base, Map<String, String> rewrites, String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        if (!path.startsWith("/")) {
            throw invalid("The request target must be a path that begins with a slash.");
        }
        String query = mark < 0 ? "" : target.substring(mark);
        String rewritten = rewrites.get(path);
        if (rewritten != null) {
            if (rewritten.indexOf('?') >= 0 && !query.isEmpty()) {
                // the rewrite brings parameters of its own
                query = query.length() == 1 ? "" : "&" + query.substring(1);
            }
            path = rewritten;
        }
        String prefix = prefix(base);
        int overlap = overlap(prefix, path);
        if (climbs(path, overlap)) {
            throw invalid("The path leads out of the channel's base path by dot segments; send it without them.");
        }
        if (rewritten == null && overlap == prefix.length()) {
            return target;
        }
        return prefix.substring(0, prefix.length() - overlap) + path + query;
    }

    /** The base URL's path without slashes at its end. */
    private static String prefix(URI base) {
        String path = base.getRawPath();
        int end = path == null ? 0 : path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return end == 0 ? "" : path.substring(0, end);
    }

    /** How many characters at the end of the prefix the path brings itself: all of it, its version segment, or none. */
    private static int overlap(String prefix, String path) {
        if (beginsWith(path, prefix, 0)) {
            return prefix.length();
        }
        int version = prefix.lastIndexOf('/');
        return isVersion(prefix, version + 1) && beginsWith(path, prefix, version) ? prefix.length() - version : 0;
    }

    /** Whether the path begins with {@code prefix} from {@code from} on, and a segment ends there. */
    private static boolean beginsWith(String path, String prefix, int from) {
        int length = prefix.length() - from;
        return path.regionMatches(0, prefix, from, length) && (path.length() == length || path.charAt(length) == '/');
    }

    /** {@code v1}, {@code v1beta}, {@code v2alpha1} …: a v and a digit. */
    private static boolean isVersion(String prefix, int at) {
        return at + 1 < prefix.length()
                && prefix.charAt(at) == 'v'
                && prefix.charAt(at + 1) >= '0'
                && prefix.charAt(at + 1) <= '9';
    }

    /**
     * Whether dot segments behind {@code from} go further up than the segments before them go down. Servers differ in what
     * they take for a segment, so the suspicious reading counts: encoded dots and slashes, backslashes, parameters behind
     * a semicolon, and empty segments do not count as a way down.
     */
    private static boolean climbs(String path, int from) {
        int depth = 0;
        int dots = 0;
        boolean other = false;
        boolean parameters = false;
        int at = from;
        while (at <= path.length()) {
            boolean end = at == path.length();
            int escaped = end ? -1 : escaped(path, at);
            char c = end ? '/' : escaped >= 0 ? (char) escaped : path.charAt(at);
            if (c == '/' || c == '\\') {
                depth += other || dots > 2 ? 1 : dots == 2 ? -1 : 0;
                if (depth < 0) {
                    return true;
                }
                dots = 0;
                other = false;
                parameters = false;
            } else if (c == ';') {
                parameters = true;
            } else if (c == '.') {
                dots += parameters ? 0 : 1;
            } else {
                other |= !parameters;
            }
            at += escaped >= 0 ? 3 : 1;
        }
        return false;
    }

    /** The byte that a percent escape at this place means, or -1 when there is none. */
    private static int escaped(String path, int at) {
        if (path.charAt(at) != '%' || at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static FailureException invalid(String message) {
        return Failure.of(FailureKind.INVALID_REQUEST, message).asException();
    }
}
