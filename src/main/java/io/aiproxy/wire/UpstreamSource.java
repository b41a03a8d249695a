package io.aiproxy.wire;

/** The connection that an answer comes from, as the answer needs it. Confined to its event loop. */
interface UpstreamSource {
    /** Turns reading on or off; off is how a slow client slows the channel. */
    void reading(boolean on);

    /** Whether the end of the current read is still to come, and with it a flush. */
    boolean inRead();

    /** Nobody wants the rest. */
    void abandon();
}
