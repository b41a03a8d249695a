package io.aiproxy.config;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The place in its text where {@link QuickYaml} is, and the words that stand there. Every char is looked at on the way, so that
 * none goes by that YAML forbids or takes for the end of a line. For one thread.
 */
final class YamlCursor {
    private static final int[] NO_TEXT = {};
    private static final String SOURCE = "'string'";
    /** Behind the text, so that one may always look three further. */
    private static final int BEHIND = 3;

    /** Words that are remembered, at most; a power of two. */
    private static final int WORDS = 1 << 10;

    /** By char: whether it is part of an unquoted word wherever it stands in it, which a space is not. */
    private static final boolean[] ORDINARY = ordinary();
    /** What no unquoted word begins with here. YAML permits two of them in front of text, a question mark and a colon. */
    private static final String NEVER_FIRST = "?:,[]{}#&*!|>'\"%@`";

    /** Behind a backslash, and what it stands for there. */
    private static final String ESCAPES = "\"\\nrtbf";

    private static final String ESCAPED = "\"\\\n\r\t\b\f";
    /** Chars of an escape sequence with four hexadecimal digits. */
    private static final int HEX = 6;

    private final String text;
    private final char[] chars;
    private final int length;
    private final QuickResolver resolver = new QuickResolver();
    /** Words that were read lately, as they stood there. */
    private final @Nullable ScalarNode[] words = new ScalarNode[WORDS];

    private int at;
    private int line;
    /** Where the line begins; in code points, as marks are. */
    private int begin;
    /** Code points so far that are two chars. */
    private int pairs;
    /** The column of what stands in a line of its own, where the cursor went last; -1 at the end. */
    private int next;

    YamlCursor(String text) {
        this.text = text;
        this.length = text.length();
        this.chars = new char[length + BEHIND];
        text.getChars(0, length, chars, 0);
    }

    /** Here stands what only the library understands. Has no trace, so that throwing it costs no more than a jump. */
    static final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unknown() {
            super("not plain YAML", null, false, false);
        }
    }

    private static boolean[] ordinary() {
        boolean[] ordinary = new boolean[128];
        for (char c = '!'; c <= '~'; c++) {
            ordinary[c] = ":#,[]{}?".indexOf(c) < 0;
        }
        return ordinary;
    }

    /** In chars. */
    int at() {
        return at;
    }

    /** Of the cursor, in code points from 0. */
    int column() {
        return at - pairs - begin;
    }

    /** What {@link #nextLine} said last. */
    int next() {
        return next;
    }

    boolean ended() {
        return at == length;
    }

    char peek() {
        return chars[at];
    }

    void skip() {
        at++;
    }

    /** The first char here that is no space. */
    char spaces() {
        while (chars[at] == ' ') {
            at++;
        }
        return chars[at];
    }

    /** Of a place in this line up to which the cursor has come. */
    Mark mark(int place) {
        int index = place - pairs;
        return new Mark(SOURCE, index, line, index - begin, NO_TEXT, 0);
    }

    /** Whether a block sequence's item begins here. */
    boolean dash() {
        return chars[at] == '-' && blank(at + 1);
    }

    /** Whether a block mapping's value begins behind the spaces here; goes there. */
    boolean colon() {
        return spaces() == ':' && blank(at + 1);
    }

    /** Whether nothing but a comment is left of the line behind the spaces here; goes there. To be asked behind {@code :} or {@code -}. */
    boolean lineEnds() {
        char c = spaces();
        return c == '\n' || c == '\r' || c == '#' || at == length;
    }

    /** Goes to what stands first. */
    void first() {
        lines();
    }

    /**
     * Goes to what stands in the next line that is not empty; nothing but a comment may be left of this one.
     *
     * @return its column; -1 at the end
     */
    int nextLine() {
        int before = line;
        lines();
        if (line == before && at < length) {
            throw new Unknown();
        }
        return next;
    }

    /** As above; what stands there must not be deeper than {@code column}, where it might belong to what stands here. */
    void nextWithin(int column) {
        if (nextLine() > column) {
            throw new Unknown();
        }
    }

    private void lines() {
        int p = at;
        while (true) {
            while (chars[p] == ' ') {
                p++;
            }
            if (chars[p] == '#') {
                p = comment(p);
            }
            if (chars[p] == '\r' && chars[p + 1] == '\n') {
                p++;
            }
            if (chars[p] != '\n') {
                break;
            }
            p++;
            line++;
            begin = p - pairs;
        }
        at = p;
        next = p == length ? -1 : column();
    }

    /** Where the comment ends. */
    private int comment(int from) {
        if (from > 0 && chars[from - 1] > ' ') {
            throw new Unknown();
        }
        int p = from;
        while (true) {
            char c = chars[p];
            if ((c >= ' ' && c <= '~') || c == '\t') {
                p++;
            } else if (ends(p)) {
                return p;
            } else {
                p = beyond(p);
            }
        }
    }

    /**
     * The word here, which ends in this line.
     *
     * @param flow whether it stands in brackets
     */
    ScalarNode scalar(boolean flow) {
        char quote = chars[at];
        if (quote == '\'' || quote == '"') {
            return quoted(quote);
        }
        int start = at;
        Mark mark = mark(start);
        checkFirst(quote, flow);
        return word(start, plain(flow), mark, ScalarStyle.PLAIN);
    }

    /** Words stand in a file again and again, so text and meaning are those of one that looked alike, if it is the same. */
    private ScalarNode word(int start, int end, Mark mark, ScalarStyle style) {
        int size = end - start;
        int slot = (size * 61 + chars[start] * 17 + chars[end - 1]) & (WORDS - 1);
        @Nullable ScalarNode same = words[slot];
        if (same != null
                && same.getScalarStyle() == style
                && same.getValue().length() == size
                && text.startsWith(same.getValue(), start)) {
            return new ScalarNode(same.getTag(), true, same.getValue(), mark, null, style);
        }
        String word = text.substring(start, end);
        Tag tag = style == ScalarStyle.PLAIN ? resolver.resolve(NodeId.scalar, word, true) : Tag.STR;
        ScalarNode node = new ScalarNode(tag, true, word, mark, null, style);
        words[slot] = node;
        return node;
    }

    private void checkFirst(char first, boolean flow) {
        char second = chars[at + 1];
        boolean known = first == '-'
                ? second > ' ' && (!flow || (second < 128 && ORDINARY[second]))
                : first > ' ' && NEVER_FIRST.indexOf(first) < 0;
        boolean separator = first == second && first == chars[at + 2] && (first == '-' || first == '.');
        if (!known || separator) {
            throw new Unknown();
        }
    }

    /** Where the unquoted word ends; the cursor is there, or behind spaces that follow. */
    private int plain(boolean flow) {
        int p = at;
        int end = p;
        while (true) {
            char c = chars[p];
            if (c < 128 && ORDINARY[c]) {
                end = ++p;
            } else if (c == ' ') {
                p++;
            } else if (ends(p) || stops(c, p, flow)) {
                at = p;
                return end;
            } else {
                p = beyond(p);
                end = p;
            }
        }
    }

    /** Whether one of those that are not ordinary ends an unquoted word here. */
    private boolean stops(char c, int place, boolean flow) {
        return switch (c) {
            case ':' -> blank(place + 1) || (flow && ",[]{}".indexOf(chars[place + 1]) >= 0);
            case '#' -> chars[place - 1] == ' ';
            case ',', '[', ']', '{', '}', '?' -> flow;
            default -> false;
        };
    }

    private ScalarNode quoted(char quote) {
        Mark mark = mark(at);
        ScalarStyle style = quote == '"' ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.SINGLE_QUOTED;
        int start = at + 1;
        boolean literal = true;
        int p = start;
        while (true) {
            char c = chars[p];
            if (c == quote) {
                if (quote == '"' || chars[p + 1] != quote) {
                    break;
                }
                literal = false;
                p += 2;
            } else if (c == '\\' && quote == '"') {
                literal = false;
                p = escape(p);
            } else {
                p = c >= ' ' && c <= '~' ? p + 1 : beyond(p);
            }
        }
        at = p + 1;
        if (literal && p > start) {
            return word(start, p, mark, style);
        }
        String word = text.substring(start, p);
        String meant = literal ? word : quote == '"' ? unescaped(word) : word.replace("''", "'");
        return new ScalarNode(Tag.STR, true, meant, mark, null, style);
    }

    /** Where the escape sequence ends that begins here; those of JSON are known, which is what stores write. */
    private int escape(int place) {
        char c = chars[place + 1];
        if (ESCAPES.indexOf(c) >= 0) {
            return place + 2;
        }
        boolean known = c == 'u' && place + HEX < length;
        for (int i = 2; known && i < HEX; i++) {
            char digit = chars[place + i];
            known = digit < 128 && Character.digit(digit, 16) >= 0;
        }
        if (!known) {
            throw new Unknown();
        }
        return place + HEX;
    }

    private static String unescaped(String word) {
        StringBuilder meant = new StringBuilder(word.length());
        int p = 0;
        while (p < word.length()) {
            char c = word.charAt(p++);
            if (c == '\\') {
                c = word.charAt(p++);
                if (c == 'u') {
                    c = (char) Integer.parseInt(word, p, p + HEX - 2, 16);
                    p += HEX - 2;
                } else {
                    c = ESCAPED.charAt(ESCAPES.indexOf(c));
                }
            }
            meant.append(c);
        }
        return meant.toString();
    }

    private boolean blank(int place) {
        return chars[place] == ' ' || ends(place);
    }

    private boolean ends(int place) {
        char c = chars[place];
        return c == '\n' || (c == '\r' && chars[place + 1] == '\n') || place == length;
    }

    /**
     * Where that which stands here ends, if it is text and nothing but text.
     *
     * <p>From the library's StreamReader and Constant: these are printable, and none of them is a line break (U+0085, U+2028,
     * U+2029) or a byte order mark, which takes no column.
     */
    private int beyond(int place) {
        char c = chars[place];
        if ((c >= ' ' && c <= '~')
                || (c >= '\u00A0' && c < '\u2028')
                || (c > '\u2029' && c < Character.MIN_SURROGATE)
                || (c > Character.MAX_SURROGATE && c < '\uFEFF')
                || (c > '\uFEFF' && c <= '\uFFFD')) {
            return place + 1;
        }
        if (Character.isHighSurrogate(c) && Character.isLowSurrogate(chars[place + 1])) {
            pairs++;
            return place + 2;
        }
        throw new Unknown();
    }
}
