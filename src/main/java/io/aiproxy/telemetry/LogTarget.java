package io.aiproxy.telemetry;

import java.io.Closeable;
import java.io.IOException;

/** Where the access log's lines end. Used by the writer thread alone; may block. */
interface LogTarget extends Closeable {
    /**
     * Writes the rest of the chunk, from {@link LogChunk#written} on, and moves that forward. After an exception the chunk
     * can be given again.
     */
    void write(LogChunk chunk) throws IOException;

    /** House-keeping that is due although nothing is written. */
    void tend() throws IOException;
}
