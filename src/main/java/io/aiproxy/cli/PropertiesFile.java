package io.aiproxy.cli;

import io.aiproxy.cli.SettingsException.Problem;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/** The {@code application.properties} of a configuration directory: our own keys, and those that are handed on. */
final class PropertiesFile {
    private static final String OURS = "aiproxy.";

    private final Path file;
    private final String shown;
    private final Properties all = new Properties();

    private PropertiesFile(Path file, String shown) {
        this.file = file;
        this.shown = shown;
    }

    /** Reads the file; without one there is nothing in it. Adds to {@code problems} what is wrong with it. */
    static PropertiesFile read(Path configDir, Path workingDir, List<Problem> problems) {
        Path path = configDir.resolve("application.properties");
        String shown = (path.startsWith(workingDir) ? workingDir.relativize(path) : path).toString();
        PropertiesFile file = new PropertiesFile(path, shown);
        if (Files.exists(path)) {
            file.load(problems);
        }
        return file;
    }

    private void load(List<Problem> problems) {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            all.load(reader);
        } catch (CharacterCodingException e) {
            problems.add(new Problem(shown, "is not UTF-8 text; save it in that encoding", false));
        } catch (IOException e) {
            problems.add(new Problem(shown, "cannot be read: " + e.getMessage(), false));
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(shown, "is malformed: " + e.getMessage(), false));
        }
        all.stringPropertyNames().stream().sorted().forEach(name -> check(name, problems));
    }

    private void check(String name, List<Problem> problems) {
        if (name.startsWith(OURS) && Setting.byProperty(name).isEmpty()) {
            problems.add(new Problem(source(name), "is not a setting; known are " + known(), false));
        } else if (Setting.byProperty(OURS + name).isPresent()) {
            problems.add(new Problem(source(name), "is not a setting; write " + OURS + name, false));
        }
    }

    private static String known() {
        return Arrays.stream(Setting.values())
                .flatMap(setting -> setting.property().stream())
                .collect(Collectors.joining(", "));
    }

    /** The value of one of our settings, if it is there and not blank. */
    Optional<Given> get(Setting setting) {
        Path base = file.resolveSibling("");
        return setting.property().flatMap(name -> Optional.ofNullable(all.getProperty(name))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .map(value -> new Given(value, source(name), base, false)));
    }

    /** Every key that is not ours. */
    Properties others() {
        Properties others = new Properties();
        all.stringPropertyNames().stream()
                .filter(name -> !name.startsWith(OURS))
                .forEach(name -> others.setProperty(name, all.getProperty(name)));
        return others;
    }

    private String source(String name) {
        return shown + ": " + name;
    }
}
