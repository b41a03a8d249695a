package io.aiproxy.wire.frames;

import java.util.Locale;

/** Why the gateway itself closes a socket, with the code of RFC 6455, 7.4.1 that says so. */
public enum CloseCause {
    /** A peer does not keep to RFC 6455, so that where its next frame begins is unknown. */
    PROTOCOL_ERROR(1002, "a frame is not well-formed"),
    FRAME_TOO_LARGE(1009, "a frame is larger than the gateway accepts"),
    MESSAGE_TOO_LARGE(1009, "a message is larger than the gateway accepts"),
    IDLE(1001, "no frame for too long"),
    TOO_OLD(1001, "open for longer than the gateway allows"),
    /** The configuration has changed so that this handshake would not succeed any more. */
    REVOKED(1008, "no longer allowed"),
    SHUTDOWN(1001, "the gateway is shutting down");

    private final int code;
    private final String text;
    private final String tag = name().toLowerCase(Locale.ROOT);

    CloseCause(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The code in the Close frame. */
    public int code() {
        return code;
    }

    /** The reason in the Close frame, for people. */
    public String text() {
        return text;
    }

    /** The word used in the access log and in metrics. */
    public String tag() {
        return tag;
    }
}
