package io.aiproxy.telemetry;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * {@code %msg} of the application log: the message without credentials and on lines of its own. A line feed in it is followed by
 * four spaces and other control characters become {@code ?}, so that no text from outside looks like another log line.
 */
public final class RedactingMessage extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
        String message = super.convert(event);
        return message == null ? "" : tame(Redaction.redact(message));
    }

    static String tame(String text) {
        int first = 0;
        while (first < text.length() && !unruly(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder tamed = new StringBuilder(text.length() + 32).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                tamed.append("\n    ");
            } else if (unruly(c)) {
                boolean halfOfLineFeed = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
                tamed.append(halfOfLineFeed ? "" : "?");
            } else {
                tamed.append(c);
            }
        }
        return tamed.toString();
    }

    private static boolean unruly(char c) {
        return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
    }
}
