package io.aiproxy.channels;

import io.aiproxy.core.Percent;

/** The first segment of a raw target, by which a caller may name the channel. */
final class PathPrefix {
    private PathPrefix() {}

    /** The first path segment, percent-decoded; empty when there is none. */
    static String first(String target) {
        int end = end(target);
        return end <= 1 ? "" : Percent.decode(target.substring(1, end));
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
}
