package io.aiproxy.dialects;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aiproxy.core.Ticker;
import java.time.Duration;

/**
 * Remembers work that providers do after they have answered ({@link Deferred}): which model it was asked of, and whether its
 * usage was told already, because every fetch of a result tells it again. Kept in memory alone: who fetches a result again after
 * a restart, or from another instance, is told the usage again.
 *
 * <p>One object per process, for any thread; does not block.
 */
public final class DeferredUse {
    /** Beyond it the least used goes; some 200 bytes each. */
    private static final int MOST = 100_000;

    /** DashScope keeps results for a day, OpenAI for 30 (platform.openai.com/docs/guides/your-data). */
    private static final Duration KEPT = Duration.ofDays(31);

    private static final int LONGEST = 256;

    private final Cache<String, Work> works;

    /**
     * What is known of one piece of work.
     *
     * @param model that was asked; empty: not known
     * @param told whether its usage was told
     */
    private record Work(String model, boolean told) {}

    /**
     * A call that has to do with such work.
     *
     * @param how what it has to do with it; not {@link Deferred#NOT}
     * @param channel where the work is done: ids of different channels are different
     * @param model that the call asks; empty if none
     */
    public record Part(Deferred how, String channel, String model) {}

    /** None yet. */
    public DeferredUse(Ticker ticker) {
        works = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(KEPT)
                .ticker(ticker::nanos)
                .executor(Runnable::run) // its upkeep is short, and nobody has to wait for another thread
                .build();
    }

    /** Such work has begun. */
    void began(Part part, String id) {
        works.asMap().putIfAbsent(key(part, id), new Work(part.model, false));
    }

    /** Its usage is told; whether that is for the first time. */
    boolean first(Part part, String id) {
        boolean[] first = new boolean[1];
        works.asMap().compute(key(part, id), (key, known) -> {
            first[0] = known == null || !known.told;
            return known == null ? new Work(part.model, true) : new Work(known.model, true);
        });
        return first[0];
    }

    /** The model that it was asked of; empty: not known. */
    String model(Part part, String id) {
        Work known = works.getIfPresent(key(part, id));
        return known == null ? "" : known.model;
    }

    private static String key(Part part, String id) {
        return part.channel + '/' + (id.length() <= LONGEST ? id : id.substring(0, LONGEST));
    }
}
