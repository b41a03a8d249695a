package io.aiproxy.dialects;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Remembers work that providers do after they have answered ({@link Deferred}): which model it was asked of, and whether its
 * usage was told already, because every fetch of a result tells it again. Another instance knows nothing of it: what both tell,
 * the books recognise by its {@link #digest}.
 *
 * <p>One object per process, for any thread.
 */
public final class DeferredUse {
    private static final int LONGEST = 256;
    private static final int DIGEST_BYTES = 16;

    private final Memory memory;

    /** Where it is kept. */
    public interface Memory {
        /** What is known of a piece of work. Called on event loops; does not block. */
        Optional<Work> find(String id);

        /** Remembers this of it. Called on event loops; does not block. */
        void put(String id, Work work);
    }

    /**
     * What is known of one piece of work.
     *
     * @param model that was asked; empty: not known
     * @param told whether its usage was told
     */
    public record Work(String model, boolean told) {}

    /**
     * A call that has to do with such work.
     *
     * @param how what it has to do with it; not {@link Deferred#NOT}
     * @param channel where the work is done: ids of different channels are different
     * @param model that the call asks; empty if none
     */
    public record Part(Deferred how, String channel, String model) {}

    /** What {@code memory} knows. */
    public DeferredUse(Memory memory) {
        this.memory = memory;
    }

    /** Such work has begun. */
    synchronized void began(Part part, String id) {
        if (memory.find(key(part, id)).isEmpty()) {
            memory.put(key(part, id), new Work(part.model, false));
        }
    }

    /** Its usage is told; whether that is for the first time. Two who ask at once must not both hear so. */
    synchronized boolean first(Part part, String id) {
        Optional<Work> known = memory.find(key(part, id));
        if (known.map(Work::told).orElse(false)) {
            return false;
        }
        memory.put(key(part, id), new Work(known.map(Work::model).orElse(part.model), true));
        return true;
    }

    /** The model that it was asked of; empty: not known. */
    String model(Part part, String id) {
        return memory.find(key(part, id)).map(Work::model).orElse("");
    }

    /** What this work is called wherever it is told: a digest, 32 hexadecimal digits, of the channel and the provider's id. */
    static String digest(Part part, String id) {
        byte[] text = (part.channel + '/' + id).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) { // every Java platform must have it (MessageDigest's Javadoc)
            throw new IllegalStateException(e);
        }
    }

    private static String key(Part part, String id) {
        return part.channel + '/' + (id.length() <= LONGEST ? id : id.substring(0, LONGEST));
    }
}
