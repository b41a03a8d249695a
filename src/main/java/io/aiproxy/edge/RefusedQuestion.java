package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log of channels that refuse to be asked for a stream's usage, and what can be done. Any thread. */
final class RefusedQuestion {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedQuestion.class);
    private static final long EVERY_NANOS = Duration.ofMinutes(10).toNanos();
    /** Enough of an error to find the field's name. */
    private static final int PREFIX = 4096;

    private final Ticker ticker;
    private final Map<String, Long> toldAt = new ConcurrentHashMap<>();

    RefusedQuestion(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A channel has answered 400 to a call that asked it: reads along what it does not like. */
    void watch(Journey journey) {
        Call call = journey.call();
        String channel = call.channel();
        journey.serverCall().taps().prefix(PREFIX, prefix -> {
            String text = new String(prefix, StandardCharsets.UTF_8);
            boolean found = text.contains("stream_options") || text.contains("include_usage");
            if (found && due(channel)) {
                LOG.warn(
                        "Channel {} refuses stream_options, which the gateway adds to streamed calls to learn what they use"
                                + " (call {}). Set usage: {include_usage: false} for this channel; its streams are then"
                                + " estimated where the provider does not tell their usage by itself.",
                        channel,
                        call.id());
            }
            return found;
        });
    }

    private boolean due(String channel) {
        long now = ticker.nanos();
        Long last = toldAt.get(channel);
        if (last != null && now - last < EVERY_NANOS) {
            return false;
        }
        toldAt.put(channel, now);
        return true;
    }
}
