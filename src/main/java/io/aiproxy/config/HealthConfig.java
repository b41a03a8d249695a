package io.aiproxy.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When a channel, or one credential at it, is left in peace for a while. The only candidate of a call is always tried.
 *
 * @param breaker opens after too many failures or slow answers
 * @param cooldown after a refused or throttled credential
 * @param probe asks the channel regularly whether it is there; empty: nobody asks
 */
public record HealthConfig(Breaker breaker, Cooldown cooldown, Optional<Probe> probe) {
    /** What holds where the file says nothing. */
    public static final HealthConfig DEFAULT = new HealthConfig(
            new Breaker(true, 50, Duration.ofSeconds(60), 100, 20, 10, Duration.ofSeconds(30), 3),
            new Cooldown(Duration.ofMinutes(5), Duration.ofSeconds(10)),
            Optional.empty());

    /**
     * A circuit breaker per channel and credential.
     *
     * @param enabled whether there is one. Default: true
     * @param failureRate opens at this share of failed calls, in percent. Default: 50
     * @param slowCall a call is slow when its head took longer. Default: 60s
     * @param slowCallRate opens at this share of slow calls, in percent; 100: slow calls alone never open it. Default: 100
     * @param window so many of the latest calls count. Default: 20
     * @param minimumCalls judged only after so many. Default: 10, or {@code window} where that is less
     * @param open how long it stays open. Default: 30s
     * @param halfOpenCalls then so many calls are let through to find out. Default: 3
     */
    public record Breaker(
            boolean enabled,
            int failureRate,
            Duration slowCall,
            int slowCallRate,
            int window,
            int minimumCalls,
            Duration open,
            int halfOpenCalls) {}

    /**
     * How long a credential is out of the rotation.
     *
     * @param refused after 401, 402, 403 or an exhausted quota. Default: 5m
     * @param throttled after 429 without {@code Retry-After}. Default: 10s
     */
    public record Cooldown(Duration refused, Duration throttled) {}

    /**
     * A cheap request made regularly with each credential of the channel.
     *
     * @param method default: GET
     * @param path e.g. {@code /v1/models}. Required
     * @param body sent as JSON; empty: none
     * @param interval between two. Default: 30s
     * @param timeout how long an answer may take. Default: 10s
     */
    public record Probe(String method, String path, Optional<String> body, Duration interval, Duration timeout) {}
}
