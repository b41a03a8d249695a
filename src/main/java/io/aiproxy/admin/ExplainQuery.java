package io.aiproxy.admin;

import io.aiproxy.core.Secret;
import java.util.Map;
import java.util.Optional;

/**
 * A call that nobody makes.
 *
 * @param key the proxy key; one of this and {@code user} is there
 * @param user the id of the user
 * @param keyName which of the user's keys; the first otherwise
 * @param method e.g. {@code POST}
 * @param target path and query
 * @param model what is asked for; empty: what the path says
 * @param headers of the request, by name
 */
public record ExplainQuery(
        Optional<Secret> key,
        Optional<String> user,
        Optional<String> keyName,
        String method,
        String target,
        String model,
        Map<String, String> headers) {}
