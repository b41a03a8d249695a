package io.aiproxy.config;

/**
 * Where a channel wants its credential. In YAML one of the words {@code bearer}, {@code x-api-key}, {@code api-key},
 * {@code x-goog-api-key}, {@code query-key}, {@code none}, or {@code {header: X-Token, prefix: "Token "}}, or
 * {@code {query: token}}.
 *
 * @param place a header, a query parameter, or nothing at all
 * @param name the header's or parameter's name
 * @param prefix stands before the key, e.g. {@code "Bearer "}
 */
public record AuthConfig(Place place, String name, String prefix) {
    /** The kinds of places. */
    public enum Place {
        HEADER,
        QUERY,
        NONE
    }

    /** {@code Authorization: Bearer …}. */
    public static final AuthConfig BEARER = new AuthConfig(Place.HEADER, "authorization", "Bearer ");
    /** Anthropic's {@code x-api-key}. */
    public static final AuthConfig X_API_KEY = new AuthConfig(Place.HEADER, "x-api-key", "");
    /** Azure's {@code api-key}. */
    public static final AuthConfig API_KEY = new AuthConfig(Place.HEADER, "api-key", "");
    /** Google's {@code x-goog-api-key}. */
    public static final AuthConfig X_GOOG_API_KEY = new AuthConfig(Place.HEADER, "x-goog-api-key", "");
    /** Google's {@code ?key=}. */
    public static final AuthConfig QUERY_KEY = new AuthConfig(Place.QUERY, "key", "");
    /** A channel that asks for nothing, e.g. a model server in the company's own network. */
    public static final AuthConfig NOTHING = new AuthConfig(Place.NONE, "", "");
}
