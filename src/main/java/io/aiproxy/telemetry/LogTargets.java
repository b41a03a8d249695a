package io.aiproxy.telemetry;

import io.aiproxy.config.SystemConfig.AccessLogConfig;
import io.aiproxy.core.Ticker;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens what {@code access_log.file} names: {@code stdout}, or a file relative to the data directory. */
final class LogTargets {
    private static final String STDOUT = "stdout";

    private final Path dataDir;
    private final Ticker ticker;

    LogTargets(Path dataDir, Ticker ticker) {
        this.dataDir = dataDir;
        this.ticker = ticker;
    }

    LogTarget open(AccessLogConfig config) throws IOException {
        if (config.file().equals(STDOUT)) {
            return new Stdout();
        }
        try {
            return new LogFile(dataDir.resolve(config.file()), config, ticker);
        } catch (InvalidPathException notPath) {
            throw new IOException("access_log.file is not a path: " + notPath.getMessage(), notPath);
        }
    }

    /** The process's standard output, past {@code System.out} and its locks. Never closed. */
    private static final class Stdout implements LogTarget {
        @SuppressWarnings("resource")
        private final FileChannel out = new FileOutputStream(FileDescriptor.out).getChannel();

        @Override
        public void write(LogChunk chunk) throws IOException {
            ByteBuffer bytes = chunk.bytes.view().position(chunk.written);
            while (bytes.hasRemaining()) {
                out.write(bytes);
                chunk.written = bytes.position();
            }
        }

        @Override
        public void tend() {
            // nothing to keep in order
        }

        @Override
        public void close() {
            // standard output belongs to the process
        }
    }
}
