package io.aiproxy.core;

/**
 * Hears of WebSockets while they live; what became of them is in their receipts. Called on event loops; must not block
 * and must not throw.
 */
public interface SocketWatch {
    /** A handshake has arrived. */
    void attempted();

    /** A socket is open: its handshake was answered with 101 after the channel had accepted it. */
    Live opened(String channel);

    /** One open socket. Confined to its event loop. */
    interface Live {
        /** So much more was carried: frames and bytes (with their frame headers) from the caller, and to the caller. */
        void carried(long framesIn, long bytesIn, long framesOut, long bytesOut);

        /** It is closed on both sides. */
        void closed();
    }

    /** Nobody listens. */
    SocketWatch NONE = new SocketWatch() {
        @Override
        public void attempted() {
            // nobody listens
        }

        @Override
        public Live opened(String channel) {
            return new Live() {
                @Override
                public void carried(long framesIn, long bytesIn, long framesOut, long bytesOut) {
                    // nobody listens
                }

                @Override
                public void closed() {
                    // nobody listens
                }
            };
        }
    };
}
