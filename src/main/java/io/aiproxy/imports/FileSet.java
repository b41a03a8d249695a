package io.aiproxy.imports;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files that come into being together or not at all, readable by their owner only. Nothing that exists is changed unless
 * that is asked for, and then it is kept under another name.
 */
final class FileSet {
    private final Path directory;
    private final Map<String, byte[]> files;
    private final Map<Path, Path> drafts = new LinkedHashMap<>();
    private final Map<Path, Path> backups = new LinkedHashMap<>();
    private final List<Path> placed = new ArrayList<>();

    FileSet(Path directory, Map<String, byte[]> files) {
        this.directory = directory;
        this.files = files;
    }

    /** Names of files that exist with another content. */
    List<String> differing() throws ImportException {
        List<String> differing = new ArrayList<>();
        for (String name : files.keySet()) {
            if (Files.exists(directory.resolve(name)) && !same(name)) {
                differing.add(name);
            }
        }
        return differing;
    }

    /** Whether the file is there already, byte for byte. */
    boolean same(String name) throws ImportException {
        Path file = directory.resolve(name);
        try {
            return Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), files.get(name));
        } catch (IOException e) {
            throw new ImportException(
                    "cannot read " + file + ": " + e.getClass().getSimpleName());
        }
    }

    /**
     * Writes them; those that are there already, byte for byte, are left alone.
     *
     * @param stamp what the names of kept files end with, after {@code .bak-}
     * @return the names under which files were kept
     */
    List<String> write(String stamp) throws ImportException {
        try {
            for (String name : files.keySet()) {
                if (!same(name)) {
                    draft(name);
                }
            }
            for (Path file : drafts.keySet()) {
                keep(file, stamp);
            }
            for (Map.Entry<Path, Path> draft : drafts.entrySet()) {
                Files.move(
                        draft.getValue(),
                        draft.getKey(),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                placed.add(draft.getKey());
            }
            return backups.values().stream()
                    .map(kept -> directory.relativize(kept).toString())
                    .toList();
        } catch (IOException | UnsupportedOperationException e) {
            undo();
            throw new ImportException("cannot write to " + directory + ", nothing was changed: " + e);
        } finally {
            drafts.values().forEach(FileSet::delete);
        }
    }

    private void draft(String name) throws IOException {
        Path file = directory.resolve(name);
        Path dir = file.resolveSibling("");
        Files.createDirectories(dir, mode("rwx------"));
        Path draft = Files.createTempFile(dir, "." + file.getFileName(), ".new", mode("rw-------"));
        drafts.put(file, draft);
        Files.write(draft, files.getOrDefault(name, new byte[0]));
    }

    /** A copy, so that the file itself is there at every moment. */
    private void keep(Path file, String stamp) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        Path kept = file.resolveSibling(file.getFileName() + ".bak-" + stamp);
        for (int i = 2; Files.exists(kept); i++) {
            kept = file.resolveSibling(file.getFileName() + ".bak-" + stamp + "-" + i);
        }
        Files.copy(file, kept, StandardCopyOption.COPY_ATTRIBUTES);
        backups.put(file, kept);
    }

    private void undo() {
        for (Path file : placed) {
            Path kept = backups.remove(file);
            try {
                if (kept == null) {
                    Files.deleteIfExists(file);
                } else {
                    Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                backups.remove(file); // the kept copy stays where it is; the first problem is the one that is told
            }
        }
        backups.values().forEach(FileSet::delete);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private static FileAttribute<?>[] mode(String permissions) {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }
}
