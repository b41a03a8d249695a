package io.aiproxy.edge;

import io.aiproxy.core.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** How many WebSockets are open with one proxy key at one channel, handshakes under way among them. Any thread. */
final class SocketSlots {
    private final Map<Holder, Integer> taken = new ConcurrentHashMap<>();

    private record Holder(String userId, String keyName, String channel) {}

    /** One socket's place. */
    final class Slot {
        private final Holder holder;
        private final AtomicBoolean released = new AtomicBoolean();

        private Slot(Holder holder) {
            this.holder = holder;
        }

        /** Gives the place back; once. */
        void release() {
            if (released.compareAndSet(false, true)) {
                taken.computeIfPresent(holder, (same, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** A place, unless {@code most} are taken; 0: any number. */
    Optional<Slot> take(Caller caller, String channel, int most) {
        Holder holder = new Holder(caller.userId(), caller.keyName(), channel);
        boolean[] free = {false};
        taken.compute(holder, (same, count) -> {
            int now = count == null ? 0 : count;
            free[0] = most <= 0 || now < most;
            return free[0] ? Integer.valueOf(now + 1) : count;
        });
        return free[0] ? Optional.of(new Slot(holder)) : Optional.empty();
    }
}
