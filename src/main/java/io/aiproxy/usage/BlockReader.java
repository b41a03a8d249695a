package io.aiproxy.usage;

import io.aiproxy.core.Usage;
import io.aiproxy.usage.journal.Block;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link BlockWriter} has made, and records of the journal's version 1, which are JSON. Whatever the bytes are, it gives
 * records or says what is wrong, and takes no more memory than so many bytes can ask for. One thread.
 */
final class BlockReader {
    private final Recurring texts;
    private final long[] usage = new long[BlockFormat.USAGE_FIELDS];
    private final byte[] id = new byte[BlockFormat.LONGEST_ID];
    private int idLength;

    /** @param texts where words are remembered from block to block */
    BlockReader(Recurring texts) {
        this.texts = texts;
    }

    /**
     * The records of a block, all of them.
     *
     * @throws IOException when it is none, or a newer version of this program has written it
     */
    List<UsageRecord> records(Block block) throws IOException {
        byte[] bytes = block.bytes();
        if (bytes.length > 0 && bytes[0] == BlockFormat.JSON) {
            return List.of(RecordJson.read(bytes));
        }
        if (bytes.length == 0 || bytes[0] != BlockFormat.NUMBER) {
            throw new IOException(
                    bytes.length == 0
                            ? "it is empty"
                            : "its format is " + bytes[0] + ", and this version of aiproxy knows none above "
                                    + BlockFormat.NUMBER);
        }
        BlockCursor from = new BlockCursor(bytes, 1);
        BlockColumns columns = new BlockColumns(texts);
        List<UsageRecord> records = new ArrayList<>(block.records());
        idLength = 0;
        long started = 0;
        for (int i = 0; i < block.records(); i++) {
            UsageRecord record = record(columns, from, started);
            records.add(record);
            started = record.startedMillis();
        }
        if (!from.isAtEnd()) {
            throw new IOException("it goes on behind its " + block.records() + " records");
        }
        return records;
    }

    private UsageRecord record(BlockColumns last, BlockCursor from, long startedBefore) throws IOException {
        last.read(from);
        String text = id(from);
        long started = startedBefore + from.signed();
        long over = from.signed();
        long bytesIn = from.number();
        long bytesOut = from.number();
        long firstByte = from.number() - 1;
        long duration = from.number() - 1;
        long overhead = from.number() - 1;
        return new UsageRecord(
                text,
                started,
                started + Math.max(0, duration) / 1_000 + over,
                last.user,
                last.key,
                last.groups,
                last.channel,
                last.credential,
                last.dialect,
                last.operation,
                last.template,
                last.method,
                last.modelAsked,
                last.modelAnswered,
                last.webSocket,
                last.status,
                last.ending,
                last.failure,
                last.attempts,
                bytesIn,
                bytesOut,
                firstByte,
                duration,
                overhead,
                usage(from),
                last.source,
                from.signed(),
                last.currency,
                last.priced,
                last.tags,
                last.client,
                last.configVersion,
                last.work);
    }

    private String id(BlockCursor from) throws IOException {
        int common = from.upTo(idLength, "part of the id before");
        int rest = from.upTo(BlockFormat.LONGEST_ID - common, "rest of the id");
        int begin = from.skip(rest);
        System.arraycopy(from.bytes(), begin, id, common, rest);
        idLength = common + rest;
        return new String(id, 0, idLength, StandardCharsets.UTF_8);
    }

    /** See {@link BlockWriter} for the places of the numbers. */
    private Usage usage(BlockCursor from) throws IOException {
        int used = from.upTo((1 << BlockFormat.USAGE_FIELDS) - 1, "mask of usage");
        if (used == 0) {
            return Usage.NONE;
        }
        for (int i = 0; i < usage.length; i++) {
            usage[i] = (used >> i & 1) == 0 ? 0 : from.number();
        }
        return new Usage(
                usage[0], usage[1], usage[2], usage[3], usage[4], usage[5], usage[6], usage[7], usage[8], usage[9],
                usage[10], usage[11], usage[12], usage[13]);
    }
}
