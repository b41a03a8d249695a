package io.aiproxy.telemetry;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.aiproxy.config.SystemConfig.AccessLogConfig;
import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log file that is begun anew when it is full ({@code max_size}) or a day old (or as old as lines may become, if that
 * is less) and that survives what others do to it: moved or deleted (the next chunk goes into a new file of the old name,
 * as logrotate expects), truncated (everything is appended), its directory removed (made again).
 *
 * <p>Sizes are kept to the chunk: a file may be smaller than {@code max_size} by what did not fit, and is larger only if
 * one chunk alone is larger than that.
 */
final class LogFile implements LogTarget {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final Duration LONGEST_AGE = Duration.ofDays(1);
    private static final Duration CLEAN_EVERY = Duration.ofHours(1);

    private final Path file;
    private final AccessLogConfig config;
    private final Ticker ticker;
    private final LogArchive archive;
    private final long longestAgeMillis;

    private @Nullable FileChannel channel;
    private @Nullable Object identity;
    private long begunMillis;
    private long cleanedMillis = Long.MIN_VALUE;

    LogFile(Path file, AccessLogConfig config, Ticker ticker) {
        this.file = file;
        this.config = config;
        this.ticker = ticker;
        this.archive = new LogArchive(file);
        long keepMillis = Math.max(1, config.keep().toMillis());
        this.longestAgeMillis = Math.min(LONGEST_AGE.toMillis(), keepMillis);
    }

    @Override
    public void write(LogChunk chunk) throws IOException {
        FileChannel out = ready();
        long size = out.size();
        long more = chunk.bytes.size();
        if (size > 0 && (size + more > config.maxSize() || tooOld())) {
            out = rotate(out);
            size = out.size();
        }
        ByteBuffer bytes = chunk.bytes.view();
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException stuck) {
            // Takes half a line away again, so that the chunk can be written in one piece later.
            try {
                out.truncate(size);
            } catch (IOException alsoStuck) {
                stuck.addSuppressed(alsoStuck);
            }
            throw stuck;
        }
        chunk.written = bytes.position();
        if (size == 0) {
            begunMillis = ticker.millis();
        }
    }

    @Override
    public void tend() throws IOException {
        FileChannel out = ready();
        if (out.size() > 0 && tooOld()) {
            rotate(out);
        }
        long now = ticker.millis();
        if (cleanedMillis == Long.MIN_VALUE || now - cleanedMillis >= CLEAN_EVERY.toMillis()) {
            clean();
        }
    }

    private boolean tooOld() {
        return ticker.millis() - begunMillis >= longestAgeMillis;
    }

    /** The open file, if its name still leads to it; otherwise a new one. */
    private FileChannel ready() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            if (stillThere()) {
                return open;
            }
            close();
        }
        return open();
    }

    private boolean stillThere() throws IOException {
        try {
            return Objects.equals(
                    identity,
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private FileChannel open() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        FileChannel opened = FileChannel.open(file, CREATE, WRITE, APPEND);
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            identity = attributes.fileKey();
            long now = ticker.millis();
            begunMillis = attributes.size() == 0
                    ? now
                    : Math.min(now, attributes.creationTime().toMillis());
            finishLine(opened);
        } catch (IOException failed) {
            opened.close();
            throw failed;
        }
        channel = opened;
        return opened;
    }

    /** A process that was killed may have left half a line; the next one must not be glued to it. */
    private void finishLine(FileChannel opened) throws IOException {
        if (opened.size() == 0) {
            return;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        try (FileChannel in = FileChannel.open(file, READ)) {
            in.read(last, in.size() - 1);
        }
        if (last.position() == 1 && last.get(0) != '\n') {
            opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    /** Begins a new file. When that is impossible, the old one goes on: a long file is better than no file. */
    private FileChannel rotate(FileChannel old) throws IOException {
        try {
            archive.add(ticker.millis());
        } catch (IOException failed) {
            LOG.warn("Access log: cannot begin a new file, {} goes on: {}", file, failed.toString());
            begunMillis = ticker.millis();
            return old;
        }
        close();
        FileChannel fresh = open();
        clean();
        return fresh;
    }

    /** Old files that cannot be deleted must not keep new lines from being written. */
    private void clean() {
        cleanedMillis = ticker.millis();
        FileChannel open = channel;
        try {
            long current = open == null ? 0 : open.size();
            archive.clean(cleanedMillis - config.keep().toMillis(), config.keepTotal() - current);
        } catch (IOException | UncheckedIOException failed) {
            LOG.warn("Access log: cannot look for old files of {}: {}", file, failed.toString());
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
