package io.aiproxy.usage;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the tokens of a text as OpenAI's models do; other providers do not publish their encodings, and what their models
 * make of a text differs little from the newest of OpenAI's. Encodings are loaded when they are first used, which takes
 * some 100 ms of a processor, the first one half a second, and some 10 MB each. Any thread.
 */
final class TokenCounter {
    /** Longer texts are judged by samples: counting takes about a millisecond for so many characters. */
    static final int COUNTED_WHOLE = 16 * 1024;

    private static final int SAMPLES = 4;

    private final EncodingRegistry encodings = Encodings.newLazyEncodingRegistry();
    private final Map<EncodingType, CompletableFuture<Encoding>> loading = new ConcurrentHashMap<>();

    /**
     * Whether the encoding of this model is loaded. The first who asks has it loaded, on a thread of its own, and
     * {@code whenReady} run there after that, whether it can be used or not.
     */
    boolean ready(String model, Runnable whenReady) {
        return loading.computeIfAbsent(encoding(model), type -> load(type, whenReady))
                .isDone();
    }

    private CompletableFuture<Encoding> load(EncodingType type, Runnable whenReady) {
        CompletableFuture<Encoding> loaded =
                CompletableFuture.supplyAsync(() -> encodings.getEncoding(type), TokenCounter::begin);
        var unused = loaded.whenComplete((encoding, failure) -> whenReady.run()); // who counts hears of the failure
        return loaded;
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "aiproxy-encoding");
        thread.setDaemon(true);
        thread.start();
    }

    /** Tokens of the text under this model; close to the truth, not exact, for long ones. */
    double count(String text, String model) {
        if (text.isEmpty()) {
            return 0;
        }
        Encoding encoding = encodings.getEncoding(encoding(model));
        if (text.length() <= COUNTED_WHOLE) {
            return encoding.countTokensOrdinary(text);
        }
        int size = COUNTED_WHOLE / SAMPLES;
        long counted = 0;
        long tokens = 0;
        for (int i = 0; i < SAMPLES; i++) {
            int from = start(text, (int) ((long) (text.length() - size) * i / (SAMPLES - 1)));
            int to = start(text, from + size);
            tokens += encoding.countTokensOrdinary(text.substring(from, to));
            counted += to - from;
        }
        return (double) tokens / counted * text.length();
    }

    /** Not in the middle of a character. */
    private static int start(String text, int at) {
        return at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at))
                ? at - 1
                : Math.min(at, text.length());
    }

    /**
     * By the model's family (github.com/openai/tiktoken, {@code model.py}): what came before GPT-4o, and OpenAI's
     * embeddings, have the older encoding.
     */
    static EncodingType encoding(String model) {
        String name = model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        if (name.startsWith("ft:")) {
            name = name.substring(3);
        }
        boolean old = name.startsWith("gpt-3.5")
                || name.startsWith("gpt-35")
                || name.equals("gpt-4")
                || name.startsWith("gpt-4-")
                || name.startsWith("text-embedding-3")
                || name.startsWith("text-embedding-ada")
                || name.startsWith("davinci-002")
                || name.startsWith("babbage-002");
        return old ? EncodingType.CL100K_BASE : EncodingType.O200K_BASE;
    }
}
