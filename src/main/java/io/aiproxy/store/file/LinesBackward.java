package io.aiproxy.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A file's lines, last first. What stands behind the last line end is no line: it was torn off by a crash. */
final class LinesBackward implements AutoCloseable {
    private static final int PIECE = 64 << 10;

    private final FileChannel file;
    private long at;
    /** The beginning of a line whose end was read already, in pieces from the end to the front. */
    private final Deque<byte[]> tail = new ArrayDeque<>();

    private byte[] piece = {};
    private int end;
    private boolean torn = true;

    LinesBackward(Path path) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.READ);
        this.at = file.size();
    }

    /** The line before; empty at the beginning of the file. */
    Optional<String> next() throws IOException {
        while (true) {
            int newline = end - 1;
            while (newline >= 0 && piece[newline] != '\n') {
                newline--;
            }
            tail.addFirst(java.util.Arrays.copyOfRange(piece, newline + 1, end));
            if (newline < 0 && at > 0) {
                before();
                continue;
            }
            String line = joined();
            boolean first = newline < 0;
            end = Math.max(0, newline);
            if (first && line.isEmpty()) {
                return Optional.empty();
            }
            boolean skip = torn;
            torn = false;
            if (!skip) {
                return Optional.of(line);
            }
            if (first) {
                return Optional.empty();
            }
        }
    }

    private void before() throws IOException {
        int length = (int) Math.min(PIECE, at);
        at -= length;
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {
            // a read may bring less than was asked for
        }
        piece = bytes.array();
        end = length;
    }

    private String joined() {
        ByteBuffer all =
                ByteBuffer.allocate(tail.stream().mapToInt(part -> part.length).sum());
        tail.forEach(all::put);
        tail.clear();
        return new String(all.array(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
