package io.aiproxy.dialects;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks over JSON (RFC 8259) that comes in parts, cut anywhere, and keeps nothing of it but the name or short value that is
 * just coming: a picture of 20 MB in base64 passes like a word. What the visitor does not want is stepped over without a
 * closer look. It minds no mistakes: what is malformed says nothing, or something wrong, to somebody who only counts.
 *
 * <p>Why not a library's parser: those that take parts hold each value as a whole, and cost ten times as much for a short
 * answer.
 */
final class JsonScan {
    /** What becomes of a string. */
    enum Use {
        /** Nobody wants it. */
        SKIP,
        /** It is given in one piece to {@link Visitor#kept}, unless it is very long. */
        KEEP,
        /** It is given to {@link Visitor#text}, piece by piece. */
        PASS
    }

    /** Who is told what comes. */
    interface Visitor {
        /** A document begins anew; nothing is open. */
        void begins();

        /** The word used in all other methods for a name in UTF-8; called before its value. */
        String name(byte[] bytes, int length);

        /**
         * An object or an array begins.
         *
         * @param name its name; in an array {@link KnownNames#ELEMENT}; at the root empty
         * @return whether to look into it; otherwise it is stepped over, and {@link #closes} is not called for it
         */
        boolean opens(String name, boolean array);

        /** What was opened last and looked into has ended. */
        void closes();

        /** A string comes. */
        Use string(String name);

        /** A string that was to be kept, in UTF-8. */
        void kept(String name, byte[] bytes, int length);

        /** A piece of a string that was to be passed, in UTF-8; cut anywhere. */
        void text(byte[] bytes, int from, int to);

        /** A number, {@code true}, {@code false} or {@code null}, as it is written; of length 0 when it is very long. */
        void scalar(String name, byte[] bytes, int length);
    }

    /** One bit for each level says whether it is an object; documents of interest have some ten. */
    private static final int DEEPEST = 63;
    /** In bytes; the longest model's name, each character in four bytes. */
    private static final int LONGEST_KEPT = 4 * RequestFacts.LONGEST_MODEL;

    private static final int LONGEST_SCALAR = 40;

    private static final int BETWEEN = 0;
    private static final int STRING = 1;
    private static final int ESCAPE = 2;
    private static final int UNICODE = 3;
    private static final int SCALAR = 4;

    private final Visitor visitor;
    private byte[] token = new byte[64];
    private int length;
    private boolean tooLong;

    private int state;
    private int depth;
    private long objects;
    /** How many levels of what nobody wants are open. */
    private int skipped;
    /** Whether the next string is a name. */
    private boolean naming;

    private boolean inName;
    private Use use = Use.SKIP;
    private String name = "";

    private int hexDigits;
    private int hex;
    private int high;
    private final byte[] character = new byte[4];

    JsonScan(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Forgets where it was: a new document comes. */
    void begin() {
        state = BETWEEN;
        depth = 0;
        objects = 0;
        skipped = 0;
        naming = false;
        inName = false;
        high = 0;
        name = "";
        visitor.begins();
    }

    /** Whether a document has begun and not ended. */
    boolean open() {
        return depth > 0 || skipped > 0;
    }

    /** The next bytes. */
    void scan(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            i = switch (state) {
                case STRING -> string(bytes, i, to);
                case ESCAPE -> escape(bytes[i], i);
                case UNICODE -> unicode(bytes[i], i);
                case SCALAR -> scalar(bytes, i, to);
                default -> skipped > 0 ? skip(bytes, i, to) : between(bytes, i, to);
            };
        }
    }

    private int between(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            switch (bytes[i]) {
                case '{', '[' -> {
                    opens(bytes[i] == '[');
                    return i + 1;
                }
                case '"' -> {
                    quote();
                    return i + 1;
                }
                case '}', ']' -> closes();
                case ',' -> next();
                case ':' -> naming = false;
                default -> {
                    // at the root it is a byte order mark, or no JSON
                    if (depth > 0 && !blank(bytes[i])) {
                        begins(SCALAR);
                        return i;
                    }
                }
            }
        }
        return to;
    }

    /** White space, or a control character, which means as little. */
    private static boolean blank(byte b) {
        return b >= 0 && b <= ' ';
    }

    private void begins(int what) {
        state = what;
        length = 0;
        tooLong = false;
    }

    private void opens(boolean array) {
        if (depth == DEEPEST || !visitor.opens(name, array)) {
            skipped = 1;
            return;
        }
        depth++;
        objects = array ? objects & ~(1L << depth) : objects | 1L << depth;
        next();
    }

    private void closes() {
        if (depth > 0) {
            depth--;
            naming = false;
            visitor.closes();
        }
    }

    /** Behind a comma or at the beginning: a name comes in an object, a value in an array. */
    private void next() {
        naming = depth > 0 && (objects & 1L << depth) != 0;
        name = depth > 0 && !naming ? KnownNames.ELEMENT : "";
    }

    private void quote() {
        begins(STRING);
        inName = naming;
        use = naming ? Use.KEEP : depth > 0 ? visitor.string(name) : Use.SKIP;
    }

    private int skip(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '"') {
                state = STRING;
                use = Use.SKIP;
                inName = false;
                return i + 1;
            }
            int bracket = b | 0x20; // [ and ] differ from { and } in this bit alone
            if (bracket == '{') {
                skipped++;
            } else if (bracket == '}' && --skipped == 0) {
                return i + 1;
            }
        }
        return to;
    }

    private int string(byte[] bytes, int from, int to) {
        int i = Octets.endOfText(bytes, from, to);
        if (i > from) {
            put(bytes, from, i);
        }
        if (i == to) {
            return to;
        }
        if (bytes[i] == '"') {
            stringEnds();
        } else {
            state = ESCAPE;
        }
        return i + 1;
    }

    private void stringEnds() {
        state = BETWEEN;
        alone();
        if (inName) {
            inName = false;
            naming = false;
            name = tooLong ? "" : visitor.name(token, length);
        } else if (use == Use.KEEP && !tooLong) {
            visitor.kept(name, token, length);
        }
    }

    private int escape(byte b, int i) {
        state = STRING;
        if (use == Use.SKIP) {
            return i + 1;
        }
        switch (b) {
            case 'u' -> {
                state = UNICODE;
                hexDigits = 0;
                hex = 0;
            }
            case 'n' -> put('\n');
            case 't' -> put('\t');
            case 'r' -> put('\r');
            case 'b' -> put('\b');
            case 'f' -> put('\f');
            default -> put(b & 0xff);
        }
        return i + 1;
    }

    private int unicode(byte b, int i) {
        int digit = Character.digit(b, 16);
        if (digit < 0) {
            state = STRING; // no escape: what stands there is taken as it is
            return i;
        }
        hex = hex << 4 | digit;
        if (++hexDigits < 4) {
            return i + 1;
        }
        state = STRING;
        if (Character.isHighSurrogate((char) hex)) {
            alone();
            high = hex;
        } else if (Character.isLowSurrogate((char) hex) && high != 0) {
            int both = Character.toCodePoint((char) high, (char) hex);
            high = 0;
            put(both);
        } else {
            put(Character.isLowSurrogate((char) hex) ? '?' : hex);
        }
        return i + 1;
    }

    /** A surrogate whose other half does not come. */
    private void alone() {
        if (high != 0) {
            high = 0;
            put('?');
        }
    }

    private void put(int codePoint) {
        if (codePoint < 0x80) {
            character[0] = (byte) codePoint;
            put(character, 0, 1);
        } else {
            byte[] utf8 = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            put(utf8, 0, utf8.length);
        }
    }

    private void put(byte[] bytes, int from, int to) {
        if (use == Use.SKIP) {
            return;
        }
        alone();
        if (use == Use.PASS) {
            visitor.text(bytes, from, to);
            return;
        }
        int more = to - from;
        if (tooLong || length + more > LONGEST_KEPT) {
            tooLong = true;
            return;
        }
        if (length + more > token.length) {
            token = Arrays.copyOf(token, Math.max(length + more, token.length * 2));
        }
        System.arraycopy(bytes, from, token, length, more);
        length += more;
    }

    private int scalar(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == ',' || b == '}' || b == ']' || blank(b)) {
                state = BETWEEN;
                visitor.scalar(name, token, tooLong ? 0 : length);
                return i;
            }
            if (length < LONGEST_SCALAR) {
                token[length++] = b;
            } else {
                tooLong = true;
            }
        }
        return to;
    }

    /** The number that is written so; not a number if it is none. */
    static double number(byte[] bytes, int length) {
        long whole = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] < '0' || bytes[i] > '9' || i == 18) {
                return fraction(bytes, length);
            }
            whole = whole * 10 + bytes[i] - '0';
        }
        return length == 0 ? Double.NaN : whole;
    }

    private static double fraction(byte[] bytes, int length) {
        if (bytes[0] != '-' && (bytes[0] < '0' || bytes[0] > '9')) {
            return Double.NaN; // true, false, null, NaN
        }
        try {
            return Double.parseDouble(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException malformed) {
            return Double.NaN;
        }
    }
}
