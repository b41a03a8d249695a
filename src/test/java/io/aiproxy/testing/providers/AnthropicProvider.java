package io.aiproxy.testing.providers;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.util.Map;

/** Anthropic: messages. Paths and shapes as anthropic-java 2.11 sends and reads them. */
public final class AnthropicProvider {
    private AnthropicProvider() {}

    /** Lets the upstream answer as Anthropic. Streams wait at {@code gate} before their last event. */
    public static void on(FakeUpstream upstream, Gate gate) {
        upstream.on("/v1/messages").answer(request -> message(upstream, gate, request));
    }

    private static Reply message(FakeUpstream upstream, Gate gate, Recorded request) {
        Map<String, String> values =
                Map.of("id", Cassette.id(upstream), "model", Cassette.field(request, "model", "?"));
        return Cassette.streams(request)
                ? Cassette.stream(Cassette.text("anthropic/message-stream.txt", values), gate)
                : Reply.json(Cassette.text("anthropic/message.json", values))
                        .header("request-id", "req_" + values.get("id"));
    }
}
