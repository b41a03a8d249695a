package io.aiproxy.usage.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file of a journal by itself, which a gateway may be writing: for people who want to look into it. One thread. */
public final class JournalFile implements AutoCloseable {
    private final FrameReader reader;

    private JournalFile(FrameReader reader) {
        this.reader = reader;
    }

    /**
     * Opens a file to read what is in it now.
     *
     * @throws IOException when it cannot be read, or is no file of a journal
     */
    public static JournalFile open(Path file) throws IOException {
        SegmentHead head = SegmentHead.of(file)
                .orElseThrow(() -> new IOException(
                        file + " is no file of a journal, or its first " + SegmentHead.LENGTH + " bytes are damaged"));
        return new JournalFile(FrameReader.open(file, head.number(), SegmentHead.LENGTH, Files.size(file)));
    }

    /** The next block; null when there is none. */
    @Nullable
    public Block next() throws IOException {
        return reader.next();
    }

    /** Damaged bytes in front of blocks that were given. */
    public long damaged() {
        return reader.skipped();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
