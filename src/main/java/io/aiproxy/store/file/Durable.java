package io.aiproxy.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that outlive a power cut, and are never half of anything. */
public final class Durable {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private Durable() {}

    /** Makes a directory for its owner alone, with those above it. */
    public static void directory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory.toAbsolutePath().normalize(), ownerOnly("rwx------"));
        }
    }

    /** What a new file is made with, so that nobody but its owner reads it, not even for a moment. */
    public static FileAttribute<?>[] secret() {
        return ownerOnly("rw-------");
    }

    /** Writes a new file for its owner alone; one that a crash has left there is replaced. */
    public static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel out =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), secret())) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /** Puts a file, which must be in the same directory, into the place of another, whose permissions and owner it gets. */
    public static void move(Path fresh, Path target) throws IOException {
        if (POSIX && Files.exists(target)) {
            likeness(target, fresh);
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void likeness(Path of, Path to) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(of, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        PosixFileAttributes made = view.readAttributes();
        try {
            if (!made.group().equals(wanted.group())) {
                view.setGroup(wanted.group());
            }
            if (!made.owner().equals(wanted.owner())) {
                view.setOwner(wanted.owner());
            }
        } catch (FileSystemException notAllowed) {
            // only root may give files away; that others could write it is no reason not to write it
        }
        view.setPermissions(wanted.permissions()); // last: a new owner takes special bits away
    }

    /** Makes names in a directory, new or gone, outlive a power cut. */
    public static void sync(Path directory) throws IOException {
        if (POSIX) { // elsewhere a directory cannot be opened
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** Removes a directory and the files in it, if it is there. */
    static void delete(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** Why, for people: an exception's own text often is only a path. */
    public static String why(IOException e) {
        if (e instanceof FileSystemException broken && broken.getReason() != null) {
            return broken.getReason() + " (" + broken.getFile() + ")";
        }
        return e.getClass().getSimpleName() + " (" + e.getMessage() + ")";
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
