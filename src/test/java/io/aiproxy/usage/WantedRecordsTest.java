package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.usage.journal.Journal;
import io.aiproxy.usage.journal.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records themselves are kept until they are written only for those who want them; in the journal they are in any case. */
class WantedRecordsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path home;

    private final Watches watches = new Watches(Ticker.SYSTEM);
    private final Sink sink = new Sink();
    private Journal journal;
    private Accounting accounting;

    /** One who wants records now and then. */
    private static final class Sink implements RecordSink {
        private final List<String> ids = new CopyOnWriteArrayList<>();
        private volatile boolean wanted;
        private volatile boolean broken;

        @Override
        public void booked(List<UsageRecord> records) {
            records.forEach(record -> ids.add(record.id()));
        }

        @Override
        public boolean wanted() {
            if (broken) {
                throw new IllegalStateException("a defect of this test");
            }
            return wanted;
        }
    }

    @BeforeEach
    void start() throws IOException {
        watches.add(sink);
        journal = Journal.open(home.resolve("journal"), Ticker.SYSTEM);
        accounting = Accounting.start(
                new Accounting.Parts(
                        journal, BooksConfig::defaults, () -> Pricing.NONE, Optional.empty(), watches, new Counts()),
                Ticker.SYSTEM);
    }

    @AfterEach
    void stop() {
        accounting.close();
        journal.close();
    }

    private void book(String... calls) {
        for (String call : calls) {
            accounting.accept(Records.receipt(call));
        }
        await().atMost(SOON).until(() -> accounting.waiting() == 0);
    }

    private List<String> journaled() throws IOException {
        return Records.read(journal.read(Place.BEGINNING, -1, 100_000).blocks()).stream()
                .map(UsageRecord::id)
                .toList();
    }

    @Test
    void whoWantsRecordsGetsThoseThatAreMadeFromThenOn() throws IOException {
        book("a", "b");
        sink.wanted = true;
        book("c", "d");
        sink.wanted = false;
        book("e");
        accounting.close();
        assertThat(sink.ids).containsExactly("c", "d");
        assertThat(journaled()).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void whoFailsWhenAskedIsGivenThemAll() throws IOException {
        sink.broken = true;
        book("a", "b");
        accounting.close();
        assertThat(sink.ids).containsExactly("a", "b");
        assertThat(journaled()).containsExactly("a", "b");
    }

    @Test
    void aPackThatIsFullIsFollowedByAnotherAndTheOrderStays() throws IOException {
        sink.wanted = true;
        String[] calls =
                IntStream.range(0, 20_000).mapToObj("call-%05d"::formatted).toArray(String[]::new);
        book(calls);
        accounting.close();
        assertThat(sink.ids).containsExactly(calls);
        assertThat(journaled()).containsExactly(calls);
    }
}
