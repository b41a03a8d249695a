package io.aiproxy.access;

import io.aiproxy.core.Percent;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The {@code key} parameter of a raw query, Google's way of presenting a key
 * (https://cloud.google.com/docs/authentication/api-keys-use). Parameters are separated by {@code &} alone; names and
 * values are percent-decoded for comparison only, and {@code +} is a plus, because keys are not form data.
 */
final class QueryKey {
    private static final String NAME = "key";

    private QueryKey() {}

    /** The first answer that {@code lookup} has for a non-empty {@code key} parameter, in order; null when none has. */
    static <T> @Nullable T find(String target, Function<String, @Nullable T> lookup) {
        int from = target.indexOf('?') + 1;
        while (from > 0) {
            int end = end(target, from);
            String value = value(target, from, end);
            T found = value == null || value.isEmpty() ? null : lookup.apply(value);
            if (found != null) {
                return found;
            }
            from = end < target.length() ? end + 1 : 0;
        }
        return null;
    }

    /**
     * The target without those {@code key} parameters whose decoded value fits; all else byte for byte, and no question
     * mark left over when nothing is left behind it. The same object when nothing fits.
     */
    static String strip(String target, Predicate<String> unwanted) {
        int mark = target.indexOf('?');
        StringBuilder kept = null;
        int from = mark + 1;
        while (from > 0) {
            int end = end(target, from);
            String value = value(target, from, end);
            if (value != null && unwanted.test(value)) {
                if (kept == null) { // what stands before, with the separator behind each
                    kept = new StringBuilder(target.length()).append(target, mark + 1, from);
                }
            } else if (kept != null) {
                kept.append(target, from, end).append('&');
            }
            from = end < target.length() ? end + 1 : 0;
        }
        if (kept == null) {
            return target;
        }
        String query = kept.isEmpty() ? "" : kept.substring(0, kept.length() - 1);
        String path = target.substring(0, mark);
        return query.isEmpty() ? path : path + '?' + query;
    }

    private static int end(String target, int from) {
        int and = target.indexOf('&', from);
        return and < 0 ? target.length() : and;
    }

    /** The decoded value when the parameter between these places is called {@code key}, otherwise null. */
    private static @Nullable String value(String target, int from, int end) {
        int equals = target.indexOf('=', from);
        int nameEnd = equals < 0 || equals > end ? end : equals;
        boolean plain = nameEnd - from == NAME.length() && target.startsWith(NAME, from);
        boolean encoded = nameEnd - from > NAME.length()
                && nameEnd - from <= 3 * NAME.length()
                && Percent.decode(target.substring(from, nameEnd)).equals(NAME);
        if (!plain && !encoded) {
            return null;
        }
        return nameEnd == end ? "" : Percent.decode(target.substring(nameEnd + 1, end));
    }
}
