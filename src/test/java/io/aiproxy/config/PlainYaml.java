package io.aiproxy.config;

import java.util.List;
import java.util.Random;

/** Writes documents of the plain part of YAML, in all the ways in which people lay them out. */
final class PlainYaml {
    private static final List<String> WORDS = List.of(
            "zhangsan",
            "a",
            "two words",
            "R&D",
            "gpt-*",
            "x:#y",
            "a#b",
            "http://10.0.0.1:8080/v1",
            "a  b",
            "it's",
            "p%20q",
            "10",
            "007",
            "0x1F",
            "1_000",
            "1.5",
            "-1e3",
            ".inf",
            "2099-12-31",
            "2001-12-14t21:59:43.10-05:00",
            "12:30",
            "true",
            "Off",
            "null",
            "~",
            "=",
            "-x",
            "-1",
            "--",
            "..",
            "a|b",
            "a>b",
            "5m",
            "$1",
            "/a/b",
            "(x)",
            "\\d+",
            "中文",
            "é",
            "a\uD83D\uDE00b",
            "\uD840\uDC00",
            "\u00A0x",
            "\u3000",
            "<=",
            "a'b'",
            "a\"b",
            "x-",
            "a!",
            "b@c");
    /** Not in brackets. */
    private static final List<String> BLOCK_WORDS =
            List.of("${env:HOME}", "a, b", "x?y", "a[0]", "f{x}", "a,b", "x]", "what?", "https://a.example/b?c=d&e#f");

    private static final List<String> QUOTED = List.of(
            "''",
            "'it''s'",
            "''''",
            "'a: b # c'",
            "'[x'",
            "' a '",
            "'\\d'",
            "'\"'",
            "\"\"",
            "\"a: b\"",
            "\"it's\"",
            "\"{name}\"",
            "\" # \"",
            "\"中\uD83D\uDE00\"",
            "'- a'",
            "\"*\"",
            "\"true\"",
            "'10'",
            "'---'",
            "\"\\u4e2d\\uD83d\\ude00\\n\\t\\r\\b\\f\"",
            "\"\\\"\\\\\"",
            "\"a\\u0000\\ud83d b\"",
            "\"a, b]\"");
    private static final List<String> COMMENTS =
            List.of("#", "# a", "#: - {", "# \"'", "# 中\uD83D\uDE00\t|", "# key: value", "#--- &a *b");

    private final Random random;
    private final String newline;
    private final StringBuilder out = new StringBuilder();

    private PlainYaml(long seed) {
        this.random = new Random(seed);
        this.newline = random.nextInt(4) == 0 ? "\r\n" : "\n";
    }

    /** A document; the same for the same seed. */
    static String document(long seed) {
        PlainYaml yaml = new PlainYaml(seed);
        yaml.write();
        return yaml.out.toString();
    }

    private void write() {
        blanks();
        int indent = random.nextInt(8) == 0 ? random.nextInt(3) : 0;
        pad(indent);
        node(indent, 1 + random.nextInt(5));
        if (random.nextInt(4) == 0) {
            while (out.charAt(out.length() - 1) <= ' ') {
                out.setLength(out.length() - 1);
            }
        }
    }

    /** Behind the padding of a line; ends at the beginning of a line. */
    private void node(int indent, int depth) {
        switch (depth == 0 ? 2 : random.nextInt(depth > 2 ? 2 : 3)) {
            case 0 -> mapping(indent, depth);
            case 1 -> sequence(indent, depth);
            default -> {
                leaf(depth);
                end();
            }
        }
    }

    private void mapping(int indent, int depth) {
        for (int left = 1 + random.nextInt(5); left > 0; left--) {
            out.append(random.nextInt(6) == 0 ? one(QUOTED) : word(false));
            out.append(" ".repeat(random.nextInt(10) == 0 ? 2 : 0)).append(':');
            value(indent, depth);
            if (left > 1) {
                pad(indent);
            }
        }
    }

    private void value(int indent, int depth) {
        int kind = random.nextInt(8);
        if (kind == 0) {
            end();
        } else if (kind < 4 && depth > 0) {
            end();
            boolean within = random.nextInt(3) == 0;
            int deeper = within ? indent : indent + 1 + random.nextInt(4);
            pad(deeper);
            if (within) {
                sequence(indent, depth - 1);
            } else {
                node(deeper, depth - 1);
            }
        } else {
            spaces();
            leaf(depth);
            end();
        }
    }

    private void sequence(int indent, int depth) {
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            out.append('-');
            int kind = random.nextInt(8);
            if (kind == 0) {
                end();
            } else if (kind == 1) {
                end();
                int deeper = indent + 1 + random.nextInt(4);
                pad(deeper);
                node(deeper, Math.max(0, depth - 1));
            } else {
                int gap = spaces();
                node(indent + 1 + gap, Math.max(0, depth - 1));
            }
            if (left > 1) {
                pad(indent);
            }
        }
    }

    private void leaf(int depth) {
        if (random.nextInt(3) == 0) {
            flow(Math.min(depth, 3));
        } else {
            out.append(random.nextInt(4) == 0 ? one(QUOTED) : word(true));
        }
    }

    private void flow(int depth) {
        int kind = depth == 0 ? 2 : random.nextInt(4);
        if (kind > 1) {
            out.append(random.nextInt(4) == 0 ? one(QUOTED) : one(WORDS));
            return;
        }
        boolean map = kind == 1;
        out.append(map ? '{' : '[').append(gap());
        int many = random.nextInt(4);
        for (int i = 0; i < many; i++) {
            if (map) {
                flowKey(depth);
            } else {
                flow(depth - 1);
            }
            out.append(gap()).append(i < many - 1 || random.nextInt(6) == 0 ? "," + gap() : "");
        }
        out.append(map ? '}' : ']');
    }

    private void flowKey(int depth) {
        boolean quoted = random.nextInt(4) == 0;
        out.append(quoted ? one(QUOTED) : one(WORDS)).append(gap());
        int kind = random.nextInt(6);
        if (kind > 0) {
            out.append(':').append(kind == 1 ? "" : quoted ? gap() : " ");
        }
        if (kind > 1) {
            flow(depth - 1);
        }
    }

    private String word(boolean value) {
        return random.nextInt(4) == 0 ? one(BLOCK_WORDS) : value && random.nextInt(50) == 0 ? "<<" : one(WORDS);
    }

    /** Of a line, and lines between it and the next. */
    private void end() {
        if (random.nextInt(8) == 0) {
            out.append(" ".repeat(1 + random.nextInt(3))).append(random.nextBoolean() ? one(COMMENTS) : "");
        }
        out.append(newline);
        blanks();
    }

    private void blanks() {
        while (random.nextInt(8) == 0) {
            pad(random.nextInt(6));
            out.append(random.nextBoolean() ? one(COMMENTS) : "").append(newline);
        }
    }

    private int spaces() {
        int many = random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 1;
        pad(many);
        return many;
    }

    private String gap() {
        return random.nextInt(3) == 0 ? " " : "";
    }

    private void pad(int many) {
        out.append(" ".repeat(many));
    }

    private String one(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }
}
