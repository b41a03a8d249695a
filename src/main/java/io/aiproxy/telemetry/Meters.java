package io.aiproxy.telemetry;

import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.List;

/**
 * Every meter of the gateway: the only place where names are made up. Metrics are made from here and nowhere else;
 * {@code docs/reference/metrics.md} is printed from here.
 *
 * <p>Whatever a caller can choose freely (users, keys, paths, models) is no tag: every combination of tags is memory here
 * and in Prometheus for ever. Channels come from the configuration; names that are not in it are told of as
 * {@value #OTHER}, no channel at all as {@value #NONE}.
 */
public enum Meters {
    CALLS(
            "aiproxy.calls",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Calls that have ended: the last byte has left or the connection has broken. Operational pages are not counted.",
            MeterTag.CHANNEL,
            MeterTag.OPERATION,
            MeterTag.STATUS,
            MeterTag.ENDING),
    CALL_DURATION(
            "aiproxy.call.duration",
            MeterType.HISTOGRAM,
            MeterUnit.SECONDS,
            "From the request's head to the last byte of the answer. WebSockets that opened are left out: their life says nothing.",
            MeterTag.CHANNEL,
            MeterTag.OPERATION),
    CALL_FIRST_BYTE(
            "aiproxy.call.first.byte",
            MeterType.HISTOGRAM,
            MeterUnit.SECONDS,
            "From the request's head to the first byte of the answer. Without WebSockets that opened and calls that got no answer.",
            MeterTag.CHANNEL,
            MeterTag.OPERATION),
    GATEWAY_OVERHEAD(
            "aiproxy.gateway.overhead",
            MeterType.HISTOGRAM,
            MeterUnit.SECONDS,
            "The part of the time until the answer's head that was spent in the gateway and not waiting for channels."),
    REQUEST_BODY(
            "aiproxy.request.body",
            MeterType.COUNTER,
            MeterUnit.BYTES,
            "Bytes of request bodies received. Without what WebSockets carry.",
            MeterTag.CHANNEL),
    RESPONSE_BODY(
            "aiproxy.response.body",
            MeterType.COUNTER,
            MeterUnit.BYTES,
            "Bytes of answers' bodies sent to callers. Without what WebSockets carry.",
            MeterTag.CHANNEL),
    ATTEMPTS(
            "aiproxy.attempts",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Tries at a channel, several for one call when it was retried.",
            MeterTag.CHANNEL,
            MeterTag.OUTCOME),
    FAILOVERS(
            "aiproxy.failovers",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Times a call went on to another channel, by the channel that it left.",
            MeterTag.CHANNEL),
    CLIENT_DISCONNECTS(
            "aiproxy.client.disconnects",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Calls whose caller hung up before the answer was complete. Not the channel's failure.",
            MeterTag.CHANNEL,
            MeterTag.PHASE),
    REFUSALS(
            "aiproxy.refusals",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Calls that the gateway refused, by the failure's code.",
            MeterTag.CODE),
    CALLS_IN_FLIGHT(
            "aiproxy.calls.in.flight",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Calls and open WebSockets of callers now. Operational pages (the one with this number, too) and the admin API are"
                    + " not counted.",
            MeterTag.KIND),
    WEBSOCKETS_OPEN(
            "aiproxy.websocket.open",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "WebSockets open now. A channel that was removed stays until its last socket has closed.",
            MeterTag.CHANNEL),
    WEBSOCKET_HANDSHAKES(
            "aiproxy.websocket.handshakes",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "WebSocket handshakes by what became of them, each once, at the channel that answered or was tried last.",
            MeterTag.CHANNEL,
            MeterTag.OUTCOME),
    WEBSOCKET_FRAMES(
            "aiproxy.websocket.frames",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "WebSocket frames carried, control frames included; counted as they pass.",
            MeterTag.CHANNEL,
            MeterTag.DIRECTION),
    WEBSOCKET_BYTES(
            "aiproxy.websocket.bytes",
            MeterType.COUNTER,
            MeterUnit.BYTES,
            "Bytes of WebSocket frames carried, their headers included; counted as they pass.",
            MeterTag.CHANNEL,
            MeterTag.DIRECTION),
    WEBSOCKET_DURATION(
            "aiproxy.websocket.duration",
            MeterType.HISTOGRAM,
            MeterUnit.SECONDS,
            "Life of WebSockets, booked when they have closed.",
            MeterTag.CHANNEL),
    WEBSOCKET_CLOSES(
            "aiproxy.websocket.closes",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "WebSockets that have closed, by who sent the first Close frame or broke the connection.",
            MeterTag.CHANNEL,
            MeterTag.BY,
            MeterTag.CAUSE),
    CLIENT_CONNECTIONS(
            "aiproxy.client.connections",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Open connections of callers, idle ones included. Without those to a port for operational pages."),
    EVENT_LOOP_LATE(
            "aiproxy.event.loop.late",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Times an event loop was blocked for more than a second; the log says by what."),
    ROUTES_GENERATION(
            "aiproxy.routes.generation",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Number of the route set in force; counts up from 1."),
    CONFIG_VERSION(
            "aiproxy.config.version",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Version of the configuration in force; counts up from 1."),
    CONFIG_RELOAD_FAILURES(
            "aiproxy.config.reload.failures",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Changed configurations that were not taken over because of errors in them; the old one went on."),
    ROUTES_RELOAD_FAILURES(
            "aiproxy.routes.reload.failures",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Changed route files that were not taken over because of errors in them; the old routes went on."),
    BACKUPS("aiproxy.backups", MeterType.COUNTER, MeterUnit.NONE, "Backups that were made by the clock."),
    BACKUP_FAILURES(
            "aiproxy.backup.failures", MeterType.COUNTER, MeterUnit.NONE, "Due backups that failed; the log says why."),
    REPORTS(
            "aiproxy.reports",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Days, weeks or months of which reports were made by the clock."),
    REPORT_FAILURES(
            "aiproxy.report.failures", MeterType.COUNTER, MeterUnit.NONE, "Due reports that failed; the log says why."),
    ACCESS_LOG_LINES_DROPPED(
            "aiproxy.access.log.lines.dropped",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Lines missing in the access log because its file took none for too long."),
    JOURNAL_WAITING(
            "aiproxy.journal.waiting",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Calls that have ended and whose records are not in the journal yet."),
    JOURNAL_RECORDS(
            "aiproxy.journal.records",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Records of calls that were written to the journal."),
    JOURNAL_FAILURES(
            "aiproxy.journal.failures",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Writes to the journal that failed; they are tried again."),
    JOURNAL_LOST(
            "aiproxy.journal.lost",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Calls that will be missing in the books: the disk took nothing for so long that there was no memory left, or it has"
                    + " damaged the journal."),
    JOURNAL_UNREADABLE(
            "aiproxy.journal.unreadable",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Records of the journal that this version of the program cannot read and has left out."),
    JOURNAL_DAMAGED(
            "aiproxy.journal.damaged",
            MeterType.COUNTER,
            MeterUnit.BYTES,
            "Bytes of the journal that are not as they were written."),
    JOURNAL_BOOKED(
            "aiproxy.journal.booked",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Records that were taken over from the journal into the books."),
    JOURNAL_LAG(
            "aiproxy.journal.lag", MeterType.GAUGE, MeterUnit.BYTES, "What of the journal is not in the books yet."),
    JOURNAL_LAG_RECORDS(
            "aiproxy.journal.lag.records",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Records of the journal that are not in the books yet. Too many after a start, until the books could be asked."),
    JOURNAL_LAG_AGE(
            "aiproxy.journal.lag.age",
            MeterType.GAUGE,
            MeterUnit.SECONDS,
            "How long the oldest call has been waiting to be taken over from the journal into the books."),
    JOURNAL_REFUSED(
            "aiproxy.journal.refused",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Records that the books refuse for good; they are put aside in a file."),
    USERS("aiproxy.users", MeterType.GAUGE, MeterUnit.NONE, "Users in the configuration.", MeterTag.STATE),
    CHANNELS("aiproxy.channels", MeterType.GAUGE, MeterUnit.NONE, "Channels in the configuration.", MeterTag.STATE),
    CHANNEL_CREDENTIALS(
            "aiproxy.channel.credentials",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Credentials of a channel that are tried like any other, and those that are left in peace for a while.",
            MeterTag.CHANNEL,
            MeterTag.HEALTH),
    HEALTH_CHANGES(
            "aiproxy.health.changes",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Times a credential of a channel changed its state, by the new one.",
            MeterTag.CHANNEL,
            MeterTag.HEALTH),
    CHANNEL_IN_FLIGHT(
            "aiproxy.channel.in.flight",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "Calls and open WebSockets at a channel now.",
            MeterTag.CHANNEL),
    LIMIT_REJECTIONS(
            "aiproxy.limit.rejections",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Times a limit refused a call or an attempt at a channel, or, as a shadow, would have.",
            MeterTag.QUANTITY,
            MeterTag.SCOPE,
            MeterTag.SHADOW),
    LIMIT_WARNINGS(
            "aiproxy.limit.warnings",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Times the soft amount of a limit was reached, once in a window.",
            MeterTag.QUANTITY,
            MeterTag.SCOPE),
    LIMIT_STORE_UP(
            "aiproxy.limit.store.up",
            MeterType.GAUGE,
            MeterUnit.NONE,
            "1 while limits are kept in Redis, 0 while it is lost."),
    LIMIT_STORE_OUTAGES(
            "aiproxy.limit.store.outages", MeterType.COUNTER, MeterUnit.NONE, "Times Redis was lost for limits."),
    LIMIT_STORE_MISSES(
            "aiproxy.limit.store.misses", MeterType.COUNTER, MeterUnit.NONE, "Looks at limits without Redis."),
    USAGE_RECORDS(
            "aiproxy.usage.records",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Calls in the books, by where the numbers of their usage come from.",
            MeterTag.CHANNEL,
            MeterTag.SOURCE),
    USAGE_TOKENS(
            "aiproxy.usage.tokens",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Tokens used, estimated ones included. Input contains what was cached, output what was reasoning; do not add up all kinds.",
            MeterTag.CHANNEL,
            MeterTag.TOKENS),
    USAGE_COST(
            "aiproxy.usage.cost",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "What usage costs by the price table, in the currency.",
            MeterTag.CHANNEL,
            MeterTag.CURRENCY),
    USAGE_UNPRICED(
            "aiproxy.usage.unpriced",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Calls that used something for which the price table has no price.",
            MeterTag.CHANNEL),
    EVENTS_DROPPED(
            "aiproxy.events.dropped",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Events that were lost because the routes that want them are too slow or broken.",
            MeterTag.QUEUE),
    ROUTE_EXCHANGES(
            "aiproxy.route.exchanges",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Exchanges that a route has completed, failed ones included. Begins at 0 again when routes are reloaded.",
            MeterTag.ROUTE),
    ROUTE_FAILURES(
            "aiproxy.route.failures",
            MeterType.COUNTER,
            MeterUnit.NONE,
            "Exchanges that left a route with a failure. Begins at 0 again when routes are reloaded.",
            MeterTag.ROUTE),
    ROUTE_IN_FLIGHT(
            "aiproxy.route.in.flight", MeterType.GAUGE, MeterUnit.NONE, "Exchanges in a route now.", MeterTag.ROUTE);

    /** The value of a tag whose real value is not in the configuration, or one too many. */
    public static final String OTHER = "other";

    /** The value of a tag where there is nothing to say. */
    public static final String NONE = "none";

    /** The outcome of a handshake that was answered with 101. */
    static final String OPENED = "opened";

    /** The outcome of a handshake to which the channel gave another answer, which the caller got. */
    static final String REFUSED_BY_CHANNEL = "refused_by_channel";

    private final String id;
    private final MeterType type;
    private final MeterUnit unit;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<MeterTag> tags;

    Meters(String id, MeterType type, MeterUnit unit, String meaning, MeterTag... tags) {
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
    public MeterType type() {
        return type;
    }

    /** What it is counted in. */
    public MeterUnit unit() {
        return unit;
    }

    /** What it says, in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Its tags, in order. */
    public List<MeterTag> tags() {
        return tags;
    }

    /** The name under which Prometheus shows it, e.g. {@code aiproxy_calls_total}. */
    public String prometheusName() {
        String base =
                new PrometheusNamingConvention().name(id, type.kind(), unit == MeterUnit.NONE ? null : unit.word());
        return type == MeterType.COUNTER && !base.endsWith("_total") ? base + "_total" : base;
    }
}
