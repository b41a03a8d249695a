package io.aiproxy.behaviour;

import io.aiproxy.behaviour.MonthProviders.Fate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.MovedClock;
import io.aiproxy.testing.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The callers of a month: when who asks for what is random, and the same each time. */
final class MonthCalls implements AutoCloseable {
    private static final int WORKERS = 6;

    /** What is asked for, and where. */
    enum Kind {
        CHAT("openai", "chat", "gpt-4o", "/v1/chat/completions"),
        RESPONSES("openai", "responses", "o4-mini", "/v1/responses"),
        EMBEDDINGS("openai", "embeddings", "text-embedding-3-small", "/v1/embeddings"),
        MESSAGES("anthropic", "messages", "claude-haiku-4-5", "/v1/messages"),
        GEMINI("google", "generate_content", "gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:generateContent"),
        QWEN("dashscope", "text-generation", "qwen-plus", Calls.DASHSCOPE);

        final String dialect;
        final String model;
        private final String operation;
        private final String path;

        Kind(String dialect, String operation, String model, String path) {
            this.dialect = dialect;
            this.operation = operation;
            this.model = model;
            this.path = path;
        }

        /** Streams of Gemini have an operation of their own. */
        String operation(boolean streamed) {
            return this == GEMINI && streamed ? "stream_generate_content" : operation;
        }

        private String target(boolean streamed) {
            return this == GEMINI && streamed ? path.replace(":generate", ":streamGenerate") + "?alt=sse" : path;
        }
    }

    /**
     * Who calls.
     *
     * @param user the id; empty for somebody whose key nobody knows
     * @param key the name of the key
     * @param proxyKey the key
     */
    record Caller(String user, String key, String proxyKey) {}

    /**
     * A call that is to be made.
     *
     * @param number which the provider finds in its text
     * @param millis when
     */
    record Planned(int number, long millis, Caller caller, Kind kind, boolean streamed, Fate fate) {
        private String body() {
            String text = "call " + number + " " + fate;
            String stream = streamed ? ",\"stream\":true" : "";
            return switch (kind) {
                case GEMINI -> "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"" + text + "\"}]}]}";
                case QWEN -> "{\"model\":\"" + kind.model + "\",\"input\":{\"prompt\":\"" + text + "\"}}";
                case RESPONSES, EMBEDDINGS ->
                    "{\"model\":\"" + kind.model + "\",\"input\":\"" + text + "\"" + stream + "}";
                default ->
                    "{\"model\":\"" + kind.model
                            + "\",\"max_tokens\":9000,\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]"
                            + stream + "}";
            };
        }
    }

    /**
     * A call that was made, as its caller saw it.
     *
     * @param id which the gateway gave it
     * @param whole whether the answer came to its end
     * @param sent bytes of the request's body
     * @param received bytes of the answer's body
     */
    record Made(Planned plan, String id, int status, boolean whole, long sent, long received) {}

    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    private final Queue<RawClient> connections = new ConcurrentLinkedQueue<>();
    private final List<Caller> callers;
    private final Random random;
    private int numbers;

    MonthCalls(long seed, List<Caller> callers) {
        this.random = new Random(seed);
        this.callers = callers;
    }

    /** So many moments, each with some calls at once, between these two; in their order. */
    List<List<Planned>> plan(long from, long to, int moments) {
        List<List<Planned>> plan = new ArrayList<>();
        random.longs(moments, from, to).sorted().forEach(at -> {
            List<Planned> together = new ArrayList<>();
            for (int i = 1 + random.nextInt(WORKERS); i > 0; i--) {
                together.add(planned(at));
            }
            plan.add(together);
        });
        return plan;
    }

    private Planned planned(long at) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        boolean streamed = kind != Kind.EMBEDDINGS && random.nextBoolean();
        Caller caller = callers.get(random.nextInt(callers.size()));
        return new Planned(++numbers, at, caller, kind, streamed, fate(kind, streamed));
    }

    private Fate fate(Kind kind, boolean streamed) {
        return switch (random.nextInt(20)) {
            case 0 -> Fate.REJECTED;
            case 1 -> Fate.FAILING;
            case 2 -> Fate.FAILING_ONCE;
            case 3, 4 -> kind == Kind.CHAT && streamed ? Fate.CUT : Fate.GOOD;
            default -> Fate.GOOD;
        };
    }

    /** Makes all of them, those of a moment at once, and moves the clock from one to the next. */
    List<Made> make(GatewayRig rig, MovedClock clock, List<List<Planned>> plan) throws Exception {
        List<Made> made = new ArrayList<>();
        for (List<Planned> together : plan) {
            clock.move(together.get(0).millis);
            List<Future<Made>> running = new ArrayList<>();
            for (Planned call : together) {
                running.add(threads.submit(() -> make(rig, call)));
            }
            for (Future<Made> one : running) {
                made.add(one.get());
            }
        }
        return made;
    }

    private Made make(GatewayRig rig, Planned call) throws IOException {
        RawClient free = connections.poll();
        RawClient client = free == null ? rig.client() : free;
        byte[] body = call.body().getBytes(StandardCharsets.UTF_8);
        String sse = call.streamed && call.kind == Kind.QWEN ? "X-DashScope-SSE: enable" : "X-Month: 1";
        String key = "Authorization: Bearer " + call.caller.proxyKey;
        client.post(call.kind.target(call.streamed), body, key, sse);
        RawClient.Answer answer = client.answer();
        long received = 0;
        boolean whole = true;
        try {
            byte[] some = answer.body().next();
            while (some.length > 0) {
                received += some.length;
                some = answer.body().next();
            }
        } catch (IOException cut) {
            whole = false;
        }
        if (whole && !answer.header("connection").equalsIgnoreCase("close")) {
            connections.add(client);
        } else {
            client.close();
        }
        return new Made(call, answer.header("x-aiproxy-request-id"), answer.status(), whole, body.length, received);
    }

    /** A moment in milliseconds since 1970. */
    static long at(String moment) {
        return Instant.parse(moment).toEpochMilli();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        connections.forEach(RawClient::close);
    }
}
