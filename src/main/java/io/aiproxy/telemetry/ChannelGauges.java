package io.aiproxy.telemetry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Numbers that another part of the gateway keeps for every channel: shown for the configured ones and no others. */
final class ChannelGauges {
    private final MeterRegistrar registrar;

    // All guarded by this.
    private final List<Kept> kept = new ArrayList<>();
    private final Map<String, List<Runnable>> removals = new HashMap<>();

    /** A meter whose first tag is the channel. */
    private record Kept(Meters meter, ToDoubleFunction<String> value, List<String> tags) {}

    ChannelGauges(MeterRegistrar registrar) {
        this.registrar = registrar;
    }

    synchronized void observe(Meters meter, ToDoubleFunction<String> value, List<String> tags) {
        Kept fresh = new Kept(meter, value, tags);
        kept.add(fresh);
        removals.forEach((channel, list) -> list.add(show(fresh, channel)));
    }

    synchronized void channels(Set<String> ids) {
        removals.entrySet().removeIf(known -> {
            boolean gone = !ids.contains(known.getKey());
            if (gone) {
                known.getValue().forEach(Runnable::run);
            }
            return gone;
        });
        for (String id : ids) {
            removals.computeIfAbsent(id, channel -> {
                List<Runnable> list = new ArrayList<>();
                kept.forEach(one -> list.add(show(one, channel)));
                return list;
            });
        }
    }

    private Runnable show(Kept one, String channel) {
        List<String> tags = new ArrayList<>();
        tags.add(channel);
        tags.addAll(one.tags);
        return registrar.observe(one.meter, () -> one.value.applyAsDouble(channel), tags.toArray(String[]::new));
    }
}
