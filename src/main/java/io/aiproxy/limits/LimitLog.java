package io.aiproxy.limits;

import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Telemetry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of limits in the application's log and as metrics. */
public final class LimitLog implements LimitWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LimitLog.class);

    private final Telemetry telemetry;

    /** @param telemetry counts */
    public LimitLog(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    public void rejected(Met met) {
        Limit limit = met.limit();
        telemetry.limitRejected(
                limit.config().quantity(), limit.scope().tag(), limit.config().shadow());
    }

    @Override
    public void exhausted(Met met) {
        Limit limit = met.limit();
        telemetry.tell(EventStream.LIMIT, "limit.exhausted", () -> data(met));
        String shown = LimitWords.shown(limit);
        if (limit.config().shadow()) {
            LOG.info(
                    "The shadow limit {} ({}) would refuse calls now",
                    limit.counter().name(),
                    shown);
        } else {
            LOG.info("The limit {} ({}) refuses calls now", limit.counter().name(), shown);
        }
    }

    @Override
    public void nearing(Met met) {
        Limit limit = met.limit();
        telemetry.tell(EventStream.LIMIT, "limit.nearing", () -> data(met));
        telemetry.limitNearing(limit.config().quantity(), limit.scope().tag());
        LOG.warn(
                "The limit {} ({}) is nearly used up: {}", limit.counter().name(), LimitWords.shown(limit), met.used());
    }

    @Override
    public void storeLost(String place, String why) {
        telemetry.tell(EventStream.LIMIT, "limit.store.lost", () -> Map.of("place", place, "reason", why));
        LOG.warn(
                "Redis at {} is not there for limits: {}. Each instance counts for itself until it is back; limits with"
                        + " outage: refuse refuse every call",
                place,
                why);
    }

    @Override
    public void storeBack(String place, Duration lasted) {
        telemetry.tell(
                EventStream.LIMIT,
                "limit.store.back",
                () -> Map.of("place", place, "lasted_millis", lasted.toMillis()));
        LOG.warn("Redis at {} keeps limits again, after {} s", place, lasted.toMillis() / 1000.0);
    }

    private static Map<String, Object> data(Met met) {
        Limit limit = met.limit();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("limit", limit.counter().name());
        data.put("description", LimitWords.shown(limit));
        data.put("scope", limit.scope().tag());
        data.put("owner", limit.owner());
        data.put("quantity", LimitWords.word(limit.config().quantity()));
        data.put("amount", limit.config().amount());
        data.put("used", met.used());
        data.put("shadow", limit.config().shadow());
        return data;
    }
}
