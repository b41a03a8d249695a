package io.aiproxy.edge;

import io.aiproxy.channels.Remembered;
import io.aiproxy.core.Ticker;
import io.aiproxy.dialects.DeferredUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What is known of work that providers do after they have answered, in a file that outlasts a restart. */
final class DeferredWork implements DeferredUse.Memory, AutoCloseable {
    private static final String FILE = "deferred.tsv";
    private static final String TOLD = "told";

    /** Beyond it the least used goes; some 200 bytes each. */
    private static final int MOST = 100_000;

    /** DashScope keeps results for a day, OpenAI for 30 (platform.openai.com/docs/guides/your-data). */
    private static final Duration KEPT = Duration.ofDays(31);

    private final Remembered works;

    private DeferredWork(Remembered works) {
        this.works = works;
    }

    /**
     * Loads what was remembered. To be called at start, not on an event loop.
     *
     * @param dataDir where the file is
     */
    static DeferredWork open(Path dataDir, Ticker ticker) {
        return new DeferredWork(Remembered.open(dataDir.resolve(FILE), MOST, KEPT, ticker));
    }

    @Override
    public Optional<DeferredUse.Work> find(String id) {
        return works.find(id)
                .map(words -> new DeferredUse.Work(words.first(), words.second().equals(TOLD)));
    }

    @Override
    public void put(String id, DeferredUse.Work work) {
        works.put(id, new Remembered.Words(work.model(), work.told() ? TOLD : ""));
    }

    /** Writes what is still to be written; waits for that for at most ten seconds. */
    @Override
    public void close() {
        works.close();
    }
}
