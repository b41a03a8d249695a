package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.journal.Block;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever records there are, they come out of blocks as they went in, and no block has the byte with which frames begin; whatever
 * happens to a block, what comes out is records or a clear text.
 */
class BlockPropertiesTest {
    private static final long[] EDGES = {0, 1, -1, 30, 127, 128, 30L << 7, 30L << 56, Long.MAX_VALUE, Long.MIN_VALUE};

    @Property(tries = 500, seed = "42")
    void whatIsReadIsWhatWasWritten(@ForAll long seed) throws IOException {
        List<UsageRecord> records = records(new Random(seed));
        List<UsageRecord> clean =
                records.stream().map(BlockPropertiesTest::clean).toList();
        List<Block> blocks = Records.blocks(records);
        assertThat(Records.read(blocks)).isEqualTo(clean);
        assertThat(blocks).allSatisfy(block -> {
            assertThat(block.bytes()).doesNotContain(Block.MARK);
            assertThat(block.records()).isBetween(1, 64);
        });
        assertThat(blocks.stream().mapToInt(Block::records).sum()).isEqualTo(records.size());
    }

    @Property(tries = 150, seed = "42")
    void theSameComesOutOfJson(@ForAll long seed) throws IOException {
        List<UsageRecord> records = new ArrayList<>();
        List<UsageRecord> fromJson = new ArrayList<>();
        Random random = new Random(seed);
        for (int i = random.nextInt(100); i >= 0; i--) {
            UsageRecord record = clean(Records.random(random, "id-" + random.nextInt(1000)));
            records.add(record);
            fromJson.add(RecordJson.read(RecordJson.bytes(record)));
        }
        assertThat(Records.read(Records.blocks(records))).isEqualTo(fromJson);
    }

    @Property(tries = 1500, seed = "42")
    void whateverHappensToABlockItIsReadOrRefused(@ForAll long seed) {
        Random random = new Random(seed);
        List<Block> blocks = Records.blocks(records(random));
        Block block = blocks.get(random.nextInt(blocks.size()));
        byte[] bytes = block.bytes().clone();
        for (int i = random.nextInt(5); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + 9), (byte) (random.nextBoolean() ? 0xff : 0x80));
                default -> bytes = Arrays.copyOf(bytes, 1 + at); // cut
            }
        }
        int count = random.nextInt(3) == 0 ? 1 + random.nextInt(256) : block.records();
        try {
            assertThat(Records.read(List.of(new Block(bytes, count)))).hasSizeBetween(1, 256);
        } catch (IOException refused) {
            assertThat(refused).hasMessageMatching("(?s)(it|its|a record|\".*) .*|.*JSON.*|Unexpected.*|.*character.*");
        }
    }

    private static List<UsageRecord> records(Random random) {
        List<UsageRecord> records = new ArrayList<>();
        String id = "0198c1f2-";
        for (int i = random.nextInt(150); i >= 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> records.add(Records.random(random, id + random.nextInt(1_000_000)));
                case 1 -> records.add(edges(random, text(random)));
                default -> records.add(Records.by(id + i, "user-" + random.nextInt(30)));
            }
        }
        return records;
    }

    /** All numbers are at an edge of their range, and texts are what somebody would choose who wants to be a frame. */
    private static UsageRecord edges(Random random, String id) {
        return new UsageRecord(
                id,
                edge(random),
                edge(random),
                text(random),
                text(random),
                List.of(text(random), text(random)),
                text(random),
                text(random),
                text(random),
                text(random),
                text(random),
                text(random),
                text(random),
                text(random),
                random.nextBoolean(),
                (int) edge(random),
                text(random),
                text(random),
                (int) edge(random),
                edge(random),
                edge(random),
                edge(random),
                edge(random),
                edge(random),
                new Usage(
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random),
                        edge(random)),
                UsageSource.values()[random.nextInt(3)],
                edge(random),
                text(random),
                random.nextBoolean(),
                Map.of("x-" + text(random), text(random)),
                text(random),
                edge(random),
                "");
    }

    private static long edge(Random random) {
        return EDGES[random.nextInt(EDGES.length)];
    }

    private static String text(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "\u001eREC\0\0\0\5\0\0\0\0\0\0\0\7";
            case 1 -> "REC" + "x".repeat(27); // its length is the mark's first byte
            case 2 -> "x".repeat(30 * 128 / 8) + random.nextInt(4);
            case 3 -> "\ud83d\ude00\ud83d";
            case 4 -> "张三" + random.nextInt(3);
            case 5 -> "";
            case 6 -> "y".repeat(600);
            default -> "w" + random.nextInt(100);
        };
    }

    /** The record with texts as the accounting thread makes them. */
    private static UsageRecord clean(UsageRecord of) {
        Map<String, String> tags = new LinkedHashMap<>();
        of.tags().forEach((name, value) -> tags.put(Words.clean(name), Words.clean(value)));
        return new UsageRecord(
                Words.clean(of.id()),
                of.startedMillis(),
                of.endedMillis(),
                Words.clean(of.user()),
                Words.clean(of.key()),
                of.groups().stream().map(Words::clean).toList(),
                Words.clean(of.channel()),
                Words.clean(of.credential()),
                Words.clean(of.dialect()),
                Words.clean(of.operation()),
                Words.clean(of.template()),
                Words.clean(of.method()),
                Words.clean(of.modelAsked()),
                Words.clean(of.modelAnswered()),
                of.webSocket(),
                of.status(),
                Words.clean(of.ending()),
                Words.clean(of.failure()),
                of.attempts(),
                of.bytesIn(),
                of.bytesOut(),
                of.firstByteMicros(),
                of.durationMicros(),
                of.overheadMicros(),
                of.usage(),
                of.source(),
                of.cost(),
                Words.clean(of.currency()),
                of.priced(),
                tags,
                Words.clean(of.client()),
                of.configVersion(),
                Words.clean(of.work()));
    }
}
