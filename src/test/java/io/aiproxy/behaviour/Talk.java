package io.aiproxy.behaviour;

import io.aiproxy.testing.Frame;
import io.aiproxy.testing.PerMessageDeflate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What two sides of a WebSocket say, for a replay in other shapes.
 *
 * @param fromCaller frames of the caller
 * @param fromChannel frames of the channel
 */
record Talk(List<Frame> fromCaller, List<Frame> fromChannel) {

    /** How the same messages can look on the wire. */
    enum Shape {
        PLAIN,
        FRAGMENTED,
        DEFLATED,
        DEFLATED_AND_FRAGMENTED
    }

    /** The same messages in this shape. */
    Talk in(Shape shape) {
        return new Talk(in(shape, fromCaller), in(shape, fromChannel));
    }

    private static List<Frame> in(Shape shape, List<Frame> messages) {
        List<Frame> frames = new ArrayList<>();
        boolean packs = shape == Shape.DEFLATED || shape == Shape.DEFLATED_AND_FRAGMENTED;
        boolean cuts = shape == Shape.FRAGMENTED || shape == Shape.DEFLATED_AND_FRAGMENTED;
        try (PerMessageDeflate side = new PerMessageDeflate()) {
            for (Frame message : messages) {
                Frame whole = packs ? side.pack(message) : message;
                frames.addAll(cuts && !whole.control() ? cut(whole) : List.of(whole));
            }
        }
        return frames;
    }

    /** In three frames, the second one empty, a ping between them. */
    private static List<Frame> cut(Frame message) {
        byte[] payload = message.payload();
        int middle = payload.length / 2;
        Frame begin = Frame.of(message.opcode(), Arrays.copyOf(payload, middle)).rsv(message.rsv());
        Frame end = Frame.continuation(Arrays.copyOfRange(payload, middle, payload.length));
        return List.of(
                begin.more(),
                Frame.ping("between"),
                Frame.continuation(new byte[0]).more(),
                end);
    }

    /** Bytes of all frames as they stand on the wire, those of the caller masked. */
    static long bytes(List<Frame> frames, boolean masked) {
        return frames.stream()
                .mapToLong(f -> (masked ? f.masked(1) : f).bytes().length)
                .sum();
    }
}
