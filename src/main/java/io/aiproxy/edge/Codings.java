package io.aiproxy.edge;

import io.aiproxy.core.Headers;
import io.aiproxy.dialects.AnswerTaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which codings a channel is offered for its answer: of those that the caller accepts, the ones that can be read in passing,
 * so that usage can be found in it (RFC 9110, 12.5.3).
 */
final class Codings {
    static final String ACCEPT_ENCODING = "accept-encoding";

    private Codings() {}

    /**
     * What is to be sent instead of the caller's {@code Accept-Encoding}; null: it may stay as it is, because nothing in it
     * is unreadable, or because the caller does not take an answer without coding.
     */
    static @Nullable String readable(Headers caller) {
        String first = caller.get(ACCEPT_ENCODING);
        if (first == null) {
            return null;
        }
        List<String> all = caller.all(ACCEPT_ENCODING);
        String offered = all.size() == 1 ? first : String.join(", ", all);
        List<String> kept = new ArrayList<>(4);
        boolean dropped = false;
        boolean plain = true;
        boolean plainSaid = false;
        for (int at = 0; at <= offered.length(); ) {
            int comma = offered.indexOf(',', at);
            int end = comma < 0 ? offered.length() : comma;
            String element = offered.substring(at, end).strip();
            String coding = coding(element);
            boolean refused = refused(element);
            if (coding.equals("identity")) {
                plainSaid = true;
                plain = !refused;
            } else if (coding.equals("*") && refused && !plainSaid) {
                plain = false;
            }
            if (refused || AnswerTaps.READABLE_ENCODINGS.contains(coding)) {
                kept.add(element);
            } else {
                dropped |= !element.isEmpty();
            }
            at = end + 1;
        }
        if (!dropped || !plain) {
            return null;
        }
        return kept.isEmpty() ? "identity" : String.join(", ", kept);
    }

    private static String coding(String element) {
        int parameters = element.indexOf(';');
        String name =
                parameters < 0 ? element : element.substring(0, parameters).stripTrailing();
        return name.toLowerCase(Locale.ROOT);
    }

    /** Whether it has the weight 0, in which case it is not offered but refused. */
    private static boolean refused(String element) {
        int weight = element.indexOf(';');
        if (weight < 0) {
            return false;
        }
        String parameter = element.substring(weight + 1).replace(" ", "").toLowerCase(Locale.ROOT);
        if (!parameter.startsWith("q=0")) {
            return false;
        }
        for (int i = 3; i < parameter.length(); i++) {
            if (parameter.charAt(i) != '0' && parameter.charAt(i) != '.') {
                return false;
            }
        }
        return true;
    }
}
