package io.aiproxy.access;

import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where callers put their proxy key. SDKs of different families put it in different places, and some send a dummy value
 * in one place beside the real one in another. All methods are pure and may be called on event loops.
 */
public final class PresentedKey {
    private static final String AUTHORIZATION = "authorization";
    private static final String BEARER = "bearer";

    /** Header fields whose whole value is the key, in the order in which they count. */
    private static final String[] PLAIN_CARRIERS = {"x-api-key", "api-key", "x-goog-api-key"};

    private static final Set<String> CREDENTIAL_HEADERS =
            Set.of(AUTHORIZATION, "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization");

    private PresentedKey() {}

    /**
     * The names (lower case) of the header fields that never go to a channel, whatever is in them: they are the caller's
     * credentials, and the channel's own takes their place.
     */
    public static Set<String> credentialHeaders() {
        return CREDENTIAL_HEADERS;
    }

    /**
     * Removes {@code key} parameters from a raw query; everything else stays byte for byte.
     *
     * @param target path and query
     * @param unwanted says of a percent-decoded value whether its parameter goes
     * @return the same object when nothing is removed
     */
    public static String stripQueryKey(String target, Predicate<String> unwanted) {
        return QueryKey.strip(target, unwanted);
    }

    /**
     * Whether the subprotocols that the request offers for a WebSocket carry a credential, known or not. Also for requests
     * that are no handshakes: a proxy in front that does not know WebSockets removes {@code Upgrade} and nothing else.
     */
    public static boolean isInSubprotocols(Headers headers) {
        return headers.contains(SubprotocolKey.HEADER) && SubprotocolKey.isIn(headers);
    }

    /**
     * The value of {@code Sec-WebSocket-Protocol} that a channel may see: all fields as one, in order, without those that
     * carry a credential; empty when none is left, and the header must go.
     */
    public static Optional<String> subprotocolsWithoutKey(Headers headers) {
        return SubprotocolKey.others(headers);
    }

    /**
     * Asks {@code lookup} for what is presented, carrier by carrier, and returns its first answer: the first carrier
     * counts unless it holds something unknown and a later one something known. Null when no answer was found.
     */
    static <T> @Nullable T find(RequestHead head, Function<String, @Nullable T> lookup) {
        String value = bearer(head.headers().get(AUTHORIZATION));
        T found = value == null ? null : lookup.apply(value);
        for (int i = 0; found == null && i < PLAIN_CARRIERS.length; i++) {
            value = head.headers().get(PLAIN_CARRIERS[i]);
            String key = value == null ? "" : value.strip();
            found = key.isEmpty() ? null : lookup.apply(key);
        }
        found = found != null ? found : QueryKey.find(head.target(), lookup);
        return found == null && head.asksForWebSocket() ? SubprotocolKey.find(head.headers(), lookup) : found;
    }

    /** Whether anything that could be a key is presented at all. */
    static boolean isPresent(RequestHead head) {
        return find(head, value -> Boolean.TRUE) != null;
    }

    /**
     * Whether the request carries nothing in any place for keys, not even another scheme's credentials. What SDKs without a
     * key send, an empty field or {@code Bearer} and nothing, is nothing.
     */
    static boolean isNothing(RequestHead head) {
        for (String authorization : head.headers().all(AUTHORIZATION)) {
            String said = authorization.strip();
            if (!said.isEmpty() && !said.equalsIgnoreCase(BEARER)) {
                return false;
            }
        }
        for (String carrier : PLAIN_CARRIERS) {
            for (String key : head.headers().all(carrier)) {
                if (!key.isBlank()) {
                    return false;
                }
            }
        }
        return QueryKey.find(head.target(), value -> Boolean.TRUE) == null && !isInSubprotocols(head.headers());
    }

    /** The token behind {@code Bearer}, whose case does not matter (RFC 9110, 11.1); null for any other scheme. */
    private static @Nullable String bearer(@Nullable String authorization) {
        if (authorization == null) {
            return null;
        }
        String value = authorization.strip();
        int space = BEARER.length();
        if (value.length() <= space
                || !value.regionMatches(true, 0, BEARER, 0, space)
                || !Character.isWhitespace(value.charAt(space))) {
            return null;
        }
        return value.substring(space + 1).strip(); // not empty: the value ends with something visible
    }
}
