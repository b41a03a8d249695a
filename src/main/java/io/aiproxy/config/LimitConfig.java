package io.aiproxy.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * How much may be used. An element of {@code limits:} of a user, key, user group or channel, for instance
 * {@code {requests: 60, per: minute}}, {@code {tokens: 2000000, per: day, models: ["gpt-*"]}},
 * {@code {cost: 50, per: calendar-month, time_zone: Asia/Shanghai, soft: 40}}, {@code {concurrent: 10}}.
 *
 * @param quantity what is counted; in YAML the name of the key that holds the amount: {@code requests, tokens, cost,
 *     concurrent, sockets}
 * @param amount how much of it; for {@code cost} in YAML an amount of money such as 50 or 0.5, here in millionths of the
 *     currency. 0 lets nothing through
 * @param soft a warning event is told once in the window when this much is used. Default: none
 * @param window the time over which it is counted, {@code per}; required for {@code requests, tokens, cost}, absent for the
 *     others, which count what is there now
 * @param models the models for which it holds, exact or with {@code *}, all of them counted together. Default: any
 * @param shadow whether it only counts and tells, and refuses nothing. Default: no
 * @param outage what happens while the limits are kept in Redis and that is slow or gone: {@code local} (default: each
 *     instance counts for itself) or {@code refuse}
 */
public record LimitConfig(
        Quantity quantity,
        long amount,
        Optional<Long> soft,
        Optional<Window> window,
        List<String> models,
        boolean shadow,
        Outage outage) {

    /** What is counted. */
    public enum Quantity {
        /** Requests that were let through, WebSocket handshakes included. */
        REQUESTS,
        /** Input and output tokens: reserved by an estimate, settled by what the provider says. */
        TOKENS,
        /** Money, in millionths of the currency. */
        COST,
        /** Calls under way at the same time, WebSockets included. */
        CONCURRENT,
        /** WebSockets open at the same time. */
        SOCKETS;

        /** Whether it is counted over a time, and not at a moment. */
        public boolean overTime() {
            return this == REQUESTS || this == TOKENS || this == COST;
        }
    }

    /** What holds while Redis is slow or gone. */
    public enum Outage {
        LOCAL,
        REFUSE
    }

    /** The time over which something is counted. */
    public sealed interface Window {}

    /**
     * The last so many seconds at any moment, {@code per: minute}, {@code hour}, {@code day} or a duration such as
     * {@code 30d}.
     *
     * @param length at least one second
     */
    public record Sliding(Duration length) implements Window {}

    /**
     * From the beginning of a day, a week (its Monday, ISO 8601) or a month: {@code per: calendar-day}, {@code calendar-week},
     * {@code calendar-month}.
     *
     * @param unit which
     * @param zone where the day begins; {@code time_zone}, e.g. {@code Asia/Shanghai}. Default: UTC
     */
    public record Calendar(Unit unit, ZoneId zone) implements Window {
        /** A stretch of the calendar. */
        public enum Unit {
            DAY,
            WEEK,
            MONTH
        }
    }
}
