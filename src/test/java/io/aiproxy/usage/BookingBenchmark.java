package io.aiproxy.usage;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Ending;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.sql.Database;
import io.aiproxy.usage.journal.Batch;
import io.aiproxy.usage.journal.Block;
import io.aiproxy.usage.journal.Journal;
import io.aiproxy.usage.journal.Place;
import io.aiproxy.usage.sql.SqlBooks;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a call's way into the books costs, step by step, in time of the processor of the thread that does it. Run it alone on the
 * machine, from the classes of the tests; the directory must be empty or not be there:
 *
 * <pre>java -Daiproxy.log.level=INFO -cp … io.aiproxy.usage.BookingBenchmark /var/tmp/booking</pre>
 *
 * <p>{@code -Dusers=100}: who call, in turn; {@code -Dbatch=5000}: records that are added to the books at once; {@code -Drate=25000}:
 * calls per second; {@code -Drounds=10}: of a hundred thousand calls.
 */
public final class BookingBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(BookingBenchmark.class);
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final int CALLS = 100_000;

    /** What is written to the journal at once: what comes within half a loss window. */
    private static final int WRITTEN = 1_000;

    private static final long FROM = 1_790_000_000_000L;

    private final int users = Integer.getInteger("users", 100);
    private final int rate = Integer.getInteger("rate", 25_000);
    private final int batch = Integer.getInteger("batch", 5_000);
    private final RecordMaker maker = new RecordMaker(() -> sale -> Pricing.Price.UNKNOWN, Optional.empty());
    private final BlockWriter writer = new BlockWriter();
    private final BlockReader reader = new BlockReader(new Recurring(4_096));
    private long ids;

    private BookingBenchmark() {}

    /** See above. */
    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        try (Journal journal = Journal.open(dir.resolve("journal"), Ticker.SYSTEM);
                SqlBooks books = SqlBooks.open(
                        new Database("jdbc:sqlite:" + dir.resolve("usage.db"), "", Secret.of("")), ZoneId.of("UTC"))) {
            BookingBenchmark benchmark = new BookingBenchmark();
            Place place = Place.BEGINNING;
            for (int round = 0; round < Integer.getInteger("rounds", 10); round++) {
                place = benchmark.round(journal, books, place);
            }
        }
    }

    private Place round(Journal journal, SqlBooks books, Place from) throws Exception {
        long[] spent = new long[6];
        for (int i = 0; i < CALLS; i += WRITTEN) {
            List<Receipt> receipts = new ArrayList<>();
            for (int k = 0; k < WRITTEN; k++) {
                receipts.add(receipt(ids++));
            }
            long at = CPU.getCurrentThreadCpuTime();
            List<UsageRecord> records = receipts.stream().map(maker::plain).toList();
            at = add(spent, 0, at);
            List<Block> blocks = blocks(records);
            at = add(spent, 1, at);
            journal.append(blocks);
            add(spent, 2, at);
        }
        Place place = from;
        LOG.info("bytes per record: {}", journal.bytesBehind(from) / CALLS);
        int done = 0;
        while (true) {
            long at = CPU.getCurrentThreadCpuTime();
            Batch read = journal.read(place, -1, batch);
            at = add(spent, 3, at);
            if (read.blocks().isEmpty()) {
                break;
            }
            List<UsageRecord> records = new ArrayList<>();
            for (Block block : read.blocks()) {
                records.addAll(reader.records(block));
            }
            at = add(spent, 4, at);
            place = read.next();
            books.add(records, new Books.Position(journal.id(), place.segment(), place.offset()));
            add(spent, 5, at);
            done += records.size();
        }
        journal.delete(place);
        told(spent, done);
        return place;
    }

    private List<Block> blocks(List<UsageRecord> records) {
        List<Block> blocks = new ArrayList<>();
        for (UsageRecord record : records) {
            if (writer.full()) {
                blocks.add(writer.end());
            }
            writer.add(record);
        }
        blocks.add(writer.end());
        return blocks;
    }

    private static long add(long[] spent, int step, long since) {
        long now = CPU.getCurrentThreadCpuTime();
        spent[step] += now - since;
        return now;
    }

    private static void told(long[] spent, int records) {
        StringBuilder text = new StringBuilder();
        String[] names = {"record", "block", "append", "read", "parse", "books"};
        for (int i = 0; i < names.length; i++) {
            text.append(' ').append(names[i]).append(' ').append(spent[i] / 10 / records / 100.0);
        }
        LOG.info("us per record:{}", text);
    }

    private Receipt receipt(long number) {
        int user = (int) (number % users);
        long duration = 1_500_000 + (number * 7919) % 3_000_000;
        return new Receipt(
                "0198c1f2-" + Long.toHexString(0x100000000000L + number),
                FROM + number * 1000 / rate,
                true,
                "user-" + user,
                "default",
                "provider-1",
                "default",
                Dialect.OPENAI,
                "chat",
                "gpt-4o-mini",
                "POST",
                "/v1/chat/completions",
                200,
                Ending.OK,
                "",
                700,
                1_024,
                duration,
                duration / 2,
                180_000 + number % 50_000,
                List.of(),
                "192.0.2.7",
                "bench",
                -1,
                3,
                Optional.empty(),
                Optional.of(new Usage(9 + number % 50, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                UsageSource.PROVIDER,
                "gpt-4o-mini-2024-07-18",
                "/v1/chat/completions",
                List.of("staff"),
                Map.of(),
                Optional.empty(),
                "");
    }
}
