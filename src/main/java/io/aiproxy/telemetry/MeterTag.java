package io.aiproxy.telemetry;

import java.util.Locale;

/** A tag, with the values that it can have. */
public enum MeterTag {
    /** Channel ids. */
    CHANNEL(
            "id of a configured channel, or of a removed one while WebSockets are open there; `none`, `other`",
            "those channels + 2"),
    /** Operations. */
    OPERATION("the call within its dialect, e.g. `chat`; `none`, `other`", "66 at most"),
    /** Status classes. */
    STATUS("`1xx` to `5xx`, `none`", "6"),
    /** Endings of calls. */
    ENDING("how the call ended: `ok`, `caller_error`, `refused`, `channel_error`, `cancelled` …", "8"),
    /** Ends of attempts and handshakes. */
    OUTCOME(
            "of a try `ok`, or `4xx` or `5xx` where the channel answered with such a status, of a handshake `opened` or"
                    + " `refused_by_channel`, or the code of the failure; `other`",
            "failure codes + 6"),
    /** Failure codes. */
    CODE("code of the failure, e.g. `invalid_api_key`; `other`", "failure codes + 1"),
    /** Protocols. */
    KIND("`http`, `websocket`", "2"),
    /** Ways through the gateway. */
    DIRECTION("`in` from callers, `out` to callers", "2"),
    /** Ends of a socket. */
    BY("`caller`, `channel`, `gateway`; `nobody` when that is not known", "4"),
    /** Reasons for closing. */
    CAUSE(
            "the gateway's own reason, e.g. `idle`; of others the close code: `1000` to `1015`, `3xxx`, `4xxx`, `other`",
            "35 at most"),
    /** How credentials are. */
    HEALTH("`healthy` or `unhealthy`; of changes `ok`, `cooling_down`, `open`, `half_open`, `probe_failed`", "7"),
    /** What a limit counts. */
    QUANTITY("`requests`, `tokens`, `cost`, `concurrent`, `sockets`", "5"),
    /** Whose limit. */
    SCOPE("`user`, `key`, `group`, `member` (of a group), `channel`", "5"),
    /** Counting only. */
    SHADOW("`true` of a limit that only counts, `false`", "2"),
    /** In use or not. */
    STATE("`active`, `disabled`", "2"),
    /** When callers leave. */
    PHASE("`before_answer`: before its first byte, `in_answer`", "2"),
    /** Where usage comes from. */
    SOURCE("`provider`, `estimated`, `none` (nothing was used, or nobody can know)", "3"),
    /** Kinds of tokens. */
    TOKENS("`input`, `output`, `cached_input`, `cache_write`, `reasoning`, `audio`", "6"),
    /** Currencies. */
    CURRENCY("three letters, e.g. `CNY`", "those of the configuration"),
    /** Queues of events. */
    QUEUE("the queue, e.g. `usage-events`", "6"),
    /** Route ids. */
    ROUTE("id of a route, e.g. `proxy-http`", "routes");

    private final String range;
    private final String cardinality;

    MeterTag(String range, String cardinality) {
        this.range = range;
        this.cardinality = cardinality;
    }

    /** The tag's name. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its values, in words. */
    public String range() {
        return range;
    }

    /** How many different ones there can be, in words. */
    public String cardinality() {
        return cardinality;
    }
}
