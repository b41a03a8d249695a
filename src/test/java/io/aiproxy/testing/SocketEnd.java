package io.aiproxy.testing;

/**
 * How one side of a WebSocket ended.
 *
 * @param how with or without a Close frame
 * @param code the code of the Close frame; {@value #NO_STATUS} if it had none, 0 without a Close frame
 * @param reason the reason of the Close frame
 */
public record SocketEnd(How how, int code, String reason) {
    /** A Close frame without a code (RFC 6455, 7.4.1). */
    public static final int NO_STATUS = 1005;

    /** The peer closed the connection without a Close frame. */
    public static final SocketEnd CUT = new SocketEnd(How.CUT, 0, "");
    /** The peer reset the connection. */
    public static final SocketEnd RESET = new SocketEnd(How.RESET, 0, "");
    /** This side ended it first. */
    public static final SocketEnd OURS = new SocketEnd(How.OURS, 0, "");

    /** The ways to end. */
    public enum How {
        CLOSE,
        CUT,
        RESET,
        OURS
    }

    /** By a Close frame. */
    public static SocketEnd close(int code, String reason) {
        return new SocketEnd(How.CLOSE, code, reason);
    }

    @Override
    public String toString() {
        return how == How.CLOSE ? (code + " " + reason).strip() : how.name().toLowerCase(java.util.Locale.ROOT);
    }
}
