package io.aiproxy.wire;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Headers;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the wire sees of a call while it is answered, and the receipt made of it at the end. */
final class CallRecord {
    private final Call call;
    private int status;
    private long bytes;
    private long firstByte;
    private long headAt;
    private boolean cancelled;
    private long leftAt;
    private long bytesIn;
    private @Nullable Ending ending;
    private Optional<SocketReport> socket;
    private Optional<Usage> usage = Optional.empty();
    private UsageSource source = UsageSource.NONE;
    private String modelAnswered = "";
    private String work = "";
    private Optional<Transcript> transcript = Optional.empty();
    /** Whether the messages of a WebSocket have told all that there is to know. */
    private boolean messages;

    /** @param bytesIn of the request's body, whole or not */
    CallRecord(Call call, long bytesIn) {
        this.call = call;
        this.bytesIn = bytesIn;
        this.socket = call.handshake() ? Optional.of(SocketReport.REFUSED) : Optional.empty();
    }

    /** A WebSocket is over: its numbers take the place of the answer's. */
    void socket(Ending how, SocketReport report, long in, long out) {
        ending = how;
        socket = Optional.of(report);
        bytesIn = in;
        bytes = out;
    }

    /** What the messages of a WebSocket have told. A part of it that is to be estimated makes all of it an estimate. */
    void told(MessageTap along) {
        usage = along.usage();
        transcript = along.untold();
        modelAnswered = along.model();
        if (transcript.isPresent()) {
            source = UsageSource.ESTIMATED;
        } else {
            source = usage.isPresent() ? UsageSource.PROVIDER : UsageSource.NONE;
        }
        messages = true;
    }

    private void told(Taps taps) {
        AnswerTap reader = taps.end();
        if (messages) {
            return;
        }
        if (reader != null) {
            usage = reader.usage();
            modelAnswered = reader.model();
            work = reader.work();
        }
        if (reader != null && reader.failed()) {
            usage = Optional.of(Usage.NONE);
            source = UsageSource.NONE;
        } else if (reader != null && reader.later()) {
            source = UsageSource.NONE;
        } else if (reader != null && usage.isPresent() && reader.complete()) {
            source = UsageSource.PROVIDER;
        } else if (usage.isPresent() || (taps.expects() && (cancelled || status < 400))) {
            source = UsageSource.ESTIMATED;
            transcript = taps.transcript(call, reader);
        }
    }

    void status(int value) {
        status = value;
    }

    int status() {
        return status;
    }

    /** Body bytes handed to the socket. */
    void bytes(long more) {
        bytes += more;
    }

    void headLeaves() {
        headAt = System.nanoTime();
    }

    void firstByte() {
        if (firstByte == 0) {
            firstByte = System.nanoTime();
        }
    }

    /** The caller has left; what is learned afterwards does not make the call last longer. */
    void cancelled(long now) {
        cancelled = true;
        leftAt = now;
    }

    /** The receipt, with what was found out by those who have read the answer along. Once, when no more of it comes. */
    Receipt receipt(Taps taps, long now) {
        told(taps);
        long end = cancelled ? leftAt : now;
        Caller caller = call.caller();
        Headers headers = call.head().headers();
        FailureKind failure = cancelled ? FailureKind.CLIENT_CLOSED_REQUEST : call.failure();
        int sent = status == 0 ? FailureKind.CLIENT_CLOSED_REQUEST.status() : status;
        List<Attempt> attempts = call.attempts();
        return new Receipt(
                call.id(),
                call.startedMillis(),
                call.counted(),
                caller == null ? "" : caller.userId(),
                caller == null ? "" : caller.keyName(),
                call.channel(),
                call.credential(),
                call.dialect(),
                call.operation(),
                call.model(),
                call.head().method(),
                call.head().path(),
                sent,
                ending == null ? Ending.of(sent, failure) : ending,
                failure == null ? "" : failure.code(),
                bytesIn,
                bytes,
                end - call.startedNanos(),
                firstByte == 0 ? -1 : firstByte - call.startedNanos(),
                headAt == 0 ? 0 : Math.max(0, headAt - call.readyNanos() - call.channelNanos()),
                attempts,
                call.client(),
                orEmpty(headers.get("user-agent")),
                retryCount(headers.get("x-stainless-retry-count")),
                call.configVersion(),
                socket,
                usage,
                source,
                modelAnswered,
                call.template(),
                call.groups(),
                call.tags(),
                transcript,
                work);
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    /** The OpenAI and Anthropic SDKs count their own retries in this header. */
    private static int retryCount(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > 3) {
            return -1;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return -1;
            }
        }
        return Integer.parseInt(value);
    }
}
