package io.aiproxy.telemetry;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.UsageSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One JSON object per line. Texts without content and numbers that are not known are left out.
 *
 * <p>{@code time} is when the request's head had arrived (UTC); {@code user} the user's id; {@code key} the key's name;
 * {@code bytes_in}/{@code bytes_out} lengths of the bodies; {@code duration_ms} from the head to the last byte,
 * {@code ttfb_ms} to the first byte of the answer, {@code overhead_ms} the gateway's own part of the time until the
 * answer's head; {@code attempts} at most {@value LineBound#ATTEMPTS} tries in order; {@code client_retry} the SDK's own
 * retry counter. Of a WebSocket {@code duration_ms} is the socket's life, {@code ttfb_ms} is missing, {@code bytes_in} and
 * {@code bytes_out} count frames, and {@link SocketFields} follow; {@link UsageFields} follow where usage is known.
 */
final class JsonLine implements LineFormat {
    private static final byte[] TIME = ascii("{\"time\":\"");
    private static final byte[] ID = ascii(",\"id\":\"");
    private static final byte[] USER = ascii(",\"user\":\"");
    private static final byte[] KEY = ascii(",\"key\":\"");
    private static final byte[] CHANNEL = ascii(",\"channel\":\"");
    private static final byte[] CREDENTIAL = ascii(",\"credential\":\"");
    private static final byte[] DIALECT = ascii(",\"dialect\":\"");
    private static final byte[] OPERATION = ascii(",\"operation\":\"");
    private static final byte[] MODEL = ascii(",\"model\":\"");
    private static final byte[] METHOD = ascii(",\"method\":\"");
    private static final byte[] PATH = ascii(",\"path\":\"");
    private static final byte[] STATUS = ascii(",\"status\":");
    private static final byte[] ENDING = ascii(",\"ending\":\"");
    private static final byte[] FAILURE = ascii(",\"failure\":\"");
    private static final byte[] BYTES_IN = ascii(",\"bytes_in\":");
    private static final byte[] BYTES_OUT = ascii(",\"bytes_out\":");
    private static final byte[] DURATION = ascii(",\"duration_ms\":");
    private static final byte[] FIRST_BYTE = ascii(",\"ttfb_ms\":");
    private static final byte[] OVERHEAD = ascii(",\"overhead_ms\":");
    private static final byte[] ATTEMPTS = ascii(",\"attempts\":[");
    private static final byte[] FIRST_CHANNEL = ascii("{\"channel\":\"");
    private static final byte[] MILLIS = ascii(",\"ms\":");
    private static final byte[] CLIENT = ascii(",\"client\":\"");
    private static final byte[] USER_AGENT = ascii(",\"user_agent\":\"");
    private static final byte[] CLIENT_RETRY = ascii(",\"client_retry\":");
    private static final byte[] CONFIG_VERSION = ascii(",\"config_version\":");

    private static final byte[] GROUPS = ascii(",\"groups\":[\"");
    private static final byte[] TEMPLATE = ascii(",\"template\":\"");
    private static final byte[] MODEL_ANSWERED = ascii(",\"model_answered\":\"");
    private static final byte[] TAGS = ascii(",\"tags\":{\"");
    private static final byte[] SOURCE = ascii(",\"usage_source\":\"");
    private static final byte[] WORK = ascii(",\"work\":\"");
    private static final byte[] NEXT = ascii("\",\"");
    private static final byte[] VALUE = ascii("\":\"");

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void append(Receipt receipt, LineBytes to) {
        to.put(TIME);
        to.isoTime(receipt.startedMillis());
        to.put('"');
        text(to, ID, receipt.id(), LineBound.NAME);
        text(to, USER, receipt.userId(), LineBound.NAME);
        text(to, KEY, receipt.keyName(), LineBound.NAME);
        groups(to, receipt.groups());
        text(to, CHANNEL, receipt.channel(), LineBound.NAME);
        text(to, CREDENTIAL, receipt.credential(), LineBound.NAME);
        text(to, DIALECT, receipt.dialect().tag(), LineBound.NAME);
        text(to, OPERATION, receipt.operation(), LineBound.NAME);
        text(to, MODEL, receipt.model(), LineBound.MODEL);
        text(to, MODEL_ANSWERED, receipt.modelAnswered(), LineBound.MODEL);
        text(to, TEMPLATE, receipt.template(), LineBound.NAME);
        text(to, METHOD, receipt.method(), LineBound.NAME);
        text(to, PATH, receipt.path(), LineBound.PATH);
        number(to, STATUS, receipt.status());
        text(to, ENDING, receipt.ending().tag(), LineBound.NAME);
        text(to, FAILURE, receipt.failure(), LineBound.NAME);
        number(to, BYTES_IN, receipt.bytesIn());
        number(to, BYTES_OUT, receipt.bytesOut());
        millis(to, DURATION, receipt.durationNanos());
        if (!Sessions.opened(receipt)) {
            millis(to, FIRST_BYTE, receipt.firstByteNanos());
        }
        millis(to, OVERHEAD, receipt.overheadNanos());
        attempts(to, receipt.attempts());
        text(to, CLIENT, receipt.client(), LineBound.NAME);
        text(to, USER_AGENT, receipt.userAgent(), LineBound.USER_AGENT);
        number(to, CLIENT_RETRY, receipt.clientRetry());
        number(to, CONFIG_VERSION, receipt.configVersion());
        SocketReport session = Sessions.report(receipt);
        if (session != null) {
            SocketFields.json(session, to);
        }
        tags(to, receipt.tags());
        if (receipt.source() == UsageSource.ESTIMATED) {
            text(to, SOURCE, receipt.source().tag(), LineBound.NAME);
        }
        if (receipt.usage().isPresent()) {
            UsageFields.json(receipt.usage().get(), to);
        }
        text(to, WORK, receipt.work(), LineBound.NAME);
        to.put('}');
        to.put('\n');
    }

    private static void groups(LineBytes to, List<String> groups) {
        int count = Math.min(groups.size(), LineBound.GROUPS);
        for (int i = 0; i < count; i++) {
            to.put(i == 0 ? GROUPS : NEXT);
            to.json(groups.get(i), LineBound.NAME);
        }
        if (count > 0) {
            to.put('"');
            to.put(']');
        }
    }

    private static void tags(LineBytes to, Map<String, String> tags) {
        int count = 0;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            if (count == LineBound.TAGS) {
                break;
            }
            to.put(count == 0 ? TAGS : NEXT);
            to.json(tag.getKey(), LineBound.NAME - 4);
            to.put(VALUE);
            to.json(tag.getValue(), LineBound.NAME - 4);
            count++;
        }
        if (count > 0) {
            to.put('"');
            to.put('}');
        }
    }

    private static void attempts(LineBytes to, List<Attempt> attempts) {
        int count = Math.min(attempts.size(), LineBound.ATTEMPTS);
        if (count == 0) {
            return;
        }
        to.put(ATTEMPTS);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                to.put(',');
            }
            attempt(to, attempts.get(i));
        }
        to.put(']');
    }

    private static void attempt(LineBytes to, Attempt attempt) {
        to.put(FIRST_CHANNEL);
        to.json(attempt.channel(), LineBound.ATTEMPT_NAME);
        to.put('"');
        text(to, CREDENTIAL, attempt.credential(), LineBound.ATTEMPT_NAME);
        if (attempt.status() > 0) {
            number(to, STATUS, attempt.status());
        }
        if (attempt.failure().isPresent()) {
            text(to, FAILURE, attempt.failure().get().code(), LineBound.NAME);
        }
        millis(to, MILLIS, attempt.endedNanos() - attempt.startedNanos());
        to.put('}');
    }

    private static void text(LineBytes to, byte[] key, String value, int max) {
        if (value.isEmpty()) {
            return;
        }
        to.put(key);
        to.json(value, max);
        to.put('"');
    }

    private static void number(LineBytes to, byte[] key, long value) {
        if (value >= 0) {
            to.put(key);
            to.number(value);
        }
    }

    private static void millis(LineBytes to, byte[] key, long nanos) {
        if (nanos >= 0) {
            to.put(key);
            to.millis(nanos);
        }
    }
}
