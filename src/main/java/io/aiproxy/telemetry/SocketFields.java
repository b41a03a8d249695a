package io.aiproxy.telemetry;

import io.aiproxy.core.SocketReport;
import java.nio.charset.StandardCharsets;

/**
 * What lines of the access log say of a session: {@code frames_in} and {@code frames_out} (control frames included),
 * {@code close_code} of the first Close frame, {@code closed_by} who sent it, {@code close_reason} in one word why, if
 * that was the gateway. A refused handshake has none of them.
 */
final class SocketFields {
    /** Bytes that they take at most besides the reason: names, two numbers, a code, a word, dashes. */
    static final int LONGEST = 160;

    private static final byte[] FRAMES_IN = ascii("frames_in");
    private static final byte[] FRAMES_OUT = ascii("frames_out");
    private static final byte[] CLOSE_CODE = ascii("close_code");
    private static final byte[] CLOSED_BY = ascii("closed_by");
    private static final byte[] CLOSE_REASON = ascii("close_reason");

    private SocketFields() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Appends them as members of an object that has others before them; nothing of what there is nothing to say of. */
    static void json(SocketReport report, LineBytes to) {
        key(to, FRAMES_IN);
        to.number(report.framesIn());
        key(to, FRAMES_OUT);
        to.number(report.framesOut());
        if (report.closeCode() > 0) {
            key(to, CLOSE_CODE);
            to.number(report.closeCode());
        }
        if (report.closedBy() != SocketReport.ClosedBy.NOBODY) {
            text(to, CLOSED_BY, report.closedBy().tag());
        }
        if (!report.reason().isEmpty()) {
            text(to, CLOSE_REASON, report.reason());
        }
    }

    private static void text(LineBytes to, byte[] name, String value) {
        key(to, name);
        to.put('"');
        to.json(value, LineBound.NAME);
        to.put('"');
    }

    private static void key(LineBytes to, byte[] name) {
        to.put(',');
        to.put('"');
        to.put(name);
        to.put('"');
        to.put(':');
    }

    /** Appends them as pairs, all five of them, a dash for nothing. */
    static void plain(SocketReport report, LineBytes to) {
        pair(to, FRAMES_IN);
        to.number(report.framesIn());
        pair(to, FRAMES_OUT);
        to.number(report.framesOut());
        pair(to, CLOSE_CODE);
        if (report.closeCode() > 0) {
            to.number(report.closeCode());
        } else {
            to.put('-');
        }
        pair(to, CLOSED_BY);
        token(
                to,
                report.closedBy() == SocketReport.ClosedBy.NOBODY
                        ? ""
                        : report.closedBy().tag());
        pair(to, CLOSE_REASON);
        token(to, report.reason());
    }

    private static void token(LineBytes to, String value) {
        if (value.isEmpty()) {
            to.put('-');
        } else {
            to.token(value, LineBound.NAME);
        }
    }

    private static void pair(LineBytes to, byte[] name) {
        to.put(' ');
        to.put(name);
        to.put('=');
    }
}
