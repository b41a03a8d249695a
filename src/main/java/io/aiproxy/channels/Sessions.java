package io.aiproxy.channels;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which member of a group has served a session last. Bounded: 100,000 sessions, those not heard of for the longest time go
 * first. Any thread; in memory only, because a provider's cache is cold after a restart of anything too.
 */
final class Sessions {
    private static final int MOST = 100_000;
    /** In characters; what is longer is no name of a session. */
    private static final int LONGEST = 512;

    private static final Duration LONGEST_KEEP = Duration.ofDays(365);

    private final Cache<Key, Held> held;

    private record Key(String group, String session) {}

    private record Held(Bound at, Duration keep) {}

    Sessions(Ticker ticker) {
        held = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfter(Expiry.<Key, Held>accessing((key, value) -> value.keep))
                .ticker(ticker::nanos)
                .executor(Runnable::run)
                .build();
    }

    /** Where the session is at home; null when that is not known. */
    @Nullable
    Bound find(String group, String session) {
        Held known = held.getIfPresent(new Key(group, session));
        return known == null ? null : known.at;
    }

    /** The session was served there. */
    void bind(String group, String session, Bound at, Duration keep) {
        if (session.length() > LONGEST || keep.isZero() || keep.isNegative()) {
            return;
        }
        Key key = new Key(group, session);
        Held known = held.getIfPresent(key);
        if (known == null || !known.at.equals(at)) {
            held.put(key, new Held(at, keep.compareTo(LONGEST_KEEP) < 0 ? keep : LONGEST_KEEP));
        }
    }

    /** How many are remembered, for tests. */
    long size() {
        held.cleanUp();
        return held.estimatedSize();
    }
}
