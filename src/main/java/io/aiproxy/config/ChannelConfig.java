package io.aiproxy.config;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An upstream account at a provider.
 *
 * @param id the key under {@code channels:}: letters, digits, {@code -}, {@code _}, {@code .}; also the first path segment
 *     by which a caller may choose the channel
 * @param name shown to people. Default: the id
 * @param baseUrl {@code http(s)://host[:port][/prefix]}. Required. A prefix is put before the path of every request,
 *     unless the path begins with it already (so {@code https://host/v1} and a client that sends {@code /v1/…} do not
 *     make {@code /v1/v1/…})
 * @param websocketUrl {@code ws(s)://host[:port][/prefix]} for WebSocket. Default: {@code base_url} with ws for http
 * @param credentials the provider's keys, in order of preference. {@code api_key: …} is the short form of one named
 *     {@code default}. Required unless {@code auth: none}
 * @param auth where the credential goes. Default by dialect: anthropic {@code x-api-key}, google {@code x-goog-api-key},
 *     otherwise {@code bearer}
 * @param dialect {@code openai} (default), {@code anthropic}, {@code google}, {@code dashscope}, {@code generic}
 * @param status {@code active} (default) or {@code disabled}
 * @param priority used among a user's channels whose grants do not say one (the mapping form without priority). Lower
 *     is first. Default: 100
 * @param models models served, exact or with {@code *}. Default: empty, which means any
 * @param modelAliases {@code {name that callers use: name sent to the channel}}. Only then is a body rewritten
 * @param pathRewrite exact paths replaced, e.g. {@code {/chat/completions: /compatible-mode/v1/chat/completions}}
 * @param headers headers added to or removed from requests to the channel
 * @param forwarding what the channel learns about the caller's address
 * @param timeouts patience. {@code timeout: 30} is the old short form of {@code {head: 30s, idle: 30s}}
 * @param retry how often to try again here
 * @param target connection settings made from {@code base_url, host, tls, egress_proxy, http2}
 * @param hostHeader value of {@code Host} (and SNI). Default: from {@code base_url}
 * @param supportsWebsocket whether WebSocket handshakes may go here. Default: true
 * @param websocketEndpoints exact paths replaced for WebSocket handshakes
 */
public record ChannelConfig(
        String id,
        String name,
        URI baseUrl,
        Optional<URI> websocketUrl,
        List<CredentialConfig> credentials,
        AuthConfig auth,
        Dialect dialect,
        Status status,
        int priority,
        List<String> models,
        Map<String, String> modelAliases,
        Map<String, String> pathRewrite,
        HeaderRules headers,
        Forwarding forwarding,
        Timeouts timeouts,
        RetryConfig retry,
        Target target,
        String hostHeader,
        boolean supportsWebsocket,
        Map<String, String> websocketEndpoints) {

    /**
     * Headers changed on the way to the channel: {@code headers: {set: {X-Team: ai}, remove: [cookie]}}.
     *
     * @param set name to value; replaces what the caller sent
     * @param remove names, lower case
     */
    public record HeaderRules(Map<String, String> set, List<String> remove) {}

    /** What the channel learns about the caller's address. */
    public enum Forwarding {
        /** Sent on as the caller sent them (default). */
        KEEP,
        /** {@code X-Forwarded-For}, {@code X-Forwarded-Proto}, {@code X-Forwarded-Host} and {@code X-Real-IP} are set. */
        ADD,
        /** All headers of that kind, {@code Via}, {@code Referer} and {@code User-Agent} are removed. */
        REMOVE
    }

    /**
     * Trying again at this channel. Attempts over all channels and their time are bounded in system.yaml.
     *
     * @param maxRetries further tries at the same channel after a failure that may pass (no connection, 5xx, 429 with a
     *     short Retry-After). {@code max_retries: 3} directly under the channel is accepted. Default: 1
     * @param backoff wait before the first of them; doubles each time, with jitter. Default: 200ms
     */
    public record RetryConfig(int maxRetries, java.time.Duration backoff) {}
}
