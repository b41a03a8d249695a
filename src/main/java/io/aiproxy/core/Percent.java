package io.aiproxy.core;

/** Percent-decoding for comparisons; what travels on is never decoded. */
public final class Percent {
    private Percent() {}

    /**
     * Decodes byte-wise: bytes beyond ASCII come out as Latin-1, bad escapes stay as they are. Right where the text is
     * compared with something that is ASCII by rule, such as a proxy key or a channel's id.
     */
    public static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0) {
                decoded.append((char) (high * 16 + low));
                i += 2;
            } else {
                decoded.append(c);
            }
        }
        return decoded.toString();
    }
}
