package io.aiproxy.config;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Origin;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An upstream account at a provider.
 *
 * @param id the key under {@code channels:}: begins with a letter or digit, then letters, digits, {@code -}, {@code _},
 *     {@code .}; also the first path segment by which a caller may choose the channel, so words that begin a path already
 *     ({@code v1}, {@code api}, {@code chat}, {@code health} …) are refused. Do not rename a channel that has statistics:
 *     they are kept by it
 * @param name shown to people. Default: the id
 * @param baseUrl {@code http(s)://host[:port][/prefix]}. Required. A prefix is put before the path of every request,
 *     unless the path begins with it already (so {@code https://host/v1} and a client that sends {@code /v1/…} do not
 *     make {@code /v1/v1/…}). Kept without a slash at its end, scheme and host in lower case. Not for credentials:
 *     user names and query strings are refused
 * @param websocketUrl {@code ws(s)://host[:port][/prefix]} for WebSocket. Default: {@code base_url} with ws for http.
 *     Always present after loading
 * @param credentials the provider's keys, in order of preference: {@code [{name: main, api_key: …}, …]}, or the keys
 *     alone. {@code api_key: …} is the short form of one named {@code default}. Required unless {@code auth: none}. With a
 *     {@code token} they hold what it is made from
 * @param auth where the credential goes. Default by dialect: anthropic {@code x-api-key}, google {@code x-goog-api-key},
 *     otherwise {@code bearer}; with a {@code token} always {@code bearer}
 * @param dialect {@code openai} (default), {@code anthropic}, {@code google}, {@code dashscope}, {@code generic}
 * @param status {@code active} (default) or {@code disabled}
 * @param priority used among a user's channels whose grants do not say one (the mapping form without priority). Lower
 *     is first. Default: 100
 * @param models models served, exact or with {@code *}. Default: empty, which means any
 * @param modelAliases {@code {name that callers use: name sent to the channel}}. Only then is a body rewritten. Default:
 *     none
 * @param pathRewrite exact paths replaced, e.g. {@code {/chat/completions: /compatible-mode/v1/chat/completions}}. Not
 *     needed for clients that send the provider's full paths: those always pass untouched. Default: none
 * @param headers headers added to or removed from requests to the channel. Default: none
 * @param forwarding what the channel learns about the caller's address. {@code keep} (default): what the caller sent;
 *     {@code add}: {@code X-Forwarded-For}, {@code X-Forwarded-Proto}, {@code X-Forwarded-Host} and {@code X-Real-IP} are
 *     set; {@code remove}: all headers of that kind, {@code Via}, {@code Referer} and {@code User-Agent} are removed
 * @param timeouts patience: {@code {connect: 5s, head: 120s, first_byte: 120s, idle: 120s, total: 30m}}, which are the
 *     defaults. {@code timeout: 30} is the old short form of {@code {head: 30s, idle: 30s}}. 0: no limit, with which a
 *     dead provider holds its callers for ever
 * @param retry how often to try again here
 * @param target connection settings made from {@code base_url} and the keys {@code tls}, {@code egress_proxy} and
 *     {@code http2}. {@code tls: {verify: true, ca_file: path}}: a PEM file to trust instead of the JVM's certificates;
 *     {@code verify: false} is for trials only, as anybody on the way can then read the credential. {@code egress_proxy:
 *     http://[user:password@]host:port}, or {@code {url: …, no_proxy: [.example.com, 10.0.0.0/8]}}, or {@code none};
 *     it holds for each host of the channel and for its token endpoint, {@code no_proxy} being asked for each of them;
 *     default: the environment's {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} in either case, localhost
 *     always direct. {@code http2: auto} (default) or {@code off}. The old {@code ssl} is accepted as long as it agrees
 *     with the scheme of {@code base_url}
 * @param hostHeader value of {@code Host} (and SNI). Default: from {@code base_url}.
 *     In YAML {@code host}
 * @param supportsWebsocket whether WebSocket handshakes may go here. Default: true
 * @param websocketEndpoints exact paths replaced for WebSocket handshakes. Default: none
 * @param websocket limits of WebSockets here: {@code {max_frame: 64MiB, max_message: 64MiB, idle: 1h, max_age: 0,
 *     max_per_key: 0}}, which are the defaults; 0: no limit. Where only one of the sizes is given the other follows, so
 *     that a frame is never allowed more than a message. A socket beyond a limit of size is closed with 1009, one that
 *     is idle (any frame counts, ping too) or too old with 1001; a handshake beyond {@code max_per_key}, sockets open at
 *     once with one proxy key, goes to the next channel or gets 429
 * @param token how the token that the channel is shown is made from a credential, {@code {kind: jwt, …}}. Default: none,
 *     {@code api_key} is sent as it is
 * @param strategy in which order the channel's credentials are tried: {@code priority} (default), {@code round-robin},
 *     {@code weighted}, {@code least-in-flight}, {@code latency}
 * @param health when the channel or a credential is left in peace for a while
 * @param rules changes of requests, all that match, in their order. Default: none
 * @param modelHosts {@code {model: host}}, or {@code host:port}, where a model is not at {@code base_url}'s host. Default:
 *     none
 * @param privacy whether the channel learns nothing of the caller, and the caller nothing of the provider's servers: as
 *     {@code forwarding: remove}, and answers lose {@code server}, {@code via}, {@code x-powered-by} and their like.
 *     Default: false
 * @param limits how much may be sent to the channel by all callers together. Default: none
 * @param usage how it is learned what calls here use
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
        Map<String, String> websocketEndpoints,
        SocketLimits websocket,
        Optional<TokenConfig> token,
        Strategy strategy,
        HealthConfig health,
        List<RequestRule> rules,
        Map<String, String> modelHosts,
        boolean privacy,
        List<LimitConfig> limits,
        UsageConfig usage) {

    /**
     * How to reach {@code websocketUrl}: as {@link #target}, but over HTTP/1.1, which a handshake needs (RFC 6455, 4.1).
     * Computed at every call: ask once per configuration, not once per handshake.
     */
    public Target websocketTarget() {
        Origin origin = websocketOrigin();
        String serverName = target.tls().serverName();
        boolean ownName = serverName.equals(target.origin().host());
        return target.at(origin, ownName ? origin.host() : serverName, false);
    }

    /**
     * The proxy that leads to an endpoint beside the channel, such as the one that gives its tokens: the channel's own way,
     * decided anew for the endpoint's host. This machine is always direct. Empty: none is needed.
     */
    public Optional<Target.Egress> egress(URI endpoint) {
        Origin origin = Urls.origin(endpoint);
        return NoProxy.local(origin) ? Optional.empty() : target.egressTo(origin);
    }

    /** Value of {@code Host} for WebSocket handshakes: {@code host} if it was given, otherwise from {@code websocketUrl}. */
    public String websocketHostHeader() {
        boolean own = hostHeader.equals(target.origin().authority());
        return own ? websocketOrigin().authority() : hostHeader;
    }

    private Origin websocketOrigin() {
        return websocketUrl.map(Urls::origin).orElseGet(target::origin);
    }

    /**
     * Headers changed on the way to the channel: {@code headers: {set: {X-Team: ai}, remove: [cookie]}}.
     *
     * @param set name to value; replaces what the caller sent. Not for framing ({@code content-length} …) and not for
     *     {@code host}, which has a key of its own. Default: none
     * @param remove names in any case, lower case after loading. Default: none
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
    public record RetryConfig(int maxRetries, Duration backoff) {}
}
