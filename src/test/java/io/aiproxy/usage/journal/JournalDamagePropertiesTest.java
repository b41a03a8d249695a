package io.aiproxy.usage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever happens to a file: no record comes out that was not put in, and none is missing that was not hit. */
class JournalDamagePropertiesTest {
    /** A record and where its frame lies. */
    private record Written(String text, long from, long to) {}

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
            List<String> expected = written.stream()
                    .filter(record -> record.to <= from || record.from >= to)
                    .map(Written::text)
                    .toList();
            try (Journal journal = Journal.open(directory, Ticker.SYSTEM)) {
                assertThat(Journals.texts(Journals.all(journal))).isEqualTo(expected);
                journal.append(Journals.records("after"));
                List<String> all = new ArrayList<>(expected);
                all.add("after");
                assertThat(Journals.texts(Journals.all(journal))).isEqualTo(all);
            }
        } finally {
            delete(directory);
        }
    }

    private static List<Written> write(Path directory, Random random) throws IOException {
        List<Written> written = new ArrayList<>();
        long at = SegmentHead.LENGTH;
        try (Journal journal = Journal.open(directory, Ticker.SYSTEM)) {
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                String text = text(random);
                journal.append(Journals.records(text));
                long end = at + Frame.HEAD + text.getBytes(StandardCharsets.UTF_8).length;
                written.add(new Written(text, at, end));
                at = end;
            }
        }
        return written;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(300); i > 0; i--) {
            text.append((char) (random.nextInt(20) == 0 ? 0x4e00 + random.nextInt(100) : ' ' + random.nextInt(95)));
        }
        return text.toString();
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
