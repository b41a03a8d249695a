package io.aiproxy.edge;

import io.aiproxy.core.Percent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One change of a raw query: a parameter removed or set; all else stays byte for byte. Parameters are separated by
 * {@code &} alone. A name is compared as it is and percent-decoded; {@code +} is a plus.
 *
 * @param name the parameter's name, its UTF-8 bytes as Latin-1, which is what decoding byte-wise gives
 * @param replacement the parameter as it is to stand there; empty: it goes
 */
record QueryEdit(String name, String replacement) {

    /** Takes a parameter out wherever it stands, and the question mark with it when nothing is left. */
    static QueryEdit remove(String name) {
        return new QueryEdit(comparable(name), "");
    }

    /** Sets a parameter where it stands first, drops further ones of its name, or puts it behind all others. */
    static QueryEdit set(String name, String value) {
        return new QueryEdit(comparable(name), Percent.encode(name) + '=' + Percent.encode(value));
    }

    private static String comparable(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The changed target; the same object when nothing changes. */
    String apply(String target) {
        int mark = target.indexOf('?');
        List<String> kept = new ArrayList<>();
        boolean found = false;
        for (int from = mark + 1; from > 0; ) {
            int and = target.indexOf('&', from);
            int end = and < 0 ? target.length() : and;
            if (!isMeant(target, from, end)) {
                kept.add(target.substring(from, end));
            } else {
                if (!found && !replacement.isEmpty()) {
                    kept.add(replacement);
                }
                found = true;
            }
            from = end < target.length() ? end + 1 : 0;
        }
        if (!found) {
            return replacement.isEmpty() ? target : appended(target, mark);
        }
        String query = String.join("&", kept);
        String path = target.substring(0, mark);
        return query.isEmpty() ? path : path + '?' + query;
    }

    private String appended(String target, int mark) {
        if (mark < 0) {
            return target + '?' + replacement;
        }
        boolean open = mark == target.length() - 1 || target.endsWith("&"); // "/p?" waits for a parameter already
        return open ? target + replacement : target + '&' + replacement;
    }

    private boolean isMeant(String target, int from, int end) {
        int equals = target.indexOf('=', from);
        String written = target.substring(from, equals < 0 || equals > end ? end : equals);
        return written.equals(name)
                || (written.indexOf('%') >= 0 && Percent.decode(written).equals(name));
    }
}
