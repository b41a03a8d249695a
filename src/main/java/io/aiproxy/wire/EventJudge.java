package io.aiproxy.wire;

/**
 * Says which events of a stream its caller does not get, because the gateway has asked for them and not the caller. Called
 * on the event loop; must not block, not throw for what is in an event, and not change it.
 */
public interface EventJudge {
    /**
     * Whether an event that begins like this may still be one of them. What may be is held back until its end has come, so
     * the answer should be no as soon as it can be.
     *
     * @param bytes hold what has come of the event
     * @param from where it begins
     * @param to behind what has come
     */
    boolean mayBe(byte[] bytes, int from, int to);

    /**
     * Whether this whole event is one of them.
     *
     * @param bytes hold the event
     * @param from where it begins
     * @param to where it ends; the empty line before that may be there or not
     */
    boolean is(byte[] bytes, int from, int to);
}
