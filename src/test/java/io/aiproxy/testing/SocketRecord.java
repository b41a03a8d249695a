package io.aiproxy.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What arrived on a WebSocket at the upstream, frame by frame. Everything that waits gives up after 20 seconds, and says
 * so too when the script failed because something else came than it expected.
 */
public final class SocketRecord {
    private static final long KEPT = 64L << 20;

    private final List<Frame> frames = new ArrayList<>();
    private int taken;
    private long received;
    private Optional<SocketEnd> end = Optional.empty();
    private boolean gone;
    private Optional<String> failure = Optional.empty();

    SocketRecord() {}

    /** The frames so far, control frames too. */
    public synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** The texts among the frames so far. */
    public List<String> texts() {
        return frames().stream()
                .filter(f -> f.opcode() == Frame.TEXT)
                .map(Frame::text)
                .toList();
    }

    /** How many frames there are so far. */
    public synchronized int count() {
        return frames.size();
    }

    /** Bytes of payload that were read so far, those of an unfinished frame too. */
    public synchronized long receivedBytes() {
        return received;
    }

    /** Blocks until so many frames have arrived; the last of them. */
    public synchronized Frame awaitFrame(int number) {
        await("frame " + number, () -> frames.size() >= number ? Optional.of(true) : Optional.empty());
        return frames.get(number - 1);
    }

    /** Blocks until the peer has sent its Close frame or has left without one. */
    public synchronized SocketEnd awaitEnd() {
        return await("the end", () -> end);
    }

    /** Blocks until the connection is closed. */
    public synchronized void awaitGone() {
        await("the connection to be closed", () -> gone ? Optional.of(true) : Optional.empty());
    }

    /** Whether the connection is closed. */
    public synchronized boolean gone() {
        return gone;
    }

    private synchronized <T> T await(String what, Supplier<Optional<T>> condition) {
        long deadline = System.nanoTime() + Recorded.PATIENCE.toNanos();
        Optional<T> now = condition.get();
        while (now.isEmpty()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            failure.ifPresent(f -> {
                throw new AssertionError("The script failed: " + f);
            });
            if (millis <= 0 || gone) {
                throw new AssertionError("Waited in vain for " + what + " of the WebSocket at the upstream; there are "
                        + frames + ", the end is " + end);
            }
            pause(millis);
            now = condition.get();
        }
        return now.orElseThrow();
    }

    private synchronized void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for a WebSocket", e);
        }
    }

    /** Whether a payload of this length is to be kept. */
    synchronized boolean room(long length) {
        return received + length <= KEPT;
    }

    synchronized void received(long bytes) {
        received += bytes;
    }

    synchronized void arrived(Frame frame) {
        frames.add(frame);
        if (frame.opcode() == Frame.CLOSE && end.isEmpty()) {
            end = Optional.of(frame.closing());
        }
        notifyAll();
    }

    /** The connection is over; {@code otherwise}: the end if there was no Close frame. */
    synchronized void over(SocketEnd otherwise) {
        if (end.isEmpty()) {
            end = Optional.of(otherwise);
        }
        gone = true;
        notifyAll();
    }

    synchronized void failed(String why) {
        failure = Optional.of(why);
        notifyAll();
    }

    synchronized Optional<String> failure() {
        return failure;
    }

    /** The next frame that no step has taken; empty once there will be none. */
    synchronized Optional<Frame> take() throws InterruptedException {
        while (taken == frames.size()) {
            if (gone || end.isPresent()) {
                return Optional.empty();
            }
            wait();
        }
        return Optional.of(frames.get(taken++));
    }

    /** The frames that no step has taken. */
    synchronized List<Frame> takeAll() {
        List<Frame> rest = List.copyOf(frames.subList(taken, frames.size()));
        taken = frames.size();
        return rest;
    }

    /** The next message that no step has taken, its fragments joined; empty when a Close frame or the end comes first. */
    synchronized Optional<Frame> takeMessage() throws InterruptedException {
        Optional<Frame> first = takeData();
        if (first.isEmpty() || first.get().fin()) {
            return first;
        }
        byte[] whole = first.get().payload();
        boolean more = true;
        while (more) {
            Optional<Frame> next = takeData();
            if (next.isEmpty()) {
                return next;
            }
            byte[] piece = next.get().payload();
            int before = whole.length;
            whole = Arrays.copyOf(whole, before + piece.length);
            System.arraycopy(piece, 0, whole, before, piece.length);
            more = !next.get().fin();
        }
        return Optional.of(Frame.of(first.get().opcode(), whole).rsv(first.get().rsv()));
    }

    private Optional<Frame> takeData() throws InterruptedException {
        Optional<Frame> frame = take();
        while (frame.isPresent() && frame.get().control()) {
            if (frame.get().opcode() == Frame.CLOSE) {
                return Optional.empty();
            }
            frame = take();
        }
        return frame;
    }

    /** Blocks a script until the peer has closed or left. */
    synchronized SocketEnd untilEnd() throws InterruptedException {
        while (end.isEmpty()) {
            wait();
        }
        return end.orElseThrow();
    }

    /** The payloads as one text. */
    String everything() {
        StringBuilder all = new StringBuilder();
        frames().forEach(f -> all.append(new String(f.payload(), java.nio.charset.StandardCharsets.ISO_8859_1)));
        return all.toString();
    }
}
