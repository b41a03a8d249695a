package io.aiproxy.credentials;

import io.aiproxy.core.Secret;
import io.aiproxy.telemetry.Redaction;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * Makes words of a token endpoint fit to be shown: endpoints like to repeat what they did not like. What looks like a
 * credential is masked, and so is whatever has eight characters in a row in common with something that was sent as one.
 */
final class Scrub {
    private static final int LONGEST = 200;
    private static final int WINDOW = 8;
    private static final int SHORTEST = 3;

    private Scrub() {}

    /** One line of at most {@value #LONGEST} characters, all secrets masked. */
    static String clean(String text, TokenOrder order, TokenRequest request) {
        String bounded = text.length() > 10 * LONGEST ? text.substring(0, 10 * LONGEST) : text;
        String line = bounded.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        Collection<Secret> fields = order.credential().fields().values();
        String masked = mask(
                line,
                Stream.concat(
                                fields.stream()
                                        .map(Secret::reveal)
                                        .flatMap(value -> Stream.of(value, Form.encode(value))),
                                request.headers().values().stream())
                        .toList());
        String redacted = Redaction.redact(masked);
        return redacted.length() > LONGEST ? redacted.substring(0, LONGEST) + "…" : redacted;
    }

    private static String mask(String text, Collection<String> secrets) {
        boolean[] hidden = new boolean[text.length()];
        for (String secret : secrets) {
            int window = Math.min(WINDOW, secret.length());
            for (int i = 0; window >= SHORTEST && i + window <= text.length(); i++) {
                if (secret.contains(text.substring(i, i + window))) {
                    Arrays.fill(hidden, i, i + window, true);
                }
            }
        }
        StringBuilder masked = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (!hidden[i]) {
                masked.append(text.charAt(i));
            } else if (i == 0 || !hidden[i - 1]) {
                masked.append(Redaction.MASK);
            }
        }
        return masked.toString();
    }
}
