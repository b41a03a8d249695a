package io.aiproxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Pieces of documents that exist, and of such that were made up, with a few things done to them that make YAML of another kind. */
final class MutatedYaml {
    private static final Pattern IN_A_PAGE = Pattern.compile("```ya?ml\\R(.*?)```", Pattern.DOTALL);
    private static final String[] PIECES = {
        ":",
        ": ",
        " :",
        "-",
        "- ",
        " - ",
        "?",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        "#",
        " #",
        "&",
        "&a ",
        "*",
        "*a",
        "!",
        "!!str ",
        "|",
        ">",
        "|\n",
        "'",
        "''",
        "\"",
        "%",
        "@",
        "`",
        "\\",
        "\\u",
        "\\u00e4",
        "\\\"",
        "\\/",
        "\\x41",
        "\\n",
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "  ",
        "\n  ",
        "\n\n",
        "---",
        "\n---\n",
        "...",
        "\n...",
        "<<",
        "<<: ",
        "=",
        "~",
        "a",
        "b: c",
        "0",
        "-1",
        "null",
        "{}",
        "[]",
        "[a, b]",
        "{a: b}",
        "{a}",
        "\u0085",
        "\u2028",
        "\u2029",
        "\uFEFF",
        "\u0000",
        "\u0007",
        "\u007F",
        "\u00A0",
        "\uD83D\uDE00",
        "\uD83D",
        "\uDE00",
        "\uFFFD",
        "\uFFFE",
        "中",
        "? a\n: b",
        "\n- ",
        "\n-",
        "\nx:",
        "\n  y: z",
        ":\n",
        "x\n y"
    };

    private final List<String> corpus = new ArrayList<>();

    MutatedYaml() {
        for (String place : List.of("config", "docs", "routes", "src/test/resources")) {
            try (Stream<Path> files = Files.walk(Path.of(place))) {
                files.filter(Files::isRegularFile).sorted().forEach(this::gather);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void gather(Path file) {
        String name = file.toString();
        try {
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                corpus.add(Files.readString(file));
            } else if (name.endsWith(".md")) {
                Matcher blocks = IN_A_PAGE.matcher(Files.readString(file));
                while (blocks.find()) {
                    corpus.add(blocks.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every document there is in the project, unchanged. */
    List<String> corpus() {
        return List.copyOf(corpus);
    }

    /** A text; the same for the same seed. */
    String text(long seed) {
        Random random = new Random(seed);
        String whole = random.nextInt(3) == 0 ? PlainYaml.document(seed) : corpus.get(random.nextInt(corpus.size()));
        StringBuilder text = new StringBuilder(piece(random, whole));
        for (int left = random.nextInt(5); left > 0; left--) {
            mutate(random, text);
        }
        return text.toString();
    }

    /** Some lines; short ones, so that one of many changes decides. */
    private static String piece(Random random, String whole) {
        List<String> lines = lines(whole);
        int from = random.nextInt(3) == 0 ? 0 : random.nextInt(lines.size());
        int to = Math.min(lines.size(), from + 1 + random.nextInt(random.nextBoolean() ? 4 : 25));
        String piece = String.join("", lines.subList(from, to));
        return from > 0 && random.nextBoolean() ? piece.stripIndent() : piece;
    }

    private static List<String> lines(String text) {
        return List.of(text.split("(?<=\n)", -1));
    }

    private static void mutate(Random random, StringBuilder text) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + 1 + random.nextInt(3));
        String piece = PIECES[random.nextInt(PIECES.length)];
        switch (random.nextInt(8)) {
            case 0, 1 -> text.insert(at, piece);
            case 2 -> text.replace(at, end, piece);
            case 3 -> text.delete(at, end);
            case 4 -> text.insert(at, text.substring(at, end));
            case 5 -> swap(random, text);
            case 6 -> lines(random, text, piece);
            default -> pad(random, text);
        }
    }

    private static void swap(Random random, StringBuilder text) {
        if (text.length() > 0) {
            int one = random.nextInt(text.length());
            int other = random.nextInt(text.length());
            char c = text.charAt(one);
            text.setCharAt(one, text.charAt(other));
            text.setCharAt(other, c);
        }
    }

    /** Doubles, moves, removes or begins a line. */
    private static void lines(Random random, StringBuilder text, String piece) {
        List<String> lines = new ArrayList<>(lines(text.toString()));
        int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
            case 0 -> lines.add(random.nextInt(lines.size() + 1), lines.get(at));
            case 1 -> lines.add(random.nextInt(lines.size()), lines.remove(at));
            case 2 -> lines.remove(at);
            default -> lines.set(at, piece + lines.get(at));
        }
        text.setLength(0);
        lines.forEach(text::append);
    }

    /** Puts a line deeper or less deep. */
    private static void pad(Random random, StringBuilder text) {
        List<String> lines = new ArrayList<>(lines(text.toString()));
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        lines.set(
                at, random.nextBoolean() ? " ".repeat(1 + random.nextInt(3)) + line : line.replaceFirst("^ {1,2}", ""));
        text.setLength(0);
        lines.forEach(text::append);
    }
}
