package io.aiproxy.telemetry.tracing;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.Optional;

/** The header field {@code traceparent} (W3C Trace Context, 3.2): {@code 00-<trace id>-<parent id>-<flags>}. */
final class Traceparent {
    private static final int LENGTH = 55;

    private Traceparent() {}

    /** What it says; empty when it is none that can be trusted. */
    static Optional<CallTrace.Parent> read(String value, String state) {
        boolean framed = value.length() >= LENGTH
                && value.charAt(2) == '-'
                && value.charAt(35) == '-'
                && value.charAt(52) == '-'
                // a later version may have more behind another dash
                && (value.length() == LENGTH || (value.charAt(LENGTH) == '-' && !value.startsWith("00")));
        if (!framed || !isHex(value, 0, 2) || value.startsWith("ff")) {
            return Optional.empty();
        }
        boolean ids = isId(value, 3, 35) && isId(value, 36, 52) && isHex(value, 53, LENGTH);
        if (!ids) {
            return Optional.empty();
        }
        boolean sampled = (Character.digit(value.charAt(54), 16) & 1) == 1;
        return Optional.of(new CallTrace.Parent(value.substring(3, 35), value.substring(36, 52), sampled, state));
    }

    /** The field {@code tracestate} beside it (3.3); what is no entry is left out. */
    static TraceState state(String value) {
        if (value.isEmpty()) {
            return TraceState.getDefault();
        }
        TraceStateBuilder state = TraceState.builder();
        String[] entries = value.split(",", -1);
        for (int i = entries.length - 1; i >= 0; i--) { // the latest put comes first
            int equals = entries[i].indexOf('=');
            if (equals > 0) {
                state.put(
                        entries[i].substring(0, equals).strip(),
                        entries[i].substring(equals + 1).strip());
            }
        }
        return state.build();
    }

    private static boolean isId(String text, int from, int to) {
        boolean zero = true;
        for (int i = from; i < to; i++) {
            zero &= text.charAt(i) == '0';
        }
        return !zero && isHex(text, from, to);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
