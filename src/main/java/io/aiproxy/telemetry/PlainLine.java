package io.aiproxy.telemetry;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One line like the "combined" format of web servers, followed by {@code name=value} pairs:
 *
 * <pre>
 * 10.1.2.3 - zhangsan [21/Nov/2026:01:30:00 +0000] "POST /v1/chat/completions" 200 5120 "-" "OpenAI/Python 2.1"
 *   id=… key=laptop channel=bailian credential=default dialect=openai operation=chat model=qwen-max ending=ok
 *   failure=- bytes_in=812 duration_ms=2157.301 ttfb_ms=390.120 overhead_ms=0.412
 *   attempts=openai/default:429,bailian/default:200 client_retry=0 config_version=7
 * </pre>
 *
 * <p>(all of it in one line). The first part is client, a dash, user id, when the request's head had arrived, method and
 * path, status, body bytes sent, a dash where other servers put the referrer, user agent. A dash stands for "nothing".
 * Quotes, backslashes and control characters are written as {@code \\xHH} or {@code \\uHHHH}, spaces too where there are
 * no quotes around them.
 *
 * <p>Of a WebSocket {@code duration_ms} is the socket's life, {@code ttfb_ms} a dash, {@code bytes_in} and the bytes sent
 * count frames, and {@link SocketFields} follow at the end; {@link UsageFields} follow last where usage is known.
 */
final class PlainLine implements LineFormat {
    private static final byte[] NO_IDENT = ascii(" - ");
    private static final byte[] ID = ascii(" \"-\" \"");
    private static final byte[] AFTER_AGENT = ascii("\" id=");
    private static final byte[] KEY = ascii(" key=");
    private static final byte[] CHANNEL = ascii(" channel=");
    private static final byte[] CREDENTIAL = ascii(" credential=");
    private static final byte[] DIALECT = ascii(" dialect=");
    private static final byte[] OPERATION = ascii(" operation=");
    private static final byte[] MODEL = ascii(" model=");
    private static final byte[] ENDING = ascii(" ending=");
    private static final byte[] FAILURE = ascii(" failure=");
    private static final byte[] BYTES_IN = ascii(" bytes_in=");
    private static final byte[] DURATION = ascii(" duration_ms=");
    private static final byte[] FIRST_BYTE = ascii(" ttfb_ms=");
    private static final byte[] OVERHEAD = ascii(" overhead_ms=");
    private static final byte[] ATTEMPTS = ascii(" attempts=");
    private static final byte[] CLIENT_RETRY = ascii(" client_retry=");
    private static final byte[] CONFIG_VERSION = ascii(" config_version=");

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void append(Receipt receipt, LineBytes to) {
        token(to, receipt.client());
        to.put(NO_IDENT);
        token(to, receipt.userId());
        to.put(' ');
        to.put('[');
        to.commonLogTime(receipt.startedMillis());
        to.put(']');
        to.put(' ');
        to.put('"');
        to.quoted(receipt.method(), LineBound.NAME);
        to.put(' ');
        to.quoted(receipt.path(), LineBound.PATH);
        to.put('"');
        to.put(' ');
        to.number(receipt.status());
        to.put(' ');
        to.number(receipt.bytesOut());
        to.put(ID);
        to.quoted(receipt.userAgent().isEmpty() ? "-" : receipt.userAgent(), LineBound.USER_AGENT);
        to.put(AFTER_AGENT);
        token(to, receipt.id());
        pairs(receipt, to);
        SocketReport session = Sessions.report(receipt);
        if (session != null) {
            SocketFields.plain(session, to);
        }
        if (receipt.usage().isPresent()) {
            UsageFields.plain(receipt.usage().get(), to);
        }
        to.put('\n');
    }

    private static void pairs(Receipt receipt, LineBytes to) {
        pair(to, KEY, receipt.keyName());
        pair(to, CHANNEL, receipt.channel());
        pair(to, CREDENTIAL, receipt.credential());
        pair(to, DIALECT, receipt.dialect().tag());
        pair(to, OPERATION, receipt.operation());
        to.put(MODEL);
        if (receipt.model().isEmpty()) {
            to.put('-');
        } else {
            to.token(receipt.model(), LineBound.MODEL);
        }
        pair(to, ENDING, receipt.ending().tag());
        pair(to, FAILURE, receipt.failure());
        number(to, BYTES_IN, receipt.bytesIn());
        millis(to, DURATION, receipt.durationNanos());
        millis(to, FIRST_BYTE, Sessions.opened(receipt) ? -1 : receipt.firstByteNanos());
        millis(to, OVERHEAD, receipt.overheadNanos());
        attempts(to, receipt.attempts());
        number(to, CLIENT_RETRY, receipt.clientRetry());
        number(to, CONFIG_VERSION, receipt.configVersion());
    }

    private static void attempts(LineBytes to, List<Attempt> attempts) {
        to.put(ATTEMPTS);
        int count = Math.min(attempts.size(), LineBound.ATTEMPTS);
        if (count == 0) {
            to.put('-');
        }
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                to.put(',');
            }
            Attempt attempt = attempts.get(i);
            to.token(attempt.channel(), LineBound.ATTEMPT_NAME);
            to.put('/');
            to.token(attempt.credential(), LineBound.ATTEMPT_NAME);
            to.put(':');
            if (attempt.status() > 0 || attempt.failure().isEmpty()) {
                to.number(attempt.status());
            } else {
                to.token(attempt.failure().get().code(), LineBound.NAME);
            }
        }
    }

    private static void pair(LineBytes to, byte[] key, String value) {
        to.put(key);
        token(to, value);
    }

    private static void token(LineBytes to, String value) {
        if (value.isEmpty()) {
            to.put('-');
        } else {
            to.token(value, LineBound.NAME);
        }
    }

    private static void number(LineBytes to, byte[] key, long value) {
        to.put(key);
        if (value < 0) {
            to.put('-');
        } else {
            to.number(value);
        }
    }

    private static void millis(LineBytes to, byte[] key, long nanos) {
        to.put(key);
        if (nanos < 0) {
            to.put('-');
        } else {
            to.millis(nanos);
        }
    }
}
