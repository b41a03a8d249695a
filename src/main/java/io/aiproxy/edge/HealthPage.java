package io.aiproxy.edge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.channels.Condition;
import io.aiproxy.channels.Health;
import io.aiproxy.channels.HealthReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How channels and credentials do, as parts of the operational pages: by channel, then by credential. */
final class HealthPage {
    private HealthPage() {}

    /** Everybody. */
    static ObjectNode all(Health health) {
        return page(health, true);
    }

    /** Those that are not well. */
    static ObjectNode unwell(Health health) {
        return page(health, false);
    }

    private static ObjectNode page(Health health, boolean all) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        health.report().forEach((channel, reports) -> {
            for (HealthReport report : reports) {
                if (all || report.condition() != Condition.OK) {
                    page.withObjectProperty(channel).set(report.credential(), candidate(report));
                }
            }
        });
        return page;
    }

    private static ObjectNode candidate(HealthReport report) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("state", report.condition().word())
                .put("in_flight", report.inFlight());
        if (report.latencyNanos() > 0) {
            node.put("latency_ms", report.latencyNanos() / 1_000_000);
        }
        if (!report.reason().isEmpty()) {
            node.put("reason", report.reason());
        }
        if (report.waitNanos() > 0) {
            Instant until = Instant.now().plusNanos(report.waitNanos()).truncatedTo(ChronoUnit.SECONDS);
            node.put("until", until.toString());
        }
        return node;
    }
}
