package io.aiproxy.dialects;

import io.aiproxy.core.Body;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.RequestHead;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the gateway has to know about a request beyond its head.
 *
 * @param model the model asked for, decoded; empty when the request names none, contradicts itself (the field twice with
 *     different values), cannot be read or is longer than {@link #LONGEST_MODEL}. A rule about models should refuse an
 *     empty one where the operation needs one
 * @param stream whether the caller asked for the answer as a stream of events
 * @param ids ids of things that may have been created at one channel earlier (files, batches, responses, tasks …), in
 *     order of appearance, without doubles; Google's as {@code collection/id}
 * @param unclear whether the channel may find another model than this one: the request contradicts itself, cannot be read,
 *     is compressed, or has the field in another spelling, which some servers take as well
 * @param maxTokens the bound that the caller sets for the output, in tokens; 0 when the request sets none
 * @param streamUsage whether the caller wants to be told at the end of a stream what it has used
 * @param background whether the body says {@code background: true}: OpenAI answers at once and works afterwards
 */
public record RequestFacts(
        String model,
        boolean stream,
        List<String> ids,
        boolean unclear,
        long maxTokens,
        StreamUsage streamUsage,
        boolean background) {
    /** What OpenAI's {@code stream_options} say of usage. */
    public enum StreamUsage {
        /** There are none. */
        UNSAID,
        /** There are some, or null, without {@code include_usage: true}. */
        DECLINED,
        /** {@code include_usage: true}; or they are in a form that only the provider may understand. */
        ASKED
    }

    /** A request that leaves no doubt about its model, and sets no bound for the output. */
    public RequestFacts(String model, boolean stream, List<String> ids) {
        this(model, stream, ids, false, 0, StreamUsage.UNSAID, false);
    }

    /** Bodies up to this many bytes may be read on an event loop; reading takes a few milliseconds per MiB. */
    public static final long CHEAP_BYTES = 256 * 1024;

    /** In characters. No model's name is longer, and what is shall get into no log and no metric. */
    public static final int LONGEST_MODEL = 512;

    static final RequestFacts NONE = new RequestFacts("", false, List.of());

    /** Of what is there but cannot be read. */
    static final RequestFacts UNREADABLE = new RequestFacts("", false, List.of(), true, 0, StreamUsage.UNSAID, false);

    /** Whether {@link #read} of this body is short enough for an event loop. */
    public static boolean cheap(Body body) {
        return body.size() <= CHEAP_BYTES;
    }

    /**
     * Reads a request; never throws for what a caller sent. A name in the path (Gemini, Vertex, an Azure deployment) comes
     * before one in the body, that before one in the query of a realtime socket. A realtime call may name its model in the
     * query, beside an SDP body, or in the {@code session} of its body: both must agree.
     */
    public static RequestFacts read(RequestHead head, Body body, Spoken spoken) {
        SpokenPath path = SpokenPath.of(head.target());
        RequestFacts told = body(head, body, spoken);
        IdList ids = new IdList();
        PathIds.read(path, head.target(), spoken.dialect(), ids);
        told.ids.forEach(ids::add);
        String model = model(path, told, spoken);
        boolean tooLong = model.length() > LONGEST_MODEL;
        return new RequestFacts(
                tooLong ? "" : model,
                told.stream || streamed(head, spoken),
                ids.list(),
                tooLong || unclear(path, told),
                told.maxTokens,
                told.streamUsage,
                told.background);
    }

    /** A model in the path is the one that the server takes, whatever else is said. */
    private static boolean unclear(SpokenPath path, RequestFacts told) {
        if (!path.model().isEmpty()) {
            return false;
        }
        if (!path.queryNamesModel()) {
            return told.unclear;
        }
        String inQuery = inQuery(path);
        boolean several = path.words().parameters("model", "deployment") != (inQuery.isEmpty() ? 0 : 1);
        return told.unclear || several || contradicts(told.model, inQuery);
    }

    private static String model(SpokenPath path, RequestFacts told, Spoken spoken) {
        String inPath = path.model();
        if (spoken.operation().equals("realtime.calls") && contradicts(told.model, inQuery(path))) {
            return "";
        }
        if (!inPath.isEmpty() || !told.model.isEmpty()) {
            return inPath.isEmpty() ? told.model : inPath;
        }
        return inQuery(path);
    }

    /** The model in the query of a realtime socket or call; elsewhere a parameter of that name means something else. */
    private static String inQuery(SpokenPath path) {
        if (!path.queryNamesModel()) {
            return "";
        }
        String model = path.words().parameter("model");
        return model.isEmpty() ? path.words().parameter("deployment") : model; // Azure's word
    }

    private static boolean streamed(RequestHead head, Spoken spoken) {
        return switch (spoken.operation()) {
            case "stream_generate_content" -> true;
            case "messages" -> head.path().endsWith(":streamRawPredict");
            default -> spoken.dialect() == Dialect.DASHSCOPE && events(head);
        };
    }

    /** DashScope: {@code X-DashScope-SSE: enable}, or {@code Accept: text/event-stream} as its REST documentation has it. */
    private static boolean events(RequestHead head) {
        String accept = head.headers().get("accept");
        return "enable".equalsIgnoreCase(head.headers().get("x-dashscope-sse"))
                || (accept != null && accept.toLowerCase(Locale.ROOT).contains("text/event-stream"));
    }

    private static RequestFacts body(RequestHead head, Body body, Spoken spoken) {
        if (body.isEmpty() || spoken.operation().equals("upload")) { // an upload is somebody's file, not a request
            return NONE;
        }
        String type = head.headers().get("content-type");
        if (type != null && Multipart.is(type)) {
            return compressed(head) ? UNREADABLE : multipart(body, type, spoken);
        }
        if (Json.object(body)) {
            return JsonFacts.read(body, spoken);
        }
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/sdp") ? NONE : UNREADABLE;
    }

    private static boolean compressed(RequestHead head) {
        String encoding = head.headers().get("content-encoding");
        return encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity");
    }

    private static boolean contradicts(String a, String b) {
        return !a.isEmpty() && !b.isEmpty() && !a.equals(b);
    }

    /** {@code POST /v1/realtime/calls}: a part {@code sdp} and a part {@code session}, which is JSON. */
    private static Stream<String> sessions(Multipart form, Spoken spoken) {
        if (!spoken.operation().equals("realtime.calls")) {
            return Stream.empty();
        }
        return form.documents("session").stream()
                .map(session -> JsonFacts.read(session, spoken).model())
                .filter(model -> !model.isEmpty());
    }

    private static RequestFacts multipart(Body body, String type, Spoken spoken) {
        Multipart form = new Multipart(body, type);
        List<String> models = Stream.concat(form.values("model").stream(), sessions(form, spoken))
                .distinct()
                .toList();
        boolean stream = form.values("stream").contains("true");
        return new RequestFacts(
                models.size() == 1 ? models.get(0) : "",
                stream,
                List.of(),
                models.size() > 1,
                0,
                StreamUsage.UNSAID,
                false);
    }
}
