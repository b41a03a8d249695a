package io.aiproxy.usage.journal;

import static io.aiproxy.usage.journal.Journals.all;
import static io.aiproxy.usage.journal.Journals.block;
import static io.aiproxy.usage.journal.Journals.files;
import static io.aiproxy.usage.journal.Journals.records;
import static io.aiproxy.usage.journal.Journals.rest;
import static io.aiproxy.usage.journal.Journals.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal over its life: what is appended is there, after any restart, until somebody says that it is not needed. */
class JournalTest {
    @TempDir
    Path home;

    private final ScriptedDisk disk = new ScriptedDisk();

    private Path directory() {
        return home.resolve("journal");
    }

    private Journal open(long segmentBytes) throws IOException {
        return Journal.open(directory(), disk, segmentBytes, Ticker.SYSTEM);
    }

    private Journal open() throws IOException {
        return open(Journal.SEGMENT_BYTES);
    }

    @Test
    void whatIsAppendedIsThereAfterRestarts() throws IOException {
        String id;
        try (Journal journal = open()) {
            id = journal.id();
            journal.append(records("a", "", "张三"));
            assertThat(texts(all(journal))).containsExactly("a", "", "张三");
        }
        try (Journal journal = open()) {
            assertThat(journal.id()).isEqualTo(id);
            assertThat(journal.last()).isEqualTo(3);
            Place behind = all(journal).next();
            journal.append(records("d"));
            assertThat(texts(rest(journal, behind))).containsExactly("d");
            assertThat(texts(all(journal))).containsExactly("a", "", "张三", "d");
        }
    }

    @Test
    void recordsLongerThanAnyBufferAreCarried() throws IOException {
        String longest = "x".repeat(Block.LONGEST);
        try (Journal journal = open()) {
            journal.append(records("a", longest, "b"));
            assertThat(texts(all(journal))).containsExactly("a", longest, "b");
        }
    }

    @Test
    void batchesFollowEachOther() throws IOException {
        try (Journal journal = open(200)) {
            for (int i = 0; i < 100; i++) {
                journal.append(records("record " + i));
            }
            assertThat(files(directory())).hasSizeGreaterThan(10);
            Place place = Place.BEGINNING;
            for (int i = 0; i < 100; i += 7) {
                long bytes = journal.bytesBehind(place);
                Batch batch = journal.read(place, i, 7);
                assertThat(texts(batch))
                        .isEqualTo(IntStream.range(i, Math.min(100, i + 7))
                                .mapToObj(n -> "record " + n)
                                .toList());
                assertThat(batch.sequence()).isEqualTo(Math.min(100, i + 7));
                assertThat(batch.missing()).isZero();
                assertThat(batch.damaged()).isZero();
                place = batch.next();
                assertThat(journal.bytesBehind(place)).isLessThan(bytes);
            }
            assertThat(journal.bytesBehind(place)).isZero();
            assertThat(journal.read(place, 100, 7).blocks()).isEmpty();
        }
    }

    @Test
    void numbersCountRecordsAndBatchesAreWholeBlocks() throws IOException {
        try (Journal journal = open()) {
            journal.append(List.of(block("three", 3), block("all", Block.MOST_RECORDS), block("one", 1)));
            assertThat(journal.last()).isEqualTo(260);
            Batch first = journal.read(Place.BEGINNING, 0, 1); // one block at least
            assertThat(texts(first)).containsExactly("three");
            assertThat(first.records()).isEqualTo(3);
            assertThat(first.sequence()).isEqualTo(3);
            assertThat(texts(journal.read(Place.BEGINNING, 0, 3))).containsExactly("three");
            assertThat(texts(journal.read(Place.BEGINNING, 0, 4))).containsExactly("three", "all"); // and whole ones
            Batch rest = journal.read(first.next(), first.sequence(), 1000);
            assertThat(texts(rest)).containsExactly("all", "one");
            assertThat(rest.sequence()).isEqualTo(260);
            assertThat(rest.missing()).isZero();
        }
        try (Journal journal = open()) {
            assertThat(journal.last()).isEqualTo(260);
            journal.append(List.of(block("more", 2)));
            assertThat(journal.last()).isEqualTo(262);
            Batch all = all(journal);
            assertThat(all.missing()).isZero();
            assertThat(all.sequence()).isEqualTo(262);
            journal.delete(journal.read(Place.BEGINNING, -1, 260).next());
            assertThat(journal.before()).isEqualTo(260);
        }
    }

    @Test
    void aDamagedBlockCostsAllItsRecordsAndNoOthers() throws IOException {
        try (Journal journal = open()) {
            journal.append(List.of(block("a", 3), block("b", 64), block("c", 5)));
        }
        try (FileChannel channel = FileChannel.open(files(directory()).get(0), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), SegmentHead.LENGTH + Frame.HEAD + 1 + 4); // the number of records
        }
        try (Journal journal = open()) {
            Batch batch = journal.read(Place.BEGINNING, 0, 1000);
            assertThat(texts(batch)).containsExactly("a", "c");
            assertThat(batch.missing()).isEqualTo(64);
            assertThat(batch.damaged()).isEqualTo(Frame.HEAD + 1);
        }
    }

    @Test
    void blocksThatNoFrameCanHoldAreRefused() throws IOException {
        try (Journal journal = open()) {
            for (Block wrong : List.of(block("a", 0), block("a", 257), block("x".repeat(Block.LONGEST + 1), 1))) {
                assertThatThrownBy(() -> journal.append(List.of(wrong)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("a block of " + wrong.bytes().length + " bytes");
            }
            journal.append(records("a"));
            assertThat(texts(all(journal))).containsExactly("a");
            assertThat(journal.last()).isEqualTo(1);
        }
    }

    /** Written byte by byte, as docs/reference/journal.md had it: such files are still there after an update. */
    @Test
    void filesOfTheFirstVersionAreReadAndFollowed() throws IOException {
        ByteBuffer file = ByteBuffer.allocate(200);
        file.put("AIPXJRNL".getBytes(StandardCharsets.US_ASCII)).putInt(1);
        file.putLong(0x0123456789abcdefL).putLong(0xfedcba9876543210L);
        file.putLong(4).putLong(77).putLong(1_732_152_600_123L);
        file.putInt(sum(file.array(), 0, file.position()));
        frame(file, 4, 77, "{\"id\":\"a\"}");
        frame(file, 4, 78, "{}");
        Files.createDirectories(directory());
        Files.write(directory().resolve("journal-0000000004.aiproxy"), Arrays.copyOf(file.array(), file.position()));
        try (Journal journal = open()) {
            assertThat(journal.id()).isEqualTo("01234567-89ab-cdef-fedc-ba9876543210");
            assertThat(journal.last()).isEqualTo(78);
            assertThat(journal.before()).isEqualTo(76);
            journal.append(List.of(block("block", 2)));
            Batch batch = all(journal);
            assertThat(texts(batch)).containsExactly("{\"id\":\"a\"}", "{}", "block");
            assertThat(batch.blocks()).extracting(Block::records).containsExactly(1, 1, 2);
            assertThat(batch.sequence()).isEqualTo(80);
            assertThat(batch.missing() + batch.damaged()).isZero();
            assertThat(files(directory())).hasSize(2); // nothing new goes into a file of the first version
            assertThat(Files.readAllBytes(files(directory()).get(1)))
                    .startsWith("AIPXJRNL\0\0\0\2".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void frame(ByteBuffer file, long segment, long sequence, String record) {
        byte[] bytes = record.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer checked = ByteBuffer.allocate(20 + bytes.length);
        checked.putLong(segment).putInt(bytes.length).putLong(sequence).put(bytes);
        file.putInt(0x1E524543).putInt(bytes.length).putLong(sequence);
        file.putInt(sum(checked.array(), 0, checked.capacity())).put(bytes);
    }

    private static int sum(byte[] bytes, int from, int to) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, to - from);
        return (int) sum.getValue();
    }

    @Test
    void whatIsElsewhereIsDeletedButNotTheLastFile() throws IOException {
        String id;
        try (Journal journal = open(200)) {
            id = journal.id();
            for (int i = 0; i < 100; i++) {
                journal.append(records("record " + i));
            }
            Batch some = journal.read(Place.BEGINNING, -1, 50);
            journal.delete(some.next());
            assertThat(texts(rest(journal, some.next()))).hasSize(50);
            assertThat(journal.before()).isBetween(40L, 50L);
            journal.delete(all(journal).next());
            assertThat(files(directory())).hasSize(1);
        }
        try (Journal journal = open(200)) {
            assertThat(journal.id()).isEqualTo(id);
            assertThat(journal.last()).isEqualTo(100);
            Place before = all(journal).next();
            journal.append(records("next"));
            Batch batch = rest(journal, before);
            assertThat(texts(batch)).containsExactly("next");
            assertThat(batch.sequence()).isEqualTo(101);
            journal.delete(before);
            assertThat(files(directory())).hasSize(1);
        }
    }

    @Test
    void whatWasNotWrittenCompletelyIsCutOff() throws IOException {
        try (Journal journal = open()) {
            journal.append(records("a", "b"));
        }
        Path file = files(directory()).get(0);
        long whole = Files.size(file);
        Files.write(file, new byte[] {0x1E, 0x52, 0x45, 0x43, 0, 0, 0, 9, 1, 2, 3}, StandardOpenOption.APPEND);
        try (Journal journal = open()) {
            assertThat(files(directory()).get(0)).hasSize(whole);
            Batch batch = all(journal);
            assertThat(texts(batch)).containsExactly("a", "b");
            assertThat(batch.damaged()).isZero();
            journal.append(records("c"));
            assertThat(texts(all(journal))).containsExactly("a", "b", "c");
        }
    }

    @Test
    void damageInTheMiddleIsSkippedAndTold() throws IOException {
        try (Journal journal = open()) {
            journal.append(records("a", "b", "c", "d"));
        }
        Path file = files(directory()).get(0);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            int frame = Frame.HEAD + 1;
            channel.write(
                    ByteBuffer.wrap("#".repeat(frame).getBytes(StandardCharsets.US_ASCII)), SegmentHead.LENGTH + frame);
        }
        try (Journal journal = open()) {
            Batch batch = all(journal);
            assertThat(texts(batch)).containsExactly("a", "c", "d");
            assertThat(batch.missing()).isEqualTo(1);
            assertThat(batch.damaged()).isEqualTo(Frame.HEAD + 1);
        }
    }

    @Test
    void aFileThatIsGoneIsMissed() throws IOException {
        try (Journal journal = open(150)) {
            for (int i = 0; i < 12; i++) {
                journal.append(records("record " + i));
            }
        }
        List<Path> files = files(directory());
        assertThat(files).hasSizeGreaterThan(2);
        Files.delete(files.get(1));
        try (Journal journal = open(150)) {
            Batch batch = all(journal);
            assertThat(batch.missing()).isPositive();
            assertThat(batch.records() + batch.missing()).isEqualTo(12);
        }
    }

    @Test
    void whatCallersWriteIsNeverTakenForAFrame() throws IOException {
        byte[] forged = new byte[Frame.HEAD + 2];
        ByteBuffer into = ByteBuffer.wrap(forged);
        byte[] payload = "{}".getBytes(StandardCharsets.US_ASCII);
        Frame.head(into, 1, 99, new Block(payload, 1));
        into.put(payload);
        for (int i = 0; i < forged.length; i++) {
            forged[i] = forged[i] >= 0 && forged[i] < 0x20
                    ? (byte) '?'
                    : forged[i]; // as blocks do not have the first of them
        }
        try (Journal journal = open()) {
            journal.append(records("a"));
            journal.append(List.of(new Block(forged, 1)));
            journal.append(records("b"));
        }
        Path file = files(directory()).get(0);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), SegmentHead.LENGTH + Frame.HEAD + 1 + 4); // the length of the second
            channel.write(ByteBuffer.allocate(4), SegmentHead.LENGTH + Frame.HEAD + 1 + 16); // and its check sum
        }
        try (Journal journal = open()) {
            assertThat(texts(all(journal))).containsExactly("a", "b");
        }
    }

    @Test
    void aFullDiskLosesNothingThatWasAppendedAndTakesTheRestLater() throws IOException {
        try (Journal journal = open()) {
            journal.append(records("a"));
            disk.room(30);
            assertThatThrownBy(() -> journal.append(records("b", "c"))).hasMessageContaining("No space");
            disk.room(0);
            assertThatThrownBy(() -> journal.append(records("b", "c"))).hasMessageContaining("No space");
            disk.room(SegmentHead.LENGTH + 5); // a new file can be begun but not filled
            assertThatThrownBy(() -> journal.append(records("b", "c"))).hasMessageContaining("No space");
            assertThat(texts(all(journal))).containsExactly("a");
            disk.roomy();
            journal.append(records("b", "c"));
            assertThat(texts(all(journal))).containsExactly("a", "b", "c");
            assertThat(all(journal).missing()).isZero();
        }
        try (Journal journal = open()) {
            assertThat(texts(all(journal))).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aDiskThatIsFullFromTheBeginningIsWaitedFor() throws IOException {
        disk.room(0);
        try (Journal journal = open()) {
            assertThatThrownBy(() -> journal.append(records("a"))).hasMessageContaining("No space");
            assertThat(all(journal).blocks()).isEmpty();
            disk.roomy();
            journal.append(records("a"));
            assertThat(texts(all(journal))).containsExactly("a");
        }
    }

    @Test
    void afterAFailedForceEverythingIsWrittenAgain() throws IOException {
        try (Journal journal = open()) {
            journal.append(records("a"));
            disk.forces(false);
            assertThatThrownBy(() -> journal.append(records("b"))).hasMessageContaining("Input/output");
            assertThat(texts(all(journal))).containsExactly("a");
            disk.forces(true);
            journal.append(records("b", "c"));
            assertThat(texts(all(journal))).containsExactly("a", "b", "c");
            assertThat(files(directory())).hasSize(2); // nothing more went into the file that failed
        }
    }

    @Test
    void theSameProcessCannotHaveItTwice() throws IOException {
        try (Journal journal = open()) {
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("is in use");
            journal.append(records("a"));
        }
        open().close();
    }

    /** Takes a journal and says whether it could. */
    public static final class Second {
        private Second() {}

        public static void main(String[] args) {
            try (Journal journal = Journal.open(Path.of(args[0]), Ticker.SYSTEM)) {
                System.out.println("opened " + journal.id());
            } catch (IOException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }

    private String second() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Second.class.getName(),
                        directory().toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    @Test
    void anotherProcessIsRefused() throws Exception {
        try (Journal journal = open()) {
            assertThatThrownBy(this::open).hasMessageContaining("is in use"); // must not give the lock away
            assertThat(second())
                    .contains("refused: The journal in " + directory())
                    .contains("by process " + ProcessHandle.current().pid())
                    .contains("--data");
            journal.append(records("a"));
        }
        assertThat(second()).contains("opened");
    }

    @Test
    void aNewerVersionsFilesAreNotTouched() throws IOException {
        try (Journal journal = open()) {
            journal.append(records("a"));
        }
        Path file = files(directory()).get(0);
        ByteBuffer head = ByteBuffer.wrap(Files.readAllBytes(file));
        head.putInt(8, SegmentHead.VERSION + 1);
        head.putInt(SegmentHead.LENGTH - 4, sum(head.array(), 0, SegmentHead.LENGTH - 4));
        Files.write(file, head.array());
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("journal version 3");
        assertThat(Files.readAllBytes(file)).isEqualTo(head.array());
    }
}
