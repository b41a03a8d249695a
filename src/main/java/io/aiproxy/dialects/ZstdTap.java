package io.aiproxy.dialects;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import io.aiproxy.core.AnswerTap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacks Zstandard (RFC 8878), by a library that is there for the usual platforms. */
final class ZstdTap extends PackedTap {
    private static final Logger LOG = LoggerFactory.getLogger(ZstdTap.class);

    /** RFC 9659: who packs for HTTP uses windows of 8 MiB at most. More memory than that nobody gets here. */
    private static final int WINDOW_LOG = 23;

    private static final int OUTPUT = 8192;

    /** Loads the library, once and for all. */
    private static final class Library {
        static final boolean THERE = load();

        private static boolean load() {
            try {
                Native.load();
                return true;
            } catch (LinkageError e) {
                LOG.warn(
                        "There is no zstd library for {} on {}: usage is not read in answers that are packed with zstd ({})",
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        e.toString());
                return false;
            }
        }
    }

    private final byte[] out = new byte[OUTPUT];
    private final Fed fed;
    private @Nullable ZstdInputStreamNoFinalizer unpacker;

    private ZstdTap(AnswerTap reader, Fed fed, ZstdInputStreamNoFinalizer unpacker) {
        super(reader);
        this.fed = fed;
        this.unpacker = unpacker;
    }

    /** Whether this platform can. Loads a library when it is asked for the first time, which takes a moment. */
    static boolean available() {
        return Library.THERE;
    }

    /** Null where this platform cannot, or has no memory for it. */
    static @Nullable ZstdTap of(AnswerTap reader) {
        if (!available()) {
            return null;
        }
        Fed fed = new Fed();
        try {
            ZstdInputStreamNoFinalizer unpacker = new ZstdInputStreamNoFinalizer(fed, RecyclingBufferPool.INSTANCE);
            unpacker.setContinuous(true); // its input's end is not the answer's: more comes with the next bytes
            unpacker.setLongMax(WINDOW_LOG);
            return new ZstdTap(reader, fed, unpacker);
        } catch (IOException noMemory) {
            LOG.warn("Usage is not read in an answer that is packed with zstd: {}", noMemory.getMessage());
            return null;
        }
    }

    @Override
    void unpack(ByteBuffer part) {
        ZstdInputStreamNoFinalizer unpacking = unpacker;
        if (unpacking == null) {
            return;
        }
        fed.next = part;
        try {
            int n = unpacking.read(out, 0, out.length);
            while (n > 0 && plain(ByteBuffer.wrap(out, 0, n))) {
                n = unpacking.read(out, 0, out.length);
            }
            if (n > 0) {
                close();
            }
        } catch (IOException notPacked) {
            close();
        } finally {
            fed.next = Fed.NOTHING;
        }
    }

    @Override
    void close() {
        ZstdInputStreamNoFinalizer unpacking = unpacker;
        unpacker = null;
        if (unpacking == null) {
            return;
        }
        try {
            unpacking.close();
        } catch (IOException e) {
            LOG.debug("zstd: {}", e.toString()); // it has no file: nothing is lost
        }
    }

    /** Gives what has come, and then says that there is no more for now. */
    private static final class Fed extends InputStream {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private ByteBuffer next = NOTHING;

        @Override
        public int read() {
            return next.hasRemaining() ? next.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int at, int most) {
            int n = Math.min(next.remaining(), most);
            if (n == 0) {
                return -1;
            }
            next.get(to, at, n);
            return n;
        }

        @Override
        public int available() {
            return next.remaining();
        }
    }
}
