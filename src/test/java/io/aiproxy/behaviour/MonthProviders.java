package io.aiproxy.behaviour;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Usage;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Providers of four dialects. Each makes up what an answer has used, tells it in its own words, and writes down in a ledger of
 * its own what that means by its documentation. A call says in its text which number it has and what is to become of it.
 */
final class MonthProviders implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CALL = Pattern.compile("call (\\d+) ([A-Z_]+)");

    /** What becomes of a call. */
    enum Fate {
        GOOD,
        /** The caller's mistake. */
        REJECTED,
        /** Fails wherever it is tried. */
        FAILING,
        /** Fails at the channel where it is tried first. */
        FAILING_ONCE,
        /** A stream that breaks off behind the event that tells its usage. */
        CUT
    }

    /**
     * A line of a ledger.
     *
     * @param channel the channel whose provider this is
     * @param model the model that the answer names; empty if it names none
     * @param status of the answer
     * @param used what the answer says was used
     */
    record Line(String channel, String model, int status, Usage used) {}

    /** A number of tokens, in parts that have nothing in common. */
    private record Tokens(long fresh, long cached, long written, long said, long thought) {
        static Tokens of(Random random) {
            return new Tokens(
                    1 + random.nextInt(9000),
                    random.nextInt(3) == 0 ? random.nextInt(20_000) : 0,
                    random.nextInt(5) == 0 ? random.nextInt(3000) : 0,
                    1 + random.nextInt(2500),
                    random.nextInt(3) == 0 ? random.nextInt(1200) : 0);
        }

        Usage usage(boolean writes, boolean thinks) {
            return new Usage(
                    fresh + cached + (writes ? written : 0),
                    said + (thinks ? thought : 0),
                    cached,
                    writes ? written : 0,
                    thinks ? thought : 0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0);
        }
    }

    private final Map<String, FakeUpstream> channels = new LinkedHashMap<>();
    private final Map<Integer, List<Line>> ledger = new ConcurrentHashMap<>();
    private final long seed;

    MonthProviders(long seed, List<String> names) {
        this.seed = seed;
        for (String name : names) {
            FakeUpstream upstream = FakeUpstream.start();
            upstream.onAny().answer(request -> answer(name, request));
            channels.put(name, upstream);
        }
    }

    FakeUpstream at(String channel) {
        return channels.get(channel);
    }

    /** What was answered to this call, by whom, in the order of the attempts. */
    List<Line> lines(int call) {
        return ledger.getOrDefault(call, List.of());
    }

    @Override
    public void close() {
        channels.values().forEach(FakeUpstream::close);
    }

    private Reply answer(String channel, Recorded request) {
        Matcher said = CALL.matcher(request.text());
        if (!said.find()) {
            throw new IllegalArgumentException("This is no call of the month: " + request.text());
        }
        int number = Integer.parseInt(said.group(1));
        Fate fate = Fate.valueOf(said.group(2));
        List<Line> lines = ledger.computeIfAbsent(number, key -> new CopyOnWriteArrayList<>());
        if (fate == Fate.FAILING || (fate == Fate.FAILING_ONCE && lines.isEmpty())) {
            lines.add(new Line(channel, "", 500, Usage.NONE));
            return Reply.json(500, "{\"error\":{\"message\":\"Something went wrong\",\"type\":\"server_error\"}}");
        }
        if (fate == Fate.REJECTED) {
            lines.add(new Line(channel, "", 400, Usage.NONE));
            return Reply.json(400, "{\"error\":{\"message\":\"No\",\"type\":\"invalid_request_error\"}}");
        }
        Tokens tokens = Tokens.of(new Random(seed * 1_000_003 + number));
        Asked asked = new Asked(request, tokens, fate == Fate.CUT);
        Told told = told(asked);
        lines.add(new Line(channel, told.model, 200, told.used));
        return told.reply;
    }

    private record Asked(Recorded request, Tokens tokens, boolean cut) {
        JsonNode body() {
            try {
                return JSON.readTree(request.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Told(Reply reply, String model, Usage used) {}

    private static Told told(Asked asked) {
        String path = asked.request.path();
        if (path.equals("/v1/chat/completions")) {
            return chat(asked);
        } else if (path.equals("/v1/responses")) {
            return responses(asked);
        } else if (path.equals("/v1/embeddings")) {
            return embeddings(asked);
        } else if (path.equals("/v1/messages")) {
            return messages(asked);
        } else if (path.startsWith("/v1beta/models/")) {
            return gemini(asked, path);
        }
        return dashScope(asked);
    }

    private static Told chat(Asked asked) {
        Tokens t = asked.tokens;
        JsonNode body = asked.body();
        String model = body.path("model").asText() + "-2024-08-06";
        String usage = ("{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":%d,\"audio_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":%d,\"audio_tokens\":0}}")
                .formatted(
                        t.fresh + t.cached,
                        t.said + t.thought,
                        t.fresh + t.cached + t.said + t.thought,
                        t.cached,
                        t.thought);
        Usage used = t.usage(false, true);
        if (!body.path("stream").asBoolean()) {
            String whole = "{\"id\":\"c\",\"object\":\"chat.completion\",\"model\":\"%s\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\"yes\"},\"finish_reason\":\"stop\"}],\"usage\":%s}";
            return new Told(Reply.json(whole.formatted(model, usage)), model, used);
        }
        String chunk =
                "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"" + model + "\",\"choices\":[%s]%s}";
        String delta = "{\"index\":0,\"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}";
        Reply reply = Reply.sse().event(chunk.formatted(delta, ""));
        if (!body.at("/stream_options/include_usage").asBoolean()) {
            return new Told(reply.event("[DONE]"), model, Usage.NONE); // nobody has asked for it
        }
        reply.event(chunk.formatted("", ",\"usage\":" + usage));
        return new Told(asked.cut ? reply.cut() : reply.event("[DONE]"), model, used);
    }

    private static Told responses(Asked asked) {
        Tokens t = asked.tokens;
        String model = asked.body().path("model").asText();
        String whole = ("{\"id\":\"r\",\"object\":\"response\",\"status\":\"completed\",\"model\":\"%s\",\"output\":[],"
                        + "\"usage\":{\"input_tokens\":%d,\"input_tokens_details\":{\"cached_tokens\":%d},\"output_tokens\":%d,"
                        + "\"output_tokens_details\":{\"reasoning_tokens\":%d},\"total_tokens\":%d}}")
                .formatted(
                        model,
                        t.fresh + t.cached,
                        t.cached,
                        t.said + t.thought,
                        t.thought,
                        t.fresh + t.cached + t.said + t.thought);
        Reply reply = asked.body().path("stream").asBoolean()
                ? Reply.sse()
                        .event(
                                "response.output_text.delta",
                                "{\"type\":\"response.output_text.delta\",\"delta\":\"yes\"}")
                        .event("response.completed", "{\"type\":\"response.completed\",\"response\":" + whole + "}")
                : Reply.json(whole);
        return new Told(reply, model, t.usage(false, true));
    }

    private static Told embeddings(Asked asked) {
        long input = asked.tokens.fresh;
        String model = asked.body().path("model").asText();
        String answer = "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.25]}],"
                + "\"model\":\"%s\",\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":%d}}";
        Usage used = new Tokens(input, 0, 0, 0, 0).usage(false, false);
        return new Told(Reply.json(answer.formatted(model, input, input)), model, used);
    }

    /** What was read from the cache and written to it stands beside the input. */
    private static Told messages(Asked asked) {
        Tokens t = asked.tokens;
        String model = asked.body().path("model").asText() + "-20251001";
        String input = "\"input_tokens\":%d,\"cache_read_input_tokens\":%d,\"cache_creation_input_tokens\":%d"
                .formatted(t.fresh, t.cached, t.written);
        String message = "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"" + model
                + "\",\"content\":[%s],\"usage\":{" + input + ",\"output_tokens\":%d}}";
        Usage used = t.usage(true, false);
        if (!asked.body().path("stream").asBoolean()) {
            String content = "{\"type\":\"text\",\"text\":\"yes\"}";
            return new Told(Reply.json(message.formatted(content, t.said)), model, used);
        }
        Reply reply = Reply.sse()
                .event("message_start", "{\"type\":\"message_start\",\"message\":" + message.formatted("", 1) + "}")
                .event(
                        "content_block_delta",
                        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"yes\"}}")
                .event(
                        "message_delta",
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":"
                                + t.said + "}}")
                .event("message_stop", "{\"type\":\"message_stop\"}");
        return new Told(reply, model, used);
    }

    /** Thoughts stand beside what was said; running totals in every event. */
    private static Told gemini(Asked asked, String path) {
        Tokens t = asked.tokens;
        String model = path.substring("/v1beta/models/".length(), path.indexOf(':'));
        String answer = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"yes\"}],\"role\":\"model\"}%s}],"
                + "\"usageMetadata\":{\"promptTokenCount\":%d,\"cachedContentTokenCount\":%d,\"candidatesTokenCount\":%d,"
                + "\"thoughtsTokenCount\":%d,\"totalTokenCount\":%d},\"modelVersion\":\"%s\"}";
        long input = t.fresh + t.cached;
        String last = answer.formatted(
                ",\"finishReason\":\"STOP\"", input, t.cached, t.said, t.thought, input + t.said + t.thought, model);
        Reply reply = path.endsWith(":streamGenerateContent")
                ? Reply.sse()
                        .event(answer.formatted("", input, t.cached, 1, 0, input + 1, model))
                        .event(last)
                : Reply.json(last);
        return new Told(reply, model, t.usage(false, true));
    }

    /** Names no model. */
    private static Told dashScope(Asked asked) {
        Tokens t = asked.tokens;
        String answer = "{\"output\":{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\","
                + "\"content\":\"yes\"}}]},\"usage\":{\"input_tokens\":%d,\"output_tokens\":%d,\"total_tokens\":%d,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":%d}},\"request_id\":\"q\"}";
        long input = t.fresh + t.cached;
        String last = answer.formatted(input, t.said, input + t.said, t.cached);
        Reply reply = asked.request.header("x-dashscope-sse").isPresent()
                ? Reply.sse()
                        .event("result", answer.formatted(input, 1, input + 1, t.cached))
                        .event("result", last)
                : Reply.json(last);
        return new Told(reply, "", t.usage(false, false));
    }
}
