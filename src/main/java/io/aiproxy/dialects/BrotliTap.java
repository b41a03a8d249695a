package io.aiproxy.dialects;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import com.aayushatharva.brotli4j.decoder.DecoderJNI.Status;
import io.aiproxy.core.AnswerTap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacks brotli (RFC 7932), by a library that is there for the usual platforms. */
final class BrotliTap extends PackedTap {
    private static final Logger LOG = LoggerFactory.getLogger(BrotliTap.class);
    private static final int INPUT = 8192;

    /** Loads the library, once and for all. */
    private static final class Library {
        static final boolean THERE = load();
        private static final String UNPACKED = "com_aayushatharva_brotli4j_";

        private static boolean load() {
            long before = System.nanoTime();
            boolean there = Brotli4jLoader.isAvailable();
            removeUnpacked(before, System.nanoTime());
            if (!there) {
                Throwable cause = Brotli4jLoader.getUnavailabilityCause();
                LOG.warn(
                        "There is no brotli library for {} on {}: usage is not read in answers that are packed with br ({})",
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        String.valueOf(cause));
            }
            return there;
        }

        /**
         * What is loaded needs its file no more (but on Windows, where it cannot be removed), and the library leaves it for
         * an end of the JVM that does not come after a signal. The directory is named after the moment it was made.
         */
        private static void removeUnpacked(long from, long to) {
            Path temp = Path.of(System.getProperty("java.io.tmpdir"));
            try (DirectoryStream<Path> directories = Files.newDirectoryStream(temp, UNPACKED + "*")) {
                for (Path directory : directories) {
                    long made =
                            Long.parseLong(directory.getFileName().toString().substring(UNPACKED.length()));
                    if (made >= from && made <= to) {
                        Files.deleteIfExists(directory.resolve(System.mapLibraryName("brotli")));
                        Files.deleteIfExists(directory);
                    }
                }
            } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
                LOG.debug("The unpacked brotli library stays for now: {}", e.toString());
            }
        }
    }

    private DecoderJNI.@Nullable Wrapper decoder;

    private BrotliTap(AnswerTap reader, DecoderJNI.Wrapper decoder) {
        super(reader);
        this.decoder = decoder;
    }

    /** Whether this platform can. Loads a library when it is asked for the first time, which takes a moment. */
    static boolean available() {
        return Library.THERE;
    }

    /** Null where this platform cannot, or has no memory for it. */
    static @Nullable BrotliTap of(AnswerTap reader) {
        if (!available()) {
            return null;
        }
        try {
            return new BrotliTap(reader, new DecoderJNI.Wrapper(INPUT));
        } catch (IOException noMemory) {
            LOG.warn("Usage is not read in an answer that is packed with br: {}", noMemory.getMessage());
            return null;
        }
    }

    @Override
    void unpack(ByteBuffer part) {
        while (part.hasRemaining() && decoder != null) {
            DecoderJNI.Wrapper unpacking = decoder;
            ByteBuffer input = unpacking.getInputBuffer();
            input.clear();
            int n = Math.min(part.remaining(), input.remaining());
            int end = part.limit();
            input.put(part.limit(part.position() + n));
            part.limit(end);
            unpacking.push(n);
            if (!drained(unpacking)) {
                close();
            }
        }
    }

    /** Whether more is to come. */
    private boolean drained(DecoderJNI.Wrapper unpacking) {
        while (true) {
            Status status = unpacking.getStatus();
            if (status == Status.NEEDS_MORE_OUTPUT || unpacking.hasOutput()) {
                if (!plain(unpacking.pull())) {
                    return false;
                }
            } else if (status == Status.OK) {
                unpacking.push(0);
            } else {
                return status == Status.NEEDS_MORE_INPUT;
            }
        }
    }

    @Override
    void close() {
        DecoderJNI.Wrapper unpacking = decoder;
        decoder = null;
        if (unpacking != null) {
            unpacking.destroy();
        }
    }
}
