package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads a transcription that is plain text, or subtitles as SRT or WebVTT, in which a provider tells no usage. How long the
 * sound is shows in the last subtitle's end; the text is kept for an estimate, without numbers and times.
 */
final class SubtitleTap implements AnswerTap {
    /** No time is so long; what a longer line has beyond it is text in any case. */
    private static final int LONGEST_LINE = 1024;

    private static final int SIXTY = 60;
    private static final int MILLIS = 1_000;
    /** A hundred hours: nobody transcribes more at once, and a sum of many of them still fits. */
    private static final long MOST = 100L * SIXTY * SIXTY * MILLIS;

    private final DeliveredText text = new DeliveredText();
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    /** Whether the line's beginning was too long and is counted already. */
    private boolean cut;
    /** A line of digits: a subtitle's number if a time follows, else text. */
    private byte[] number = {};

    private boolean begun;
    private long lastMillis;

    @Override
    public void bytes(ByteBuffer part) {
        while (part.hasRemaining()) {
            byte b = part.get();
            line[length++] = b;
            if (b == '\n') {
                line();
                cut = false;
            } else if (length == LONGEST_LINE) {
                line();
                cut = true;
            }
        }
    }

    @Override
    public void end() {
        line();
        held();
    }

    private void line() {
        long until = cut ? -1 : until();
        if (until >= 0) {
            lastMillis = Math.max(lastMillis, until);
            number = new byte[0];
        } else {
            held();
            words();
        }
        begun |= length > 0;
        length = 0;
    }

    private void words() {
        if (!begun && starts("WEBVTT")) {
            return;
        }
        if (!cut && digits()) {
            number = Arrays.copyOf(line, length);
        } else if (cut || !blank()) {
            text.add(line, 0, length);
        }
    }

    /** The digits before this were text. */
    private void held() {
        text.add(number, 0, number.length);
        number = new byte[0];
    }

    private boolean starts(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (i >= length || line[i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean blank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != '\n' && line[i] != '\r' && line[i] != ' ') {
                return false;
            }
        }
        return true;
    }

    private boolean digits() {
        int i = 0;
        while (i < length && digit(line[i])) {
            i++;
        }
        int count = i;
        while (i < length && (line[i] == '\r' || line[i] == '\n')) {
            i++;
        }
        return count > 0 && i == length;
    }

    /** Where {@code 00:00:01,000 --> 00:00:04,000} ends, in ms; WebVTT leaves out hours (W3C WebVTT, 4.1). -1: no time. */
    private long until() {
        if (length == 0 || !digit(line[0])) {
            return -1;
        }
        for (int i = 1; i + 2 < length; i++) {
            if (line[i] == '-' && line[i + 1] == '-' && line[i + 2] == '>') {
                return time(i + 3);
            }
        }
        return -1;
    }

    private long time(int from) {
        int i = from;
        while (i < length && line[i] == ' ') {
            i++;
        }
        long seconds = 0;
        long part = 0;
        int parts = 0;
        for (; i < length && (digit(line[i]) || line[i] == ':'); i++) {
            if (line[i] == ':') {
                seconds = (seconds + part) * SIXTY;
                part = 0;
                parts++;
            } else {
                part = Math.min(MOST, part * 10 + line[i] - '0');
            }
        }
        if (parts == 0 || parts > 2) {
            return -1;
        }
        return Math.min(MOST, (seconds + part) * MILLIS + fraction(i));
    }

    private long fraction(int dot) {
        if (dot >= length || (line[dot] != ',' && line[dot] != '.')) {
            return 0;
        }
        long millis = 0;
        int worth = MILLIS;
        for (int i = dot + 1; i < length && digit(line[i]) && worth > 1; i++) {
            worth /= 10;
            millis += (long) (line[i] - '0') * worth;
        }
        return millis;
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    @Override
    public Optional<Usage> usage() {
        long seconds = (lastMillis + MILLIS - 1) / MILLIS; // as providers bill a second that has begun
        return seconds == 0 ? Optional.empty() : Optional.of(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, seconds, 0, 0, 0, 0));
    }

    @Override
    public String model() {
        return "";
    }

    /** What the provider bills it has not said. */
    @Override
    public boolean complete() {
        return false;
    }

    @Override
    public CharSequence text() {
        return text.text();
    }

    @Override
    public long textChars() {
        return text.units();
    }
}
