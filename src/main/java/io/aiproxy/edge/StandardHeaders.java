package io.aiproxy.edge;

import io.aiproxy.core.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The header fields that every answer to a call carries, whoever made it. */
final class StandardHeaders {
    private StandardHeaders() {}

    static List<Map.Entry<String, String>> of(Call call) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(5);
        fields.add(Map.entry("x-aiproxy-request-id", call.id()));
        if (!call.channel().isEmpty()) {
            fields.add(Map.entry("x-aiproxy-channel", call.channel()));
            fields.add(Map.entry(
                    "x-aiproxy-attempts", Integer.toString(call.attempts().size())));
        }
        long overhead = Math.max(0, System.nanoTime() - call.readyNanos() - call.channelNanos());
        fields.add(Map.entry("x-aiproxy-overhead-ms", millis(overhead)));
        if (call.configVersion() > 0) {
            fields.add(Map.entry("x-aiproxy-config-version", Long.toString(call.configVersion())));
        }
        return fields;
    }

    /** Milliseconds with three decimals, without the cost of a formatter. */
    static String millis(long nanos) {
        long micros = nanos / 1000;
        long rest = micros % 1000;
        String pad = rest < 10 ? "00" : rest < 100 ? "0" : "";
        return micros / 1000 + "." + pad + rest;
    }
}
