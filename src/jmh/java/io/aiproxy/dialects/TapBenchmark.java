package io.aiproxy.dialects;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What reading usage, model and text along costs, on buffers outside the heap as the sockets have them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class TapBenchmark {
    private static final int CHUNKS = 200;
    private static final Spoken CHAT = new Spoken(Dialect.OPENAI, "chat");
    private static final Spoken EMBEDDINGS = new Spoken(Dialect.OPENAI, "embeddings");

    private final Headers json = new OneHeader("content-type", "application/json");
    private final Headers events = new OneHeader("content-type", "text/event-stream; charset=utf-8");
    private final ByteBuffer[] chunks = new ByteBuffer[CHUNKS];
    private ByteBuffer answer;
    private ByteBuffer vectors;

    /** Makes the answers. */
    @Setup
    public void prepare() {
        String words = "All work and no play makes Jack a dull boy. ".repeat(15);
        answer = direct("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1763720000,\"model\":\"gpt-5.1\","
                + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + words
                + "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
                + "\"prompt_tokens\":19,\"completion_tokens\":120,\"total_tokens\":139,\"prompt_tokens_details\":{"
                + "\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,"
                + "\"audio_tokens\":0}},\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\"}");
        StringBuilder floats = new StringBuilder();
        for (int i = 0; i < 1536; i++) {
            floats.append(i == 0 ? "" : ",").append(Math.sin(i));
        }
        vectors = direct("{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[" + floats
                + "]}],\"model\":\"text-embedding-3-small\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}");
        for (int i = 0; i < CHUNKS; i++) {
            chunks[i] = direct("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1763720000,"
                    + "\"model\":\"gpt-5.1\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\",\"choices\":[{"
                    + "\"index\":0,\"delta\":{\"content\":\" word" + i + "\"},\"logprobs\":null,\"finish_reason\":null}],"
                    + "\"usage\":null}\n\n");
        }
    }

    /** A chat's answer of 1 KB in one piece. */
    @Benchmark
    public Object shortJson() {
        return read(json, CHAT, answer);
    }

    /** An embedding of 1,536 numbers, 30 KB in one piece. */
    @Benchmark
    public Object embedding() {
        return read(json, EMBEDDINGS, vectors);
    }

    /** One event of 270 bytes of a stream, the text kept. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public Object event() {
        return read(events, CHAT, chunks);
    }

    private static Object read(Headers headers, Spoken spoken, ByteBuffer... parts) {
        AnswerTap tap = tap(headers, spoken).orElseThrow();
        for (ByteBuffer part : parts) {
            tap.bytes(part.duplicate());
        }
        tap.end();
        return tap.usage();
    }

    private static Optional<AnswerTap> tap(Headers headers, Spoken spoken) {
        return AnswerTaps.of(headers, spoken, UsageConfig.defaults(true));
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** An answer with one header field. */
    private record OneHeader(String field, String value) implements Headers {
        @Override
        public @Nullable String get(String name) {
            return field.equals(name) ? value : null;
        }

        @Override
        public List<String> all(String name) {
            return field.equals(name) ? List.of(value) : List.of();
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            consumer.accept(field, value);
        }
    }
}
