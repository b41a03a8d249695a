package io.aiproxy.channels;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file behind {@link Remembered}: one line per id, {@code id TAB first TAB second TAB millis}, each URL-encoded, so
 * that nothing in an id can break a line; a later line for the same id counts. Readable by its owner alone. Used by one
 * thread at a time.
 */
final class RememberedFile {
    private final Path path;
    private @Nullable BufferedWriter writer;
    private @Nullable FileChannel channel;
    private long lines;
    private boolean torn;

    /**
     * A remembered id as the file has it.
     *
     * @param id the id
     * @param words what is remembered of it
     * @param usedMillis when it was last put or found, wall clock
     */
    record Line(String id, Remembered.Words words, long usedMillis) {}

    /**
     * What was in the file.
     *
     * @param lines the latest line of each id, oldest first
     * @param skipped how many lines could not be read
     */
    record Content(Collection<Line> lines, long skipped) {
        /** Whether there was nothing at all. */
        boolean empty() {
            return lines.isEmpty() && skipped == 0;
        }
    }

    RememberedFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Lines in the file, as far as this object wrote them. */
    long lines() {
        return lines;
    }

    /** Reads everything; a missing file is an empty one. */
    Content read() throws IOException {
        if (!Files.exists(path)) {
            return new Content(Set.of(), 0);
        }
        Map<String, Line> byId = new LinkedHashMap<>();
        long[] skipped = {0};
        // Latin-1 accepts every byte: what a crash or a disk left behind must not stop the start.
        try (Stream<String> all = Files.lines(path, StandardCharsets.ISO_8859_1)) {
            all.forEach(text -> {
                Line line = parse(text);
                if (text.isEmpty()) {
                    return; // see append
                }
                if (line == null) {
                    skipped[0]++;
                } else {
                    byId.remove(line.id()); // so that it moves to the end
                    byId.put(line.id(), line);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new Content(byId.values(), skipped[0]);
    }

    /**
     * Makes sure that lines can be added, without writing any: whoever starts the gateway wants to know at once. A file that
     * has none yet gives way to one that its owner alone may read.
     */
    void mayBeWritten() throws IOException {
        Files.deleteIfExists(path);
        Path fresh = fresh();
        open(fresh).close();
        Files.delete(fresh);
    }

    private Path fresh() {
        return path.resolveSibling(path.getFileName() + ".new");
    }

    /** Replaces the file by these lines, in one step: a crash leaves the old or the new one. */
    void rewrite(Iterable<Line> all) throws IOException {
        close();
        Path fresh = fresh();
        Files.deleteIfExists(fresh);
        long count = 0;
        try (FileChannel out = open(fresh);
                BufferedWriter text = text(out)) {
            for (Line line : all) {
                text.write(format(line));
                count++;
            }
            text.flush();
            out.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = count;
        torn = false;
    }

    /** Adds a line; it is on its way to the disk after {@link #flush}. */
    void append(Line line) throws IOException {
        BufferedWriter out = writer;
        if (out == null) {
            channel = open(path);
            out = text(channel);
            writer = out;
            if (torn) { // what an error left half written must not swallow this line
                out.write('\n');
                torn = false;
            }
        }
        out.write(format(line));
        lines++;
    }

    /** Hands what was added to the operating system. */
    void flush() throws IOException {
        if (writer != null) {
            writer.flush();
        }
    }

    /** Writes what was added through to the disk and closes the file; a later {@link #append} opens it again. */
    void close() throws IOException {
        BufferedWriter out = writer;
        FileChannel file = channel;
        writer = null;
        channel = null;
        if (out != null && file != null) {
            try (file) {
                out.flush();
                file.force(true);
            }
        }
    }

    /** Closes the file after an error, without writing; a later {@link #append} opens it again. */
    void abandon() {
        torn = true;
        writer = null;
        FileChannel file = channel;
        channel = null;
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // The error that led here was reported; there is nothing more to save.
            }
        }
    }

    private static FileChannel open(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                ownerOnly);
    }

    private static BufferedWriter text(FileChannel file) {
        return new BufferedWriter(
                new OutputStreamWriter(Channels.newOutputStream(file), StandardCharsets.ISO_8859_1), 1 << 16);
    }

    private static String format(Line line) {
        return encode(line.id())
                + '\t'
                + encode(line.words().first())
                + '\t'
                + encode(line.words().second())
                + '\t'
                + line.usedMillis()
                + '\n';
    }

    private static @Nullable Line parse(String text) {
        String[] parts = text.split("\t", -1);
        if (parts.length != 4 || parts[0].isEmpty() || parts[3].length() != 13) { // 13 digits until the year 2286
            return null;
        }
        try {
            Remembered.Words words = new Remembered.Words(decode(parts[1]), decode(parts[2]));
            return new Line(decode(parts[0]), words, Long.parseLong(parts[3]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
