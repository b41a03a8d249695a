package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells a failure to a caller in the caller's own dialect. Shapes and what SDKs make of them were tried with openai-java
 * 4.13, anthropic-java 2.11, google-genai 1.32 and dashscope-sdk-java 2.22. Pure; callable from any thread.
 */
public final class FailureRenderer {
    /** Charset given although JSON needs none: messages may hold names in any script, and terminals and browsers guess. */
    private static final String JSON = "application/json; charset=utf-8";

    private FailureRenderer() {}

    /**
     * The answer for a call of which nothing has been sent yet.
     *
     * <p>Every dialect carries the stable code, in the body and as {@code x-aiproxy-error-code}; who is at fault stands in
     * {@code x-aiproxy-error-origin}. {@code x-should-retry: false} stops the retries of OpenAI's and Anthropic's SDKs
     * where they cannot help; {@code Retry-After} (seconds, rounded up) and {@code retry-after-ms} tell them when to come
     * back, if that is known. Above a minute both are sent: an SDK should not sleep that long in silence.
     *
     * @param requestId the id that is also sent as {@code x-aiproxy-request-id}
     */
    public static Rendered render(Dialect dialect, Failure failure, String requestId) {
        FailureKind kind = failure.kind();
        int status = dialect == Dialect.GOOGLE
                ? ErrorWords.statusForGoogle(kind.status(), failure.retryAfter())
                : kind.status();
        return new Rendered(status, JSON, ErrorBodies.json(dialect, failure, requestId), headers(failure));
    }

    private static List<Map.Entry<String, String>> headers(Failure failure) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(5);
        headers.add(Map.entry("x-aiproxy-error-code", failure.kind().code()));
        headers.add(Map.entry(
                "x-aiproxy-error-origin", failure.kind().origin().name().toLowerCase(Locale.ROOT)));
        failure.retryAfter().ifPresent(wait -> {
            long millis = Math.max(0, wait.toMillis());
            headers.add(Map.entry("Retry-After", Long.toString(Math.max(1, seconds(wait)))));
            headers.add(Map.entry("retry-after-ms", Long.toString(millis)));
        });
        if (ErrorWords.futile(failure)) {
            headers.add(Map.entry("x-should-retry", "false"));
        }
        return List.copyOf(headers);
    }

    private static long seconds(Duration wait) {
        return wait.getSeconds() + (wait.getNano() > 0 ? 1 : 0);
    }

    /**
     * The event that ends a {@code text/event-stream} answer which broke in the middle, with the empty line behind it.
     * Before it belongs {@link #boundary}, after it a broken connection: google-genai 1.32 ignores error events and only
     * notices the break.
     *
     * @param operation the call within the dialect; decides between OpenAI's two forms
     */
    public static byte[] streamEvent(Dialect dialect, String operation, Failure failure, String requestId) {
        byte[] data = ErrorBodies.json(dialect, failure, requestId);
        return switch (dialect) {
            case ANTHROPIC -> event("event: error\ndata: ", data);
            // DashScope writes no space behind the colon and tells the status in a comment
            case DASHSCOPE ->
                event("event:error\n:HTTP_STATUS/" + failure.kind().status() + "\ndata:", data);
            case GOOGLE -> event("data: ", data);
            case OPENAI, GENERIC ->
                operation.equals("responses")
                        ? event("event: error\ndata: ", ErrorBodies.responsesEvent(failure))
                        : event("data: ", data);
        };
    }

    private static byte[] event(String head, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + data.length + 2);
        out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(data);
        out.write('\n');
        out.write('\n');
        return out.toByteArray();
    }

    /**
     * The line ends that are missing until an event is complete. A stream that broke inside of an event cannot take that
     * event back; these make sure that the error event is not swallowed by it.
     *
     * @param lastBytes the last bytes sent, up to four; fewer when fewer were sent
     */
    public static byte[] boundary(byte[] lastBytes) {
        int n = lastBytes.length;
        if (n == 0) {
            return new byte[0];
        }
        if (lastBytes[n - 1] == '\r') {
            return new byte[] {'\n', '\n'}; // it may be one half of a CRLF, so one LF might end only this line
        }
        if (lastBytes[n - 1] != '\n') {
            return new byte[] {'\n', '\n'};
        }
        int before = n >= 2 && lastBytes[n - 2] == '\r' ? n - 3 : n - 2;
        boolean emptyLine = before >= 0 && (lastBytes[before] == '\n' || lastBytes[before] == '\r');
        return emptyLine ? new byte[0] : new byte[] {'\n'};
    }
}
