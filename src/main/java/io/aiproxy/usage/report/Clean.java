package io.aiproxy.usage.report;

/** Text from callers, such as the name of a model, made fit for documents. */
final class Clean {
    /** The longest that is shown: a caller may have called a model by a novel's name. */
    private static final int LONGEST = 200;

    private Clean() {}

    /** One line without control characters, halves of characters and what XML does not know; long ones are cut. */
    static String text(String raw) {
        StringBuilder clean = new StringBuilder(Math.min(raw.length(), LONGEST + 1));
        int taken = 0;
        int at = 0;
        while (at < raw.length()) {
            if (taken == LONGEST) {
                return clean.append('…').toString();
            }
            int point = raw.codePointAt(at);
            clean.appendCodePoint(fit(point) ? point : ' ');
            at += Character.charCount(point);
            taken++;
        }
        return clean.toString();
    }

    private static boolean fit(int point) {
        boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        boolean none = (point & 0xFFFE) == 0xFFFE;
        return !Character.isISOControl(point) && !half && !none && !turns(point);
    }

    /** What changes the direction of writing, or breaks lines, would make the rest unreadable. */
    private static boolean turns(int point) {
        boolean embeds = point >= 0x202A && point <= 0x202E;
        boolean isolates = point >= 0x2066 && point <= 0x2069;
        return embeds || isolates || point == 0x2028 || point == 0x2029;
    }
}
