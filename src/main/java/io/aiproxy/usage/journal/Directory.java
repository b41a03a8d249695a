package io.aiproxy.usage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The directory of a journal, which belongs to one process at a time. */
final class Directory implements AutoCloseable {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final Pattern NAME = Pattern.compile("journal-(\\d{1,18})\\.aiproxy");

    /**
     * What this process has. A file's lock belongs to the whole process, and on POSIX it is gone as soon as the process closes
     * any of its channels to the file: a second one must not even be opened.
     */
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path real;
    private final FileChannel lock;

    /**
     * A file that is there.
     *
     * @param number its number, as its name says
     * @param path where it is
     */
    record Found(long number, Path path) {}

    private Directory(Path path, Path real, FileChannel lock) {
        this.path = path;
        this.real = real;
        this.lock = lock;
    }

    /**
     * Takes a directory, which is made if it is not there.
     *
     * @throws IOException when another process has it, or it cannot be used
     */
    static Directory take(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path.toAbsolutePath().normalize(), privately("rwx------"));
        }
        Path real = path.toRealPath();
        if (!TAKEN.add(real)) {
            throw inUse(path, " by this very process");
        }
        FileChannel lock = null;
        boolean taken = false;
        try {
            lock = FileChannel.open(
                    path.resolve("lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    privateFile());
            taken = lock.tryLock() != null;
            if (!taken) {
                throw inUse(path, holder(lock));
            }
            name(lock);
            return new Directory(path, real, lock);
        } finally {
            if (!taken) {
                TAKEN.remove(real);
                if (lock != null) {
                    lock.close();
                }
            }
        }
    }

    private static IOException inUse(Path path, String by) {
        return new IOException("The journal in " + path + " is in use" + by
                + ": every gateway needs a data directory of its own (--data)");
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return pid.matches("\\d+") ? " by process " + pid : "";
    }

    /** For people only: on a full disk it may fail. */
    private static void name(FileChannel channel) {
        try {
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        } catch (IOException full) {
            // the lock itself holds without it
        }
    }

    /** The files of the journal in order of their numbers. */
    List<Found> files() throws IOException {
        List<Found> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(path)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    found.add(new Found(Long.parseLong(name.group(1)), file));
                }
            }
        }
        found.sort((a, b) -> Long.compare(a.number, b.number));
        return found;
    }

    /** Where the file with this number is or is to be. */
    Path file(long number) {
        return path.resolve("journal-%010d.aiproxy".formatted(number));
    }

    /** Makes names, new or gone, outlive a power cut. */
    void sync() throws IOException {
        if (POSIX) { // elsewhere a directory cannot be opened
            try (FileChannel names = FileChannel.open(path, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    Path path() {
        return path;
    }

    static FileAttribute<?>[] privateFile() {
        return privately("rw-------");
    }

    private static FileAttribute<?>[] privately(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close(); // and what it locks with it; the file stays, so that two never lock different ones
        } finally {
            TAKEN.remove(real);
        }
    }
}
