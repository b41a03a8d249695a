package io.aiproxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Javadoc of a record, read from its source file, as Markdown.
 *
 * @param text before the first tag
 * @param components what is said about each component, by name
 */
record RecordSource(String text, Map<String, String> components) {
    private static final Pattern CODE = Pattern.compile("\\{@code\\s+((?:[^{}]|\\{(?:[^{}]|\\{[^{}]*})*})*)}");
    private static final Pattern LINK = Pattern.compile("\\{@link\\s+#?([A-Za-z#.]+)(?:\\([^)]*\\))?}");

    static RecordSource of(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        try {
            String file = outermost.getName().replace('.', '/') + ".java";
            String source = Files.readString(Path.of("src/main/java").resolve(file));
            return parse(javadocBefore(source, type.getSimpleName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String javadocBefore(String source, String name) {
        Matcher declaration = Pattern.compile("(?m)^ *(?:public )?(?:record|sealed interface) " + name + "\\b")
                .matcher(source);
        if (!declaration.find()) {
            throw new IllegalArgumentException("no record " + name);
        }
        String before = source.substring(0, declaration.start()).stripTrailing();
        if (!before.endsWith("*/")) {
            return "";
        }
        return before.substring(before.lastIndexOf("/**") + 3, before.length() - 2)
                .replaceAll("(?m)^\\s*\\* ?", "");
    }

    private static RecordSource parse(String javadoc) {
        String[] parts = javadoc.split("(?m)^\\s*@param ");
        Map<String, String> components = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] nameAndText = parts[i].strip().split("\\s+", 2);
            components.put(nameAndText[0], nameAndText.length < 2 ? "" : markdown(nameAndText[1]));
        }
        return new RecordSource(markdown(parts[0]), components);
    }

    private static String markdown(String javadoc) {
        String oneLine = javadoc.replace("<p>", "").replaceAll("\\s+", " ").strip();
        String code = CODE.matcher(oneLine).replaceAll(m -> Matcher.quoteReplacement("`" + m.group(1) + "`"));
        return LINK.matcher(code).replaceAll(m -> Matcher.quoteReplacement("`" + m.group(1) + "`"));
    }
}
