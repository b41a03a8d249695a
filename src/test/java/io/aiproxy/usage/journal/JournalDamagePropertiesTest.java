package io.aiproxy.usage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever happens to a file: no block comes out that was not put in, and none is missing that was not hit. */
class JournalDamagePropertiesTest {
    /** A block and where its frame lies. */
    private record Written(Block block, long from, long to) {}

    @Property(tries = 150, seed = "42")
    void flippedAnywhere(@ForAll long seed) throws IOException {
        check(new Random(seed), false);
    }

    @Property(tries = 150, seed = "42")
    void cutAnywhere(@ForAll long seed) throws IOException {
        check(new Random(seed), true);
    }

    private static void check(Random random, boolean cut) throws IOException {
        Path directory = Files.createTempDirectory("aiproxy-journal");
        try {
            List<Written> written = write(directory, random);
            Path file = Journals.files(directory).get(0);
            int size = (int) Files.size(file);
            int from = random.nextInt(size);
            int to = cut ? size : Math.min(size, from + 1 + random.nextInt(random.nextBoolean() ? 4 : 400));
            damage(file, from, to, cut ? null : random);
            List<Block> expected = written.stream()
                    .filter(frame -> frame.to <= from || frame.from >= to)
                    .map(Written::block)
                    .toList();
            try (Journal journal = Journal.open(directory, Ticker.SYSTEM)) {
                same(Journals.all(journal), expected);
                Block after = Journals.block("after", 7);
                journal.append(List.of(after));
                List<Block> all = new ArrayList<>(expected);
                all.add(after);
                same(Journals.all(journal), all);
            }
        } finally {
            delete(directory);
        }
    }

    private static void same(Batch batch, List<Block> expected) {
        assertThat(batch.blocks())
                .extracting(Block::records)
                .isEqualTo(expected.stream().map(Block::records).toList());
        assertThat(batch.blocks().stream().map(Block::bytes))
                .containsExactlyElementsOf(expected.stream().map(Block::bytes).toList());
    }

    private static List<Written> write(Path directory, Random random) throws IOException {
        List<Written> written = new ArrayList<>();
        long at = SegmentHead.LENGTH;
        try (Journal journal = Journal.open(directory, Ticker.SYSTEM)) {
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                Block block = block(random);
                journal.append(List.of(block));
                long end = at + Frame.HEAD + block.bytes().length;
                written.add(new Written(block, at, end));
                at = end;
            }
        }
        return written;
    }

    /** Any bytes but the one that no block has, among them what would be whole frames with it. */
    private static Block block(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        if (bytes.length > Frame.HEAD && random.nextBoolean()) {
            int at = random.nextInt(bytes.length - Frame.HEAD);
            Block forged = new Block(Arrays.copyOfRange(bytes, at + Frame.HEAD, bytes.length), 1 + random.nextInt(256));
            Frame.head(ByteBuffer.wrap(bytes, at, Frame.HEAD), 1, random.nextInt(30), forged);
        }
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == Block.MARK ? (byte) '?' : bytes[i];
        }
        return new Block(bytes, 1 + random.nextInt(Block.MOST_RECORDS));
    }

    /** Changes every byte of the range, or takes it away if there is no {@code random}. */
    private static void damage(Path file, int from, int to, @org.jspecify.annotations.Nullable Random random)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (random == null) {
                channel.truncate(from);
                return;
            }
            ByteBuffer bytes = ByteBuffer.allocate(to - from);
            channel.read(bytes, from);
            for (int i = 0; i < bytes.capacity(); i++) {
                bytes.put(i, (byte) (bytes.get(i) ^ (1 + random.nextInt(255))));
            }
            channel.write(bytes.rewind(), from);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
