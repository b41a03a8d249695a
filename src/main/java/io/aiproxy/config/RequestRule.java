package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * A change of requests on their way to a channel. A path in a JSON body is dotted: {@code metadata.user_id},
 * {@code tools.0.name}, {@code tools.*.cache_control}.
 *
 * @param match which requests
 * @param removeHeaders names, lower case
 * @param setHeaders fields set
 * @param removeQuery names of parameters
 * @param setQuery parameters set
 * @param removeBody paths removed from a JSON body
 * @param setBody paths set in a JSON body, whatever stood there
 * @param defaultBody paths set in a JSON body where nothing stands
 */
public record RequestRule(
        Match match,
        List<String> removeHeaders,
        Map<String, String> setHeaders,
        List<String> removeQuery,
        Map<String, String> setQuery,
        List<String> removeBody,
        Map<String, JsonNode> setBody,
        Map<String, JsonNode> defaultBody) {

    /**
     * What all has to hold.
     *
     * @param paths of the caller's request, exact or with {@code *}; empty: any
     * @param headers name (lower case) to value, exact or with {@code *}; {@code *} alone: it is there
     */
    public record Match(List<String> paths, Map<String, String> headers) {}

    /** Whether a JSON body has to be parsed for it. */
    public boolean changesBody() {
        return !removeBody.isEmpty() || !setBody.isEmpty() || !defaultBody.isEmpty();
    }
}
