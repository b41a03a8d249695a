package io.aiproxy.usage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that has so much room and no more, that hangs, or that fails to force what it has taken. Any thread. */
public final class ScriptedDisk implements Disk {
    private final AtomicLong room = new AtomicLong(Long.MAX_VALUE / 2);
    private volatile boolean forces = true;
    private volatile CountDownLatch hanging = new CountDownLatch(0);

    /** From now on so many bytes more fit on it; what comes after the last of them is refused, as a full disk does. */
    public void room(long bytes) {
        room.set(bytes);
    }

    /** There is room for everything again. */
    public void roomy() {
        room(Long.MAX_VALUE / 2);
    }

    /** Whether what was written can be forced. */
    public void forces(boolean can) {
        forces = can;
    }

    /** From now on writes take for ever. */
    public void hang() {
        hanging = new CountDownLatch(1);
    }

    /** They do no longer. */
    public void goOn() {
        hanging.countDown();
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        return new Scripted(Disk.MACHINE.create(file));
    }

    private final class Scripted extends FilteredChannel {
        Scripted(FileChannel file) {
            super(file);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            try {
                hanging.await();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
            int wanted = from.remaining();
            long left = room.getAndUpdate(before -> Math.max(0, before - wanted));
            if (left == 0) {
                throw new IOException("No space left on device");
            }
            int fits = (int) Math.min(left, wanted);
            int limit = from.limit();
            from.limit(from.position() + fits);
            while (from.hasRemaining()) {
                file.write(from);
            }
            from.limit(limit);
            return fits;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (!forces) {
                throw new IOException("Input/output error");
            }
            file.force(metaData);
        }
    }
}
