package io.aiproxy.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The bodies of {@code GET /stats} and {@code GET /dashboard}. Both pages are open to everybody who reaches the port, so
 * there are names and numbers in them and no keys.
 *
 * <p>The fields of {@code /stats} and their forms are those of the AIProxy before this one; programs read them.
 * {@code avg_response_time} is in seconds with three decimals, as text (its predecessor measured with a clock of
 * milliseconds that counts seconds, so {@code "2.157"} is a little more than two seconds). New besides them:
 * {@code user_stats}, in {@code protocol_stats} {@code websocket_open}: sockets open now, and {@code counted_since}: when
 * the first of the calls counted here was, seconds since 1970, or when the process started where nothing is known of
 * earlier ones.
 *
 * <p>{@code websocket_requests} are handshakes tried and {@code websocket_connections} those of them that were answered
 * with 101, open ones included. {@code successful_requests} and {@code failed_requests} make up {@code total_requests}
 * but for handshakes that are still being decided.
 */
public final class StatsPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Statistics statistics;
    private final String version;
    private final long startedMillis;
    private final String dashboard = resource("dashboard.html");

    /**
     * @param statistics the numbers
     * @param version the gateway's version
     * @param startedMillis when the process started, milliseconds since 1970
     */
    public StatsPage(Statistics statistics, String version, long startedMillis) {
        this.statistics = statistics;
        this.version = version;
        this.startedMillis = startedMillis;
    }

    /**
     * The numbers as JSON: {@code application/json}, to be sent with {@code Access-Control-Allow-Origin: *}. Any thread.
     *
     * @param snapshot what is configured; every channel and user of it appears, with 0 if nothing happened
     * @param nowMillis now, milliseconds since 1970
     */
    public String json(Snapshot snapshot, long nowMillis) {
        Statistics.Totals totals = statistics.totals();
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("service", "AIProxy");
        page.put("version", version);
        page.put("uptime_seconds", Math.max(0, nowMillis - startedMillis) / 1000);
        page.put("total_requests", totals.requests());
        page.put("successful_requests", totals.successful());
        page.put("failed_requests", totals.failed());
        page.put("success_rate", percent(totals.successful(), totals.requests()));
        page.set("protocol_stats", protocols(totals));
        page.set("channel_stats", channels(snapshot));
        page.set("user_stats", users(snapshot));
        page.put("avg_response_time", String.format(Locale.ROOT, "%.3f", totals.meanNanos() / 1e9));
        page.put("last_request_time", totals.lastSecond());
        page.put("api_keys_count", keys(snapshot));
        page.put("timestamp", nowMillis / 1000);
        long since = statistics.sinceMillis();
        page.put("counted_since", (since == 0 ? startedMillis : since) / 1000);
        return text(page);
    }

    private static ObjectNode protocols(Statistics.Totals totals) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("http_requests", totals.http())
                .put("websocket_requests", totals.webSocket())
                .put("websocket_connections", totals.webSocketOpened())
                .put("websocket_connection_rate", percent(totals.webSocketOpened(), totals.webSocket()))
                .put("websocket_open", totals.webSocketOpen());
    }

    private ObjectNode channels(Snapshot snapshot) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        snapshot.channels().forEach((id, channel) -> all.putObject(id)
                .put("name", channel.name())
                .put("status", word(channel.status()))
                .put("requests", statistics.channel(id).requests()));
        return all;
    }

    private ObjectNode users(Snapshot snapshot) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        snapshot.users().forEach((id, user) -> {
            Statistics.Tally tally = statistics.user(id);
            all.putObject(id)
                    .put("name", user.name())
                    .put("status", word(user.status()))
                    .put("requests", tally.requests())
                    .put("failed", Math.max(0, tally.requests() - tally.successful()));
        });
        return all;
    }

    private static long keys(Snapshot snapshot) {
        return snapshot.users().values().stream()
                .mapToLong(user -> user.keys().size())
                .sum();
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    /** With two decimals; 0 of 0 is {@code 0.00%}. */
    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.2f%%", whole == 0 ? 0.0 : 100.0 * part / whole);
    }

    private static String text(ObjectNode page) {
        try {
            return JSON.writeValueAsString(page);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * The page for people: {@code text/html; charset=utf-8}, one file without outside resources that fetches
     * {@code stats} beside it and shows it.
     */
    public String dashboard() {
        return dashboard;
    }

    private static String resource(String name) {
        try (InputStream in = StatsPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The jar is incomplete: io/aiproxy/telemetry/" + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
