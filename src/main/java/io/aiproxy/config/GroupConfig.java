package io.aiproxy.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Channels that serve the same and share the work (channels.yaml, under {@code groups:}). A user's or key's
 * {@code channels} may name a group like a channel.
 *
 * @param id the key under {@code groups:}; must not be the id of a channel
 * @param channels its members, {@code [a, b]} or {@code {a: {weight: 2}, b: {weight: 1}}}
 * @param strategy in which order they are tried. Default: priority
 * @param keyPrefixes a proxy key that begins with one of these reaches, of all the user's channels, only those of groups
 *     that name this prefix; of several prefixes the longest counts. Default: none
 * @param session calls of one session stay at one member as long as it serves. Default: none
 */
public record GroupConfig(
        String id, List<Member> channels, Strategy strategy, List<String> keyPrefixes, Optional<Session> session) {

    /**
     * A channel in the group.
     *
     * @param channel its id
     * @param weight its share. Default: 1; 0: nothing new
     */
    public record Member(String channel, int weight) {}

    /**
     * What tells that calls belong together.
     *
     * @param header a header field's name, lower case; the first choice
     * @param fields dotted paths of JSON fields in the body, e.g. {@code prompt_cache_key}
     * @param keep how long a session is remembered after its latest call. Default: 1h
     */
    public record Session(Optional<String> header, List<String> fields, Duration keep) {}
}
