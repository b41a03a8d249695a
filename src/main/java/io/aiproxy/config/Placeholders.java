package io.aiproxy.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code ${env:NAME}} and {@code ${file:path}} in values; a doubled dollar sign before the brace stands for the
 * literal characters. What was put in is not searched again: a secret may contain anything.
 */
final class Placeholders {
    private static final long LARGEST_FILE = 1 << 20;
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Path directory;
    private final Function<String, @Nullable String> environment;
    private final Problems problems;

    Placeholders(Path directory, Function<String, @Nullable String> environment, Problems problems) {
        this.directory = directory;
        this.environment = environment;
        this.problems = problems;
    }

    static boolean in(String text) {
        return text.contains("${");
    }

    /** The text with all placeholders replaced, or null after {@code complain} was told what is wrong. */
    @Nullable
    String resolve(String text, Consumer<String> complain) {
        StringBuilder result = new StringBuilder();
        int at = 0;
        boolean good = true;
        while (at < text.length()) {
            int begin = text.indexOf("${", at);
            if (begin < 0) {
                break;
            }
            if (begin > at && text.charAt(begin - 1) == '$') {
                result.append(text, at, begin - 1).append("${");
                at = begin + 2;
                continue;
            }
            int end = text.indexOf('}', begin);
            if (end < 0) {
                complain.accept("\"${\" without \"}\"; write $${ for a literal ${");
                return null;
            }
            String value = value(text.substring(begin + 2, end), complain);
            good &= value != null;
            result.append(text, at, begin).append(value);
            at = end + 1;
        }
        return good ? result.append(text, at, text.length()).toString() : null;
    }

    private @Nullable String value(String placeholder, Consumer<String> complain) {
        if (placeholder.startsWith("env:")) {
            return variable(placeholder.substring(4), complain);
        }
        if (placeholder.startsWith("file:")) {
            return content(placeholder.substring(5), complain);
        }
        complain.accept("unknown placeholder; allowed: ${env:NAME}, ${file:path}; write $${ for a literal ${");
        return null;
    }

    private @Nullable String variable(String name, Consumer<String> complain) {
        if (!VARIABLE.matcher(name).matches()) {
            complain.accept("${env:…} needs the name of an environment variable (letters, digits, underscores)");
            return null;
        }
        String value = environment.apply(name);
        if (value == null || value.isEmpty()) {
            complain.accept("environment variable " + name + " is " + (value == null ? "not set" : "empty"));
            return null;
        }
        problems.hide(value);
        return value;
    }

    /** The text of a file, without its last line end, or null after {@code complain} was told what is wrong. */
    @Nullable
    String content(String name, Consumer<String> complain) {
        String file = "file " + name;
        try {
            Path path = directory.resolve(name).normalize();
            problems.file(path);
            if (Files.isDirectory(path)) {
                complain.accept(file + " is a directory");
                return null;
            }
            if (Files.size(path) > LARGEST_FILE) {
                complain.accept(file + " is larger than 1 MiB; it should hold one secret and nothing else");
                return null;
            }
            String content = withoutLineEnd(Files.readString(path));
            if (content.isEmpty()) {
                complain.accept(file + " is empty");
                return null;
            }
            problems.hide(content);
            return content;
        } catch (NoSuchFileException | InvalidPathException missing) {
            complain.accept(file + " does not exist (paths are relative to the configuration directory)");
        } catch (AccessDeniedException denied) {
            complain.accept(file + " cannot be read: permission denied");
        } catch (CharacterCodingException binary) {
            complain.accept(file + " is not UTF-8 text");
        } catch (IOException broken) {
            complain.accept(file + " cannot be read: " + broken.getClass().getSimpleName());
        }
        return null;
    }

    private static String withoutLineEnd(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(text.startsWith("\uFEFF") ? 1 : 0, end);
    }
}
