package io.aiproxy.config;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What tells one content of a file from another without reading it.
 *
 * @param size in bytes
 * @param modified time of the last change, as fine as the file system keeps it
 * @param key the file's identity (device and inode), which changes with an atomic rename or a swapped symlink
 */
record Fingerprint(long size, FileTime modified, String key) {
    /** Of a content that nobody can name any more: differs from that of every file. */
    static final Fingerprint UNKNOWN = new Fingerprint(-1, FileTime.fromMillis(0), "unknown");

    private static final int DEEPEST = 16;

    long modifiedMillis() {
        return modified.toMillis();
    }

    /** Fingerprints of all files that exist; symlinks are followed. */
    static Map<Path, Fingerprint> of(Watched watched) {
        Map<Path, Fingerprint> prints = new HashMap<>();
        for (Path file : watched.files()) {
            try {
                prints.put(file, of(Files.readAttributes(file, BasicFileAttributes.class)));
            } catch (IOException missing) {
                // a file that is not there, or no longer, or not yet: no fingerprint is its fingerprint
            }
        }
        for (Path directory : watched.directories()) {
            below(directory, watched.suffix(), prints);
        }
        return prints;
    }

    private static Fingerprint of(BasicFileAttributes attributes) {
        return new Fingerprint(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
    }

    private static void below(Path directory, String suffix, Map<Path, Fingerprint> prints) {
        try {
            Files.walkFileTree(
                    directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new SimpleFileVisitor<Path>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (file.toString().endsWith(suffix)) {
                                prints.put(file, of(attributes));
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException gone) {
            // the visitor swallows all of them; a directory that vanishes is seen as empty
        }
    }
}
