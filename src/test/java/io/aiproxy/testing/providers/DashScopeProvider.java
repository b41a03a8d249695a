package io.aiproxy.testing.providers;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Alibaba's native DashScope API: text generation with and without {@code X-DashScope-SSE}, image synthesis as a task
 * that is asked for until it has succeeded. As dashscope-sdk-java 2.22 sends and reads them.
 */
public final class DashScopeProvider {
    private final FakeUpstream upstream;
    private final Gate gate;
    private final Map<String, Integer> tasks = new ConcurrentHashMap<>();

    private DashScopeProvider(FakeUpstream upstream, Gate gate) {
        this.upstream = upstream;
        this.gate = gate;
    }

    /** Lets the upstream answer as DashScope. Streams wait at {@code gate} before their last event. */
    public static void on(FakeUpstream upstream, Gate gate) {
        DashScopeProvider provider = new DashScopeProvider(upstream, gate);
        upstream.on("/api/v1/services/aigc/text-generation/generation").answer(provider::generate);
        upstream.on("/api/v1/services/aigc/text2image/image-synthesis").answer(provider::create);
        upstream.on(r -> r.path().startsWith("/api/v1/tasks/")).answer(provider::task);
    }

    private Reply generate(Recorded request) {
        Map<String, String> values = Map.of("id", Cassette.id(upstream));
        return request.header("x-dashscope-sse").orElse("").equals("enable")
                ? Cassette.stream(Cassette.text("dashscope/generation-stream.txt", values), gate)
                : Reply.json(Cassette.text("dashscope/generation.json", values));
    }

    private Reply create(Recorded request) {
        if (!request.header("x-dashscope-async").orElse("").equals("enable")) {
            return Reply.json(
                    403,
                    "{\"code\":\"AccessDenied\",\"message\":\"current user api does not support synchronous calls.\","
                            + "\"request_id\":\"r\"}");
        }
        String id = "task-" + Cassette.id(upstream);
        tasks.put(id, 0);
        return Reply.json(Cassette.text("dashscope/task-created.json", Map.of("id", id)));
    }

    private Reply task(Recorded request) {
        String id = request.path().substring("/api/v1/tasks/".length());
        Integer asked = tasks.computeIfPresent(id, (task, times) -> times + 1);
        if (asked == null) {
            return Reply.json(
                    200, "{\"request_id\":\"r\",\"output\":{\"task_id\":\"" + id + "\",\"task_status\":\"UNKNOWN\"}}");
        }
        String name = asked == 1 ? "dashscope/task-pending.json" : "dashscope/task-succeeded.json";
        return Reply.json(Cassette.text(name, Map.of("id", id)));
    }
}
