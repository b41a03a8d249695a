package io.aiproxy.usage;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Ending;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.journal.Block;
import io.aiproxy.usage.journal.Journals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Receipts and records for tests of booking. */
public final class Records {
    /** 2024-11-21T01:30:00.123Z. */
    public static final long MILLIS = 1_732_152_600_123L;

    private static final String[] WORDS = {
        "",
        "zhangsan",
        "张三",
        "a\"b\\c",
        "line\nbreak\u0001\u001e",
        "\ud83d\ude00",
        "x".repeat(300),
        "gpt-4o",
        "/v1/{id}"
    };

    private Records() {}

    /** A receipt of a good chat call. */
    public static Receipt receipt(String id, Optional<Usage> usage, UsageSource source, Optional<Transcript> said) {
        return new Receipt(
                id,
                MILLIS,
                true,
                "zhangsan",
                "laptop",
                "bailian",
                "default",
                Dialect.OPENAI,
                "chat",
                "qwen-max",
                "POST",
                "/v1/chat/completions",
                200,
                Ending.OK,
                "",
                812,
                5120,
                2_157_301_000L,
                390_120_000L,
                211_000L,
                List.of(),
                "10.1.2.3",
                "OpenAI/Python 2.1",
                0,
                7,
                Optional.empty(),
                usage,
                source,
                "qwen-max-2025-01-25",
                "/v1/chat/completions",
                List.of("tech"),
                Map.of("x-team", "search"),
                said,
                "");
    }

    /** As above, of which the provider has told all. */
    public static Receipt receipt(String id) {
        return receipt(id, Optional.of(tokens(100, 20)), UsageSource.PROVIDER, Optional.empty());
    }

    /** So many tokens. */
    public static Usage tokens(long input, long output) {
        return new Usage(input, output, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** A record that differs from others by its id alone. */
    public static UsageRecord record(String id) {
        return new RecordMaker(() -> Pricing.NONE, Optional.empty()).plain(receipt(id));
    }

    /** As {@link #record}, of this user. */
    static UsageRecord by(String id, String user) {
        UsageRecord of = record(id);
        return new UsageRecord(
                id,
                of.startedMillis(),
                of.endedMillis(),
                user,
                of.key(),
                of.groups(),
                of.channel(),
                of.credential(),
                of.dialect(),
                of.operation(),
                of.template(),
                of.method(),
                of.modelAsked(),
                of.modelAnswered(),
                of.webSocket(),
                of.status(),
                of.ending(),
                of.failure(),
                of.attempts(),
                of.bytesIn(),
                of.bytesOut(),
                of.firstByteMicros(),
                of.durationMicros(),
                of.overheadMicros(),
                of.usage(),
                of.source(),
                of.cost(),
                of.currency(),
                of.priced(),
                of.tags(),
                of.client(),
                of.configVersion(),
                of.work());
    }

    /** Records as they go to the journal. */
    public static List<Block> blocks(List<UsageRecord> records) {
        BlockWriter writer = new BlockWriter();
        List<Block> blocks = new ArrayList<>();
        for (UsageRecord record : records) {
            if (writer.full()) {
                blocks.add(writer.end());
            }
            writer.add(record);
        }
        if (!writer.isEmpty()) {
            blocks.add(writer.end());
        }
        return blocks;
    }

    /** The records of these blocks. */
    public static List<UsageRecord> read(List<Block> blocks) throws IOException {
        BlockReader reader = new BlockReader(new Recurring(64));
        List<UsageRecord> records = new ArrayList<>();
        for (Block block : blocks) {
            records.addAll(reader.records(block));
        }
        return records;
    }

    /** All records of the journal in this directory, which nobody must have opened. */
    public static List<UsageRecord> journaled(Path directory) throws IOException {
        return read(Journals.read(directory));
    }

    /** Any record. */
    public static UsageRecord random(Random random, String id) {
        return new UsageRecord(
                id,
                random.nextLong(4_000_000_000_000L),
                random.nextLong(4_000_000_000_000L),
                word(random),
                word(random),
                words(random),
                word(random),
                word(random),
                word(random),
                word(random),
                word(random),
                word(random),
                word(random),
                word(random),
                random.nextBoolean(),
                random.nextInt(600),
                word(random),
                word(random),
                random.nextInt(5),
                number(random),
                number(random),
                number(random) - 1,
                number(random) - 1,
                number(random) - 1,
                usage(random),
                UsageSource.values()[random.nextInt(3)],
                random.nextBoolean() ? 0 : random.nextLong(),
                random.nextBoolean() ? "" : "CNY",
                random.nextBoolean(),
                tags(random),
                word(random),
                number(random),
                word(random));
    }

    private static Usage usage(Random random) {
        return new Usage(
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random));
    }

    private static long number(Random random) {
        return random.nextBoolean() ? 0 : random.nextLong(Long.MAX_VALUE);
    }

    private static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private static List<String> words(Random random) {
        List<String> words = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            words.add(word(random));
        }
        return List.copyOf(words);
    }

    private static Map<String, String> tags(Random random) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tags.put("x-tag-" + i, word(random));
        }
        return Map.copyOf(tags);
    }
}
