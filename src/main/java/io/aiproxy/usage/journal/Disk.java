package io.aiproxy.usage.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Where a journal's files are made; the machine's own, unless a test has one that is full. */
@FunctionalInterface
public interface Disk {
    /** The machine's disk; files are their owner's alone. */
    Disk MACHINE = file -> FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Directory.privateFile());

    /** Makes a new file, to be written. */
    FileChannel create(Path file) throws IOException;
}
