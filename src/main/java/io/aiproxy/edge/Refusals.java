package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.dialects.Dialects;
import io.aiproxy.dialects.FailureRenderer;
import io.aiproxy.dialects.Recognised;
import io.aiproxy.dialects.Rendered;
import io.aiproxy.wire.Answer;
import io.aiproxy.wire.ServerCall;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Failures as answers in the caller's dialect: the one place that joins a failure, a dialect and the wire. */
public final class Refusals {

    /** Answers {@code call} with {@code failure}. */
    void respond(ServerCall call, Failure failure) {
        call.respond(refusal(call.call(), failure));
    }

    /** The answer to a failed call; notes the failure in it. */
    Answer refusal(Call call, Failure failure) {
        call.failure(failure.kind());
        Rendered rendered = FailureRenderer.render(dialect(call), failure, call.id());
        List<Map.Entry<String, String>> fields = new ArrayList<>(rendered.headers());
        fields.add(Map.entry("content-type", rendered.contentType()));
        fields.addAll(StandardHeaders.of(call));
        if (failure.kind() == FailureKind.METHOD_NOT_ALLOWED) {
            fields.add(Map.entry("allow", "GET, HEAD"));
        }
        if (failure.kind() == FailureKind.INVALID_REQUEST
                && call.head().asksForWebSocket()
                && HandshakeCheck.otherVersion(call.head().headers())) {
            // RFC 6455, 4.4: whoever speaks another version is told which one would do.
            fields.add(Map.entry(HandshakeCheck.VERSION_HEADER, HandshakeCheck.VERSION));
        }
        return Answer.of(rendered.status(), fields, rendered.body());
    }

    /** What the caller spoke; looked at now if no stage has done so. */
    static Dialect dialect(Call call) {
        if (call.operation().isEmpty()) {
            Recognised read = Dialects.recognise(call.head());
            call.dialect(read.spoken().dialect());
            call.operation(read.spoken().operation());
            call.template(read.template());
        }
        return call.dialect();
    }

    /** An error event for a stream that broke, led to by what is missing up to the next event's beginning. */
    byte[] lastWords(Call call, Failure failure, byte[] tail) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        out.writeBytes(FailureRenderer.boundary(tail));
        out.writeBytes(FailureRenderer.streamEvent(dialect(call), call.operation(), failure, call.id()));
        return out.toByteArray();
    }
}
