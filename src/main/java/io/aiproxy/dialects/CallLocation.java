package io.aiproxy.dialects;

import java.util.List;
import java.util.Locale;

/**
 * Keeps WebRTC calls at the gateway: {@code POST /v1/realtime/calls} is answered with 201 and {@code Location:
 * /v1/realtime/calls/rtc_…} (platform.openai.com/docs/guides/realtime-webrtc and …/api-reference/realtime/create-call;
 * Azure: {@code POST /openai/v1/realtime/calls}), relative or absolute. The caller must find the call where it made it: at
 * the gateway, under the path that it used.
 */
public final class CallLocation {
    private static final List<String> SCHEMES = List.of("http://", "https://");

    private CallLocation() {}

    /**
     * A request, as both sides know it.
     *
     * @param asked path and query that the caller sent
     * @param sent path and query that the channel was sent
     * @param gateway how the caller reaches the gateway, e.g. {@code http://gateway:8001}
     * @param authorities {@code host[:port]} by which the channel may call itself: of its base URL, and what it was sent as
     *     {@code Host}; without the scheme's own port
     */
    public record Request(String asked, String sent, String gateway, List<String> authorities) {}

    /**
     * The same call at the gateway. What stands below the path that the channel was sent stands below the path that the
     * caller sent, whatever prefixes and rewrites lie between; a provider that does not know about a prefix in front of it
     * is understood too. An absolute address stays absolute, a relative one relative. An address elsewhere is returned as
     * it is. A parameter {@code key} is taken out, because a provider that repeats the query would repeat the credential.
     */
    public static String toGateway(String location, Request request) {
        int path = pathAt(location);
        if (path < 0) {
            return location;
        }
        if (path > 0 && !request.authorities.contains(authority(location, path))) {
            return location;
        }
        String mapped = UploadUrls.withoutKey(mapped(location.substring(path), request));
        if (path == 0) {
            return mapped;
        }
        String base = request.gateway;
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + mapped;
    }

    /** Where the path begins: 0 for one that stands alone, -1 where there is none that begins at the root. */
    private static int pathAt(String location) {
        if (location.startsWith("//")) {
            return location.indexOf('/', 2);
        }
        for (String scheme : SCHEMES) {
            if (location.regionMatches(true, 0, scheme, 0, scheme.length())) {
                return location.indexOf('/', scheme.length());
            }
        }
        return location.startsWith("/") ? 0 : -1;
    }

    private static String authority(String location, int path) {
        String text = location.substring(location.indexOf("//") + 2, path).toLowerCase(Locale.ROOT);
        String port = location.regionMatches(true, 0, "https", 0, 5) ? ":443" : ":80";
        return text.endsWith(port) ? text.substring(0, text.length() - port.length()) : text;
    }

    private static String mapped(String target, Request request) {
        String sent = collection(request.sent);
        String asked = collection(request.asked);
        int end = pathEnd(target);
        if (below(target, sent, end)) {
            return asked + target.substring(sent.length());
        }
        int id = target.lastIndexOf('/', trimmed(target, end) - 1);
        // a proxy in front of the provider has taken a prefix away that the provider has not seen
        boolean known = id > 0 && sent.endsWith(target.substring(0, id));
        return known ? asked + target.substring(id) : target;
    }

    private static boolean below(String target, String collection, int end) {
        return target.startsWith(collection)
                && collection.length() + 1 < end
                && target.charAt(collection.length()) == '/';
    }

    /** The path of a target, without slashes at its end. */
    private static String collection(String target) {
        return target.substring(0, trimmed(target, pathEnd(target)));
    }

    private static int trimmed(String target, int end) {
        int at = end;
        while (at > 0 && target.charAt(at - 1) == '/') {
            at--;
        }
        return at;
    }

    private static int pathEnd(String target) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) == '?' || target.charAt(i) == '#') {
                return i;
            }
        }
        return target.length();
    }
}
