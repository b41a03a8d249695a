package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code aiproxy import}, for tests of what comes of it. */
public final class ImportRun {
    private ImportRun() {}

    /**
     * Imports a folder into an empty one, twice, and compares: the same sources give the same files, byte for byte.
     *
     * @param system which system
     * @param from the folder with its files
     * @param to the configuration directory, which must not exist yet
     * @return what was told
     */
    public static String into(String system, Path from, Path to) throws IOException {
        String told = once(system, from, to);
        Map<String, String> files = files(to);
        Path again = to.resolveSibling(to.getFileName() + "-again");
        once(system, from, again);
        assertThat(files(again)).isEqualTo(files);
        once(system, from, to);
        assertThat(files(to)).isEqualTo(files);
        return told;
    }

    private static String once(String system, Path from, Path to) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Shell shell = new Shell(
                new LinkedHashMap<>(), from.toAbsolutePath(), new PrintWriter(out, true), new PrintWriter(err, true));
        String[] args = {"import", system, from.toString(), "--to", to.toString()};
        int exit = Cli.execute(
                args,
                (settings, properties) -> {
                    throw new AssertionError("nothing is to run");
                },
                (channel, credential) -> {
                    throw new AssertionError("nothing is to be asked");
                },
                shell);
        assertThat(exit).as(err.toString()).isZero();
        return out.toString();
    }

    /** All files below a folder; every byte a character. */
    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }
}
