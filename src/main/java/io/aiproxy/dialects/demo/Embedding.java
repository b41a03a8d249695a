package io.aiproxy.dialects.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Vectors by feature hashing: every word adds a direction of its own, so equal texts have equal vectors and texts with
 * common words similar ones. No model behind it, but nothing invented either. Length 1.
 */
final class Embedding {
    private static final int DEFAULT_DIMENSIONS = 256;
    private static final int MOST_DIMENSIONS = 4096;
    private static final int DIRECTIONS_PER_WORD = 8;

    private Embedding() {}

    static int dimensions(JsonNode wanted) {
        return wanted.isInt() ? Math.min(MOST_DIMENSIONS, Math.max(1, wanted.asInt())) : DEFAULT_DIMENSIONS;
    }

    static float[] of(String text, int dimensions) {
        double[] sum = new double[dimensions];
        for (String piece : Words.cut(text)) {
            if (piece.isBlank()) {
                continue;
            }
            long state = hash(piece.strip().toLowerCase(Locale.ROOT));
            for (int i = 0; i < DIRECTIONS_PER_WORD; i++) {
                state = mix(state + 0x9E3779B97F4A7C15L);
                int at = (int) Long.remainderUnsigned(state, dimensions);
                sum[at] += state < 0 ? -1 : 1;
            }
        }
        double length = 0;
        for (double value : sum) {
            length += value * value;
        }
        float[] vector = new float[dimensions];
        double scale = length == 0 ? 0 : 1 / Math.sqrt(length);
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (sum[i] * scale);
        }
        return vector;
    }

    /** OpenAI's {@code encoding_format: base64}: little-endian 32-bit floats. */
    static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) {
            bytes.putFloat(value);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** The texts to embed: one, a list of texts, or token numbers, which are words like others. */
    static List<String> texts(JsonNode input) {
        List<String> texts = new ArrayList<>();
        boolean list = input.isArray() && input.size() > 0 && !input.get(0).isNumber();
        if (list) {
            input.forEach(entry -> texts.add(flat(entry)));
        } else {
            texts.add(flat(input));
        }
        return texts;
    }

    private static String flat(JsonNode entry) {
        if (!entry.isArray()) {
            return entry.isValueNode() ? entry.asText() : Ask.text(entry);
        }
        StringBuilder words = new StringBuilder();
        entry.forEach(word -> words.append(word.asText()).append(' '));
        return words.toString();
    }

    /** FNV-1a over the characters. */
    private static long hash(String word) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < word.length(); i++) {
            hash = (hash ^ word.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
