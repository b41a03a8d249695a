package io.aiproxy.core;

import java.util.Locale;

/**
 * What became of a WebSocket handshake and, if it succeeded, of the socket.
 *
 * @param opened whether the handshake was answered with 101; otherwise nothing else here means anything
 * @param framesIn frames from the caller, control frames included
 * @param framesOut frames from the channel, control frames included
 * @param closeCode the code of the first Close frame; {@value #NO_STATUS} if it had none, {@value #ABNORMAL} if the
 *     connection broke without one; 0 when the socket was never open
 * @param closedBy who sent that frame or broke the connection
 * @param reason why the gateway closed, in one word ({@code idle}, {@code too_old} …); empty when it was not the gateway
 */
public record SocketReport(
        boolean opened, long framesIn, long framesOut, int closeCode, ClosedBy closedBy, String reason) {
    /** RFC 6455, 7.4.1: a Close frame without a code. */
    public static final int NO_STATUS = 1005;
    /** RFC 6455, 7.4.1: no Close frame at all. */
    public static final int ABNORMAL = 1006;

    /** The handshake did not succeed. */
    public static final SocketReport REFUSED = new SocketReport(false, 0, 0, 0, ClosedBy.NOBODY, "");

    /** Who ended a socket. */
    public enum ClosedBy {
        CALLER,
        CHANNEL,
        GATEWAY,
        /** It was never open. */
        NOBODY;

        private final String tag = name().toLowerCase(Locale.ROOT);

        /** The word used in the access log and in metrics. */
        public String tag() {
            return tag;
        }
    }
}
