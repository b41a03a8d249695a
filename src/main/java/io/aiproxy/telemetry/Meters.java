package io.aiproxy.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.List;
import java.util.Locale;

/**
 * Every meter of the gateway: the only place where names are made up. Metrics are made from here and nowhere else;
 * {@code docs/reference/metrics.md} is printed from here.
 *
 * <p>Whatever a caller can choose freely (users, keys, paths, models) is no tag: every combination of tags is memory here
 * and in Prometheus for ever. Channels come from the configuration; names that are not in it are told of as
 * {@value #OTHER}, no channel at all as {@value #NONE}.
 */
public enum Meters {
    /** Calls by what became of them. */
    CALLS(
            "aiproxy.calls",
            Type.COUNTER,
            Unit.NONE,
            "Calls that have ended: the last byte has left or the connection has broken. Operational pages are not counted.",
            Tag.CHANNEL,
            Tag.OPERATION,
            Tag.STATUS,
            Tag.ENDING),
    /** How long calls take. */
    CALL_DURATION(
            "aiproxy.call.duration",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "From the request's head to the last byte of the answer. WebSockets that opened are left out: their life says nothing.",
            Tag.CHANNEL,
            Tag.OPERATION),
    /** How long callers wait for something to see. */
    CALL_FIRST_BYTE(
            "aiproxy.call.first.byte",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "From the request's head to the first byte of the answer. Without WebSockets that opened and calls that got no answer.",
            Tag.CHANNEL,
            Tag.OPERATION),
    /** What the gateway itself costs. */
    GATEWAY_OVERHEAD(
            "aiproxy.gateway.overhead",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "The part of the time until the answer's head that was spent in the gateway and not waiting for channels."),
    /** Bytes of request bodies. */
    REQUEST_BODY(
            "aiproxy.request.body",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes of request bodies received. Without what WebSockets carry.",
            Tag.CHANNEL),
    /** Bytes of answers. */
    RESPONSE_BODY(
            "aiproxy.response.body",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes of answers' bodies sent to callers. Without what WebSockets carry.",
            Tag.CHANNEL),
    /** Tries at channels. */
    ATTEMPTS(
            "aiproxy.attempts",
            Type.COUNTER,
            Unit.NONE,
            "Tries at a channel, several for one call when it was retried.",
            Tag.CHANNEL,
            Tag.OUTCOME),
    /** Moves to another channel. */
    FAILOVERS(
            "aiproxy.failovers",
            Type.COUNTER,
            Unit.NONE,
            "Times a call went on to another channel, by the channel that it left.",
            Tag.CHANNEL),
    /** Callers that hang up. */
    CLIENT_DISCONNECTS(
            "aiproxy.client.disconnects",
            Type.COUNTER,
            Unit.NONE,
            "Calls whose caller hung up before the answer was complete. Not the channel's failure.",
            Tag.CHANNEL),
    /** What the gateway refuses. */
    REFUSALS(
            "aiproxy.refusals",
            Type.COUNTER,
            Unit.NONE,
            "Calls that the gateway refused, by the failure's code.",
            Tag.CODE),
    /** What goes on now. */
    CALLS_IN_FLIGHT("aiproxy.calls.in.flight", Type.GAUGE, Unit.NONE, "Calls and open WebSockets now.", Tag.KIND),
    /** WebSockets that are open. */
    WEBSOCKETS_OPEN(
            "aiproxy.websocket.open",
            Type.GAUGE,
            Unit.NONE,
            "WebSockets open now. A channel that was removed stays until its last socket has closed.",
            Tag.CHANNEL),
    /** What became of handshakes. */
    WEBSOCKET_HANDSHAKES(
            "aiproxy.websocket.handshakes",
            Type.COUNTER,
            Unit.NONE,
            "WebSocket handshakes by what became of them, each once, at the channel that answered or was tried last.",
            Tag.CHANNEL,
            Tag.OUTCOME),
    /** Frames on the way. */
    WEBSOCKET_FRAMES(
            "aiproxy.websocket.frames",
            Type.COUNTER,
            Unit.NONE,
            "WebSocket frames carried, control frames included; counted as they pass.",
            Tag.CHANNEL,
            Tag.DIRECTION),
    /** Bytes on the way. */
    WEBSOCKET_BYTES(
            "aiproxy.websocket.bytes",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes of WebSocket frames carried, their headers included; counted as they pass.",
            Tag.CHANNEL,
            Tag.DIRECTION),
    /** How long sockets live. */
    WEBSOCKET_DURATION(
            "aiproxy.websocket.duration",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "Life of WebSockets, booked when they have closed.",
            Tag.CHANNEL),
    /** How sockets end. */
    WEBSOCKET_CLOSES(
            "aiproxy.websocket.closes",
            Type.COUNTER,
            Unit.NONE,
            "WebSockets that have closed, by who sent the first Close frame or broke the connection.",
            Tag.CHANNEL,
            Tag.BY,
            Tag.CAUSE),
    /** Who is connected now. */
    CLIENT_CONNECTIONS(
            "aiproxy.client.connections",
            Type.GAUGE,
            Unit.NONE,
            "Open connections of callers, idle ones included. Without those to a port for operational pages."),
    /** Event loops that were blocked. */
    EVENT_LOOP_LATE(
            "aiproxy.event.loop.late",
            Type.COUNTER,
            Unit.NONE,
            "Times an event loop was blocked for more than a second; the log says by what."),
    /** Which routes are in force. */
    ROUTES_GENERATION(
            "aiproxy.routes.generation", Type.GAUGE, Unit.NONE, "Number of the route set in force; counts up from 1."),
    /** Which configuration is in force. */
    CONFIG_VERSION(
            "aiproxy.config.version",
            Type.GAUGE,
            Unit.NONE,
            "Version of the configuration in force; counts up from 1."),
    /** Configurations that were refused. */
    CONFIG_RELOAD_FAILURES(
            "aiproxy.config.reload.failures",
            Type.COUNTER,
            Unit.NONE,
            "Changed configurations that were not taken over because of errors in them; the old one went on."),
    /** Route files that were refused. */
    ROUTES_RELOAD_FAILURES(
            "aiproxy.routes.reload.failures",
            Type.COUNTER,
            Unit.NONE,
            "Changed route files that were not taken over because of errors in them; the old routes went on."),
    /** Backups that are there. */
    BACKUPS("aiproxy.backups", Type.COUNTER, Unit.NONE, "Backups that were made by the clock."),
    /** Backups that are missing. */
    BACKUP_FAILURES("aiproxy.backup.failures", Type.COUNTER, Unit.NONE, "Due backups that failed; the log says why."),
    /** Lines the disk did not take. */
    ACCESS_LOG_LINES_DROPPED(
            "aiproxy.access.log.lines.dropped",
            Type.COUNTER,
            Unit.NONE,
            "Lines missing in the access log because its file took none for too long."),
    /** Users in the configuration. */
    USERS("aiproxy.users", Type.GAUGE, Unit.NONE, "Users in the configuration.", Tag.STATE),
    /** Channels in the configuration. */
    CHANNELS("aiproxy.channels", Type.GAUGE, Unit.NONE, "Channels in the configuration.", Tag.STATE),
    /** How a channel's credentials are. */
    CHANNEL_CREDENTIALS(
            "aiproxy.channel.credentials",
            Type.GAUGE,
            Unit.NONE,
            "Credentials of a channel that are tried like any other, and those that are left in peace for a while.",
            Tag.CHANNEL,
            Tag.HEALTH),
    /** Changes of health. */
    HEALTH_CHANGES(
            "aiproxy.health.changes",
            Type.COUNTER,
            Unit.NONE,
            "Times a credential of a channel changed its state, by the new one.",
            Tag.CHANNEL,
            Tag.HEALTH),
    /** What goes on at a channel. */
    CHANNEL_IN_FLIGHT(
            "aiproxy.channel.in.flight",
            Type.GAUGE,
            Unit.NONE,
            "Calls and open WebSockets at a channel now.",
            Tag.CHANNEL),
    /** Limits that were met. */
    LIMIT_REJECTIONS(
            "aiproxy.limit.rejections",
            Type.COUNTER,
            Unit.NONE,
            "Times a limit refused a call or an attempt at a channel, or, as a shadow, would have.",
            Tag.QUANTITY,
            Tag.SCOPE,
            Tag.SHADOW),
    /** Limits that are nearly used up. */
    LIMIT_WARNINGS(
            "aiproxy.limit.warnings",
            Type.COUNTER,
            Unit.NONE,
            "Times the soft amount of a limit was reached, once in a window.",
            Tag.QUANTITY,
            Tag.SCOPE),
    /** Redis, where limits are kept there. */
    LIMIT_STORE_UP(
            "aiproxy.limit.store.up", Type.GAUGE, Unit.NONE, "1 while limits are kept in Redis, 0 while it is lost."),
    LIMIT_STORE_OUTAGES("aiproxy.limit.store.outages", Type.COUNTER, Unit.NONE, "Times Redis was lost for limits."),
    LIMIT_STORE_MISSES("aiproxy.limit.store.misses", Type.COUNTER, Unit.NONE, "Looks at limits without Redis."),
    /** Exchanges of a route. */
    ROUTE_EXCHANGES(
            "aiproxy.route.exchanges",
            Type.COUNTER,
            Unit.NONE,
            "Exchanges that a route has completed, failed ones included. Begins at 0 again when routes are reloaded.",
            Tag.ROUTE),
    /** Failed exchanges of a route. */
    ROUTE_FAILURES(
            "aiproxy.route.failures",
            Type.COUNTER,
            Unit.NONE,
            "Exchanges that left a route with a failure. Begins at 0 again when routes are reloaded.",
            Tag.ROUTE),
    /** Exchanges in a route now. */
    ROUTE_IN_FLIGHT("aiproxy.route.in.flight", Type.GAUGE, Unit.NONE, "Exchanges in a route now.", Tag.ROUTE);

    /** The value of a tag whose real value is not in the configuration, or one too many. */
    public static final String OTHER = "other";

    /** The value of a tag where there is nothing to say. */
    public static final String NONE = "none";

    /** The outcome of a handshake that was answered with 101. */
    static final String OPENED = "opened";

    /** The outcome of a handshake to which the channel gave another answer, which the caller got. */
    static final String REFUSED_BY_CHANNEL = "refused_by_channel";

    /** What a meter is. */
    public enum Type {
        /** Counts up. */
        COUNTER(Meter.Type.COUNTER),
        /** A value now. */
        GAUGE(Meter.Type.GAUGE),
        /** Count, sum and buckets of durations. */
        HISTOGRAM(Meter.Type.TIMER);

        private final Meter.Type micrometer;

        Type(Meter.Type micrometer) {
            this.micrometer = micrometer;
        }
    }

    /** What a meter's value is counted in. */
    public enum Unit {
        /** Things, as the meter's name says. */
        NONE,
        /** Bytes. */
        BYTES,
        /** Seconds. */
        SECONDS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A tag, with the values that it can have. */
    public enum Tag {
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
                "of a try `ok`, of a handshake `opened` or `refused_by_channel`, or the code of the failure; `other`",
                "failure codes + 4"),
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
        /** Route ids. */
        ROUTE("id of a route, e.g. `proxy-http`", "routes");

        private final String range;
        private final String cardinality;

        Tag(String range, String cardinality) {
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

    private final String id;
    private final Type type;
    private final Unit unit;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Tag> tags;

    Meters(String id, Type type, Unit unit, String meaning, Tag... tags) {
        this.id = id;
        this.type = type;
        this.unit = unit;
        this.meaning = meaning;
        this.tags = List.of(tags);
    }

    /** The name in Micrometer, e.g. {@code aiproxy.call.duration}. */
    public String id() {
        return id;
    }

    /** What it is. */
    public Type type() {
        return type;
    }

    /** What it is counted in. */
    public Unit unit() {
        return unit;
    }

    /** What it says, in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Its tags, in order. */
    public List<Tag> tags() {
        return tags;
    }

    /** The name under which Prometheus shows it, e.g. {@code aiproxy_calls_total}. */
    public String prometheusName() {
        String base =
                new PrometheusNamingConvention().name(id, type.micrometer, unit == Unit.NONE ? null : unit.word());
        return type == Type.COUNTER && !base.endsWith("_total") ? base + "_total" : base;
    }
}
