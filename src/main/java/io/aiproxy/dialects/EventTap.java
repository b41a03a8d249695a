package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of OpenAI's Realtime API, of its Responses API over WebSocket, and of DashScope's realtime models,
 * which use the same events.
 *
 * <p>{@code response.done} (Realtime) and {@code response.completed}, {@code .incomplete}, {@code .failed} (Responses)
 * carry {@code response.usage}, which stands for that response alone: they are added up, each response once. The
 * transcription of what the caller said is made by another model and billed apart: {@code
 * conversation.item.input_audio_transcription.completed} carries a {@code usage} of its own, which is added too
 * (openai-java 4.13, {@code RealtimeServerEvent}; help.aliyun.com/zh/model-studio, server events of Qwen-Omni-Realtime).
 *
 * <p>For an estimate it keeps what was said in responses whose usage is not told: {@code response.….delta} of everything but
 * sound. The Responses API does not name the response there; the one counts that has begun last on the same {@code stream_id}.
 */
final class EventTap implements MessageTap {
    private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
    /** Every event has one: until the model is known all are shown, because {@code session.created} has no usage. */
    private static final byte[] TYPE = "\"type\"".getBytes(StandardCharsets.US_ASCII);

    private static final int MOST_UNDER_WAY = 64;

    private final ModelWatch model;
    private final RecentIds counted = new RecentIds();
    /** Responses that have begun; {@code response.created} has a usage, of null. */
    private final Set<String> underWay = new HashSet<>();

    private final @Nullable Talk talk;
    /** Ids of responses by the stream that they come on. */
    private final Map<String, String> streams = new HashMap<>();

    private @Nullable Usage sum;

    /**
     * @param wantsModel whether the messages are to name the model
     * @param estimate whether what was said is kept as long as its usage is not told
     */
    EventTap(boolean wantsModel, boolean estimate) {
        model = new ModelWatch(wantsModel);
        talk = estimate ? new Talk() : null;
    }

    @Override
    public boolean wantsCaller() {
        return talk != null || model.wantsCaller();
    }

    /** {@code session.update} of a realtime session, or {@code response.create} of the Responses API. */
    @Override
    public void fromCaller(byte[] message) {
        model.callerMessage();
        Event event = Event.read(message, talk != null);
        if (event == null) {
            return;
        }
        if (event.type.equals("session.update") || event.type.equals("response.create")) {
            event.models(model);
        }
        if (talk != null) {
            talk.hears(event.text.toString());
            if (event.type.equals("response.create")) {
                talk.requests();
            }
        }
    }

    @Override
    public byte[] channelMarker() {
        return talk != null || model.wantsChannel() ? TYPE : USAGE;
    }

    @Override
    public void fromChannel(byte[] message) {
        model.channelMessage();
        Event event = Event.read(message, false);
        if (event == null) {
            return;
        }
        switch (event.type) {
            case "session.created", "session.updated" -> event.models(model);
            case "response.created" -> begins(event);
            case "response.done", "response.completed", "response.incomplete", "response.failed" -> {
                event.models(model);
                underWay.remove(event.responseId);
                add(event.responseId, event.responseUsage);
                ends(event);
            }
            case "conversation.item.input_audio_transcription.completed" ->
                add(event.itemId.isEmpty() ? "" : event.itemId + "#" + event.contentIndex, event.usage);
            case "error" -> {
                if (talk != null) {
                    talk.requestMet();
                }
            }
            default -> said(event);
        }
    }

    /** No usage that is final, but perhaps text. */
    private void said(Event event) {
        if (talk != null && event.type.startsWith("response.") && event.type.endsWith(".delta")) {
            String last = streams.getOrDefault(event.streamId, "");
            talk.answers(event.ofResponse.isEmpty() ? last : event.ofResponse, event.delta);
        }
    }

    private void ends(Event event) {
        if (talk == null) {
            return;
        }
        if (!talk.open(event.responseId)) {
            talk.requestMet(); // it is the first that is heard of it
        }
        boolean failed = event.type.equals("response.failed") || event.status.equals("failed");
        if (event.responseUsage != null || failed) { // providers do not charge what they could not do
            talk.told(event.responseId);
        } else {
            talk.ends(event.responseId);
        }
        streams.remove(event.streamId, event.responseId);
    }

    private void begins(Event event) {
        if (underWay.size() < MOST_UNDER_WAY) {
            underWay.add(event.responseId);
        }
        if (talk != null) {
            talk.requestMet();
            talk.begins(event.responseId);
            if (streams.size() < MOST_UNDER_WAY) {
                streams.put(event.streamId, event.responseId);
            }
        }
    }

    @Override
    public boolean complete() {
        return sum != null && underWay.isEmpty();
    }

    private void add(String id, @Nullable Usage usage) {
        if (usage != null && (id.isEmpty() || counted.add(id))) {
            sum = sum == null ? usage : sum.plus(usage);
        }
    }

    @Override
    public Optional<Usage> usage() {
        return Optional.ofNullable(sum);
    }

    @Override
    public Optional<Transcript> untold() {
        return talk == null ? Optional.empty() : talk.rest();
    }

    @Override
    public String model() {
        return model.model();
    }

    /** What one event says, wherever in it. */
    private static final class Event {
        private final Map<String, String> models = new LinkedHashMap<>(4);
        private String type = "";
        private String itemId = "";
        private String contentIndex = "";
        private String responseId = "";
        private String ofResponse = "";
        private String streamId = "";
        private String status = "";
        private String delta = "";
        private final StringBuilder text = new StringBuilder();
        private final boolean texts;

        /** @param texts whether text is looked for that the caller may have said */
        Event(boolean texts) {
            this.texts = texts;
        }

        private void text(JsonParser parser) throws IOException {
            if (texts) {
                JsonText.read(parser, false, text);
            } else {
                parser.skipChildren();
            }
        }

        private @Nullable Usage responseUsage;
        private @Nullable Usage usage;

        /** Null when it is no JSON object. */
        static @Nullable Event read(byte[] message, boolean texts) {
            try (JsonParser parser = Json.FACTORY.createParser(message)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return null;
                }
                Event event = new Event(texts);
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    event.field(parser.currentName(), parser.nextToken(), parser);
                }
                return parser.currentToken() == JsonToken.END_OBJECT ? event : null;
            } catch (IOException malformed) {
                return null;
            }
        }

        private void field(String name, JsonToken value, JsonParser parser) throws IOException {
            switch (name) {
                case "type" -> type = Json.text(parser);
                case "item_id" -> itemId = Json.text(parser);
                case "content_index" -> contentIndex = Json.text(parser);
                case "model" -> models.put("", Json.text(parser));
                case "usage" -> usage = usage(value, parser);
                case "response_id" -> ofResponse = Json.text(parser);
                case "stream_id" -> streamId = Json.text(parser);
                case "delta" -> delta(value, parser);
                case "response", "session" -> inner(name, value, parser);
                case "item", "input", "instructions", "text", "tools" -> text(parser);
                default -> parser.skipChildren();
            }
        }

        private void delta(JsonToken value, JsonParser parser) throws IOException {
            if (value == JsonToken.VALUE_STRING && !type.endsWith("audio.delta")) {
                delta = parser.getText();
            } else {
                parser.skipChildren();
            }
        }

        private void inner(String owner, JsonToken value, JsonParser parser) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            boolean response = owner.equals("response");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken inside = parser.nextToken();
                if (name.equals("model")) {
                    models.put(owner, Json.text(parser));
                } else if (response && name.equals("id")) {
                    responseId = Json.text(parser);
                } else if (response && name.equals("usage")) {
                    responseUsage = usage(inside, parser);
                } else if (response && name.equals("status")) {
                    status = Json.text(parser);
                } else {
                    text(parser);
                }
            }
        }

        private static @Nullable Usage usage(JsonToken value, JsonParser parser) throws IOException {
            if (value == JsonToken.START_OBJECT) {
                return UsageFields.read(parser);
            }
            parser.skipChildren();
            return null;
        }

        /** The names in the order of their meaning: of the session, of the response, of the event. */
        void models(ModelWatch watch) {
            watch.named(models.getOrDefault("session", ""));
            watch.named(models.getOrDefault("response", ""));
            watch.named(models.getOrDefault("", ""));
        }
    }
}
