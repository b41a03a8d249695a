package io.aiproxy.edge;

import io.aiproxy.channels.Bound;
import io.aiproxy.channels.Condition;
import io.aiproxy.channels.HealthChange;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Telemetry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of changes of health, in the application's log and as a metric. Nothing is told of a call. */
final class HealthLog implements Consumer<HealthChange> {
    private static final Logger LOG = LoggerFactory.getLogger(HealthLog.class);

    private final Telemetry telemetry;

    HealthLog(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    public void accept(HealthChange change) {
        Bound at = change.at();
        telemetry.healthChanged(at.channel(), change.now().word());
        telemetry.tell(EventStream.CHANNEL, "channel.health", () -> data(change));
        String words = words(change);
        if (change.now() == Condition.OK || change.now() == Condition.HALF_OPEN) {
            LOG.info("Channel {}, credential {}: {}", at.channel(), at.credential(), words);
        } else {
            LOG.warn("Channel {}, credential {}: {}", at.channel(), at.credential(), words);
        }
    }

    private static Map<String, Object> data(HealthChange change) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("channel", change.at().channel());
        data.put("credential", change.at().credential());
        data.put("before", change.before().word());
        data.put("now", change.now().word());
        data.put("reason", change.reason());
        change.lasts().ifPresent(time -> data.put("lasts_millis", time.toMillis()));
        return data;
    }

    private static String words(HealthChange change) {
        String lasts = change.lasts()
                .map(time -> ", for " + Math.max(1, (time.toMillis() + 500) / 1000) + " s")
                .orElse("");
        return switch (change.now()) {
            case OK -> "is well again (was " + change.before().word() + ")";
            case COOLING_DOWN -> "was " + change.reason() + " and comes behind the others now" + lasts;
            case OPEN -> "fails too often, its circuit breaker is open and it comes behind the others now" + lasts;
            case HALF_OPEN -> "gets a few calls to find out whether it is well again";
            case PROBE_FAILED ->
                "was found " + change.reason() + " by a probe and comes behind the others now, until a"
                        + " probe or a call succeeds";
        };
    }
}
