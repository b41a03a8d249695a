package io.aiproxy.edge;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A body that one thread writes as into a file and the client's event loop takes piece by piece: the writer waits while the
 * client is slow, so that no more than two pieces are held, and is stopped when the client leaves.
 *
 * <p>The answer begins with the first piece that is full. Until then the writer may fail and nothing has been sent.
 */
final class StreamedBody extends OutputStream implements Flow.Publisher<ByteBuffer> {
    private static final int PIECE = 32 << 10;

    private final Runnable begin;
    private final byte[] piece = new byte[PIECE];
    private int filled;
    private boolean begun;

    private final Object lock = new Object();
    private Flow.@Nullable Subscriber<? super ByteBuffer> reader;
    private long wanted;
    private boolean gone;

    /** @param begin sends the head, with this as its body; called once, by the writing thread */
    StreamedBody(Runnable begin) {
        this.begin = begin;
    }

    /** Whether the answer has begun, so that no other one can be given. */
    boolean begun() {
        return begun;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            int n = Math.min(left, PIECE - filled);
            System.arraycopy(bytes, from, piece, filled, n);
            filled += n;
            from += n;
            left -= n;
            if (filled == PIECE) {
                pass();
            }
        }
    }

    /** Does nothing: a piece leaves when it is full. */
    @Override
    public void flush() {
        // a file's writer flushes after every row, which would make a packet of each
    }

    /** Does nothing: whoever closes the file it writes cannot know that it is complete; {@link #end} says so. */
    @Override
    public void close() {
        // see above
    }

    /** The body is complete. */
    void end() throws IOException {
        if (filled > 0) {
            pass();
        }
        awaitReader(false).onComplete();
    }

    /** The body cannot be completed: the connection breaks. Only after {@link #begun}. */
    void broken(Exception why) {
        try {
            awaitReader(false).onError(why);
        } catch (IOException e) {
            // nobody is there to be told
        }
    }

    /** Nobody reads any more: whoever writes is told so. Any thread. */
    void leave() {
        synchronized (lock) {
            gone = true;
            lock.notifyAll();
        }
    }

    private void pass() throws IOException {
        Flow.Subscriber<? super ByteBuffer> to = awaitReader(true);
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(piece, filled));
        filled = 0;
        to.onNext(bytes);
    }

    private Flow.Subscriber<? super ByteBuffer> awaitReader(boolean takesMore) throws IOException {
        if (!begun) {
            begun = true;
            begin.run();
        }
        synchronized (lock) {
            while (!gone && (reader == null || (takesMore && wanted == 0))) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("the gateway stops");
                }
            }
            Flow.Subscriber<? super ByteBuffer> to = reader;
            if (gone || to == null) {
                throw new IOException("the client has left");
            }
            if (takesMore) {
                wanted--;
            }
            return to;
        }
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                synchronized (lock) {
                    wanted += n;
                    lock.notifyAll();
                }
            }

            @Override
            public void cancel() {
                leave();
            }
        });
        synchronized (lock) {
            reader = subscriber;
            lock.notifyAll();
        }
    }
}
