package io.aiproxy.channels;

/** The first segment of a raw target, by which a caller may name the channel. */
final class PathPrefix {
    private PathPrefix() {}

    /** The first path segment, percent-decoded; empty when there is none. */
    static String first(String target) {
        int end = end(target);
        return end <= 1 ? "" : decode(target.substring(1, end));
    }

    /** The target without its first path segment: {@code /a/b?c} becomes {@code /b?c}, {@code /a?c} becomes {@code /?c}. */
    static String strip(String target) {
        String rest = target.substring(end(target));
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    private static int end(String target) {
        int length = target.length();
        if (length == 0 || target.charAt(0) != '/') {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?') {
                return i;
            }
        }
        return length;
    }

    /** Byte-wise; a channel's id is ASCII, so a byte beyond it only has to come out as something else. */
    private static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        StringBuilder decoded = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int high = c == '%' && i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(segment.charAt(i + 2), 16);
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
