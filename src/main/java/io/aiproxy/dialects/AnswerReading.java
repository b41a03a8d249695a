package io.aiproxy.dialects;

import io.aiproxy.core.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What answers say, of all providers alike: usage, model, text, and whether it is their last word. Several documents (the
 * events of a stream) may come one after the other: of each number the last one told counts, because providers repeat
 * running totals (Anthropic's {@code message_delta}, Gemini, DashScope) or tell everything at the end (OpenAI).
 *
 * <p>Usage stands in {@code usage} or {@code usageMetadata} of the document or of its {@code message} (Anthropic's {@code
 * message_start}), {@code response} (OpenAI's {@code response.completed}) or {@code x_groq}, or of a choice (Moonshot's last
 * event); of a list of documents (Gemini without {@code alt=sse}) in each of them; of rerankers like Cohere's in {@code
 * meta.tokens}; of Vertex's {@code predict} with each prediction. Anything deeper is somebody's data and may be called
 * what it likes.
 */
final class AnswerReading implements JsonScan.Visitor {
    /** Deeper than anything of interest: what a tool is called with may go on for some levels. */
    private static final int DEEPEST = 24;

    /** Where in a document something stands. */
    private enum Place {
        ROOT,
        LIST,
        INNER,
        /** {@code message_start.message}: what it tells of the output is only a beginning. */
        START,
        USAGE,
        CHOICES,
        CHOICE,
        /** What the model has written, and what is around it. */
        WRITTEN,
        /** What a tool is called with: all strings count. */
        ARGUMENTS,
        IMAGES,
        PREDICTIONS,
        META
    }

    private final Reads reads;
    private final boolean stream;
    private final UsageFields fields = new UsageFields();
    private final @Nullable DeliveredText text;
    private final Place[] places = new Place[DEEPEST + 1];
    private int depth;
    private String model = "";
    private boolean list;
    private long images;

    /** Something was told that is more than a beginning. */
    private boolean told;
    /** Something was told in this document. */
    private boolean toldHere;

    private boolean noChoice;
    private boolean finished;
    private boolean sound;
    private boolean complete;
    /** Somewhere in it stands that something has gone wrong. */
    private boolean failed;

    /**
     * @param reads what there is to read
     * @param stream whether the answer is a stream of documents
     */
    AnswerReading(Reads reads, boolean stream) {
        this.reads = reads;
        this.stream = stream;
        this.text = reads == Reads.TEXT || reads == Reads.REPEATED_TEXT ? new DeliveredText() : null;
    }

    Optional<Usage> usage() {
        return fields.told() ? Optional.of(fields.usage()) : Optional.empty();
    }

    String model() {
        return model.isEmpty() ? fields.model() : model;
    }

    boolean complete() {
        return complete;
    }

    /**
     * Whether it says that the provider has failed: {@code error} in OpenAI's, Anthropic's and Google's answers and events, a
     * {@code code} in DashScope's, {@code response.failed}.
     */
    boolean failed() {
        return failed;
    }

    CharSequence text() {
        return text == null ? "" : text.text();
    }

    long textChars() {
        return text == null ? 0 : text.units();
    }

    @Override
    public void begins() {
        depth = 0;
        list = false;
    }

    @Override
    public String name(byte[] bytes, int length) {
        return KnownNames.of(bytes, length);
    }

    @Override
    public boolean opens(String name, boolean array) {
        Place place = depth == 0 ? (array ? Place.LIST : Place.ROOT) : within(places[depth], name, array);
        if (place == null || depth == DEEPEST) {
            return false;
        }
        places[++depth] = place;
        list |= place == Place.LIST;
        if (place == Place.ROOT) {
            documentBegins();
        }
        noChoice = place == Place.CHOICES || (noChoice && place != Place.CHOICE);
        return true;
    }

    private @Nullable Place within(Place place, String name, boolean array) {
        return switch (place) {
            case ROOT -> root(name, array);
            case LIST -> array ? null : Place.ROOT;
            case INNER, START -> isUsage(name, array) ? usageBegins(place == Place.START) : null;
            case USAGE -> fields.opens(name, array) ? Place.USAGE : null;
            case CHOICES -> array ? null : Place.CHOICE;
            case CHOICE -> isUsage(name, array) ? usageBegins(false) : written(name);
            case WRITTEN -> written(name);
            case ARGUMENTS -> Place.ARGUMENTS;
            case IMAGES -> image(array);
            case PREDICTIONS -> name.isEmpty() || (array && name.equals(KnownNames.ELEMENT)) ? null : place;
            case META -> name.equals("tokens") && !array ? usageBegins(false) : null;
        };
    }

    private static boolean isUsage(String name, boolean array) {
        return !array && (name.equals("usage") || name.equals("usageMetadata"));
    }

    private @Nullable Place root(String name, boolean array) {
        return switch (name) {
            case "usage", "usageMetadata" -> array ? null : usageBegins(false);
            case "message" -> array ? null : Place.START;
            case "response", "x_groq" -> array ? null : Place.INNER;
            case "choices" -> array ? Place.CHOICES : null;
            case "error" -> error();
            case "candidates", "output", "content", "delta" -> text == null ? null : Place.WRITTEN;
            case "data" -> reads == Reads.IMAGES && array ? Place.IMAGES : null;
            case "predictions" -> reads == Reads.PREDICTIONS && array ? Place.PREDICTIONS : null;
            case "meta" -> reads == Reads.RANKS && !array ? Place.META : null;
            default -> null;
        };
    }

    private @Nullable Place error() {
        failed = true;
        return null;
    }

    private Place usageBegins(boolean beginning) {
        fields.begin();
        toldHere = !beginning;
        return Place.USAGE;
    }

    /** OpenAI, Anthropic, Gemini and DashScope have no two meanings for these words. */
    private @Nullable Place written(String name) {
        if (text == null) {
            return null;
        }
        return switch (name) {
            case KnownNames.ELEMENT,
                    "message",
                    "delta",
                    "content",
                    "choices",
                    "parts",
                    "summary",
                    "audio",
                    "function",
                    "function_call",
                    "functionCall",
                    "tool_calls",
                    "executableCode" -> Place.WRITTEN;
            case "input", "args", "arguments" -> Place.ARGUMENTS;
            default -> null;
        };
    }

    private @Nullable Place image(boolean array) {
        images += array ? 0 : 1;
        return null;
    }

    private void documentBegins() {
        toldHere = false;
        noChoice = false;
        sound = false;
        if (text != null) {
            text.mark();
        }
    }

    @Override
    public void closes() {
        Place place = places[depth--];
        if (place == Place.USAGE) {
            if (places[depth] == Place.USAGE) {
                fields.closes();
            } else {
                usageEnds();
            }
        } else if (place == Place.ROOT) {
            documentEnds();
        }
    }

    private void usageEnds() {
        fields.imagesToo(images);
        told |= toldHere && fields.told();
        if (told && !stream && !list) {
            done();
        }
    }

    private void documentEnds() {
        fields.imagesToo(images);
        told |= fields.told() && reads != Reads.TEXT && reads != Reads.REPEATED_TEXT;
        if (text != null) {
            if (sound) {
                text.back();
            } else if (reads == Reads.REPEATED_TEXT) {
                text.mayRepeat();
            }
        }
        finished |= noChoice && toldHere;
        judge();
    }

    /** Of what a model writes in pieces, a number is the last word when it has come to an end. */
    private void judge() {
        if (told && (finished || text == null || !(stream || list))) {
            done();
        }
    }

    private void done() {
        complete = true;
        if (text != null) {
            text.drop();
        }
    }

    @Override
    public JsonScan.Use string(String name) {
        return switch (places[depth]) {
            case ROOT -> ofRoot(name);
            case INNER, START -> ofModel(name);
            case CHOICE, WRITTEN -> ofText(name);
            case ARGUMENTS -> passed();
            case USAGE -> fields.wants(name) ? JsonScan.Use.KEEP : JsonScan.Use.SKIP;
            case PREDICTIONS -> ofPrediction(name);
            default -> JsonScan.Use.SKIP;
        };
    }

    private JsonScan.Use ofModel(String name) {
        boolean wanted = model.isEmpty() && (name.equals("model") || name.equals("modelVersion"));
        return wanted ? JsonScan.Use.KEEP : JsonScan.Use.SKIP;
    }

    private JsonScan.Use ofRoot(String name) {
        return switch (name) {
            case "type" -> JsonScan.Use.KEEP;
            case "code" -> reads == Reads.REPEATED_TEXT ? JsonScan.Use.KEEP : JsonScan.Use.SKIP;
            case "error" -> {
                failed = true;
                yield JsonScan.Use.SKIP;
            }
            case "delta", "completion" -> passed(); // of Responses; of Anthropic's old completions
            default -> ofModel(name);
        };
    }

    private JsonScan.Use ofText(String name) {
        return switch (name) {
            case "finish_reason", "finishReason", "stop_reason" -> JsonScan.Use.KEEP;
            case "content",
                    "text",
                    "reasoning_content",
                    "reasoning",
                    "refusal",
                    "arguments",
                    "transcript",
                    "thinking",
                    "partial_json",
                    "code",
                    "input" -> passed();
            default -> JsonScan.Use.SKIP;
        };
    }

    private JsonScan.Use passed() {
        return text == null || complete ? JsonScan.Use.SKIP : JsonScan.Use.PASS;
    }

    private JsonScan.Use ofPrediction(String name) {
        images += name.equals("bytesBase64Encoded") ? 1 : 0;
        return JsonScan.Use.SKIP;
    }

    @Override
    public void kept(String name, byte[] bytes, int length) {
        switch (name) {
            case "model", "modelVersion" -> named(bytes, length);
            case "type" -> type(KnownNames.of(bytes, length));
            case "code" -> failed |= length > 0; // some answers have an empty one
            case "finish_reason", "finishReason", "stop_reason" ->
                // DashScope writes "null" as a word
                finished |= length > 0 && !KnownNames.of(bytes, length).equals("null");
            default -> fields.text(name, new String(bytes, 0, length, StandardCharsets.UTF_8));
        }
    }

    private void named(byte[] bytes, int length) {
        String told = new String(bytes, 0, length, StandardCharsets.UTF_8);
        if (told.length() <= RequestFacts.LONGEST_MODEL) {
            model = told;
        }
    }

    private void type(String type) {
        failed |= type.equals("response.failed");
        switch (type) {
            case "message_stop", "response.completed", "response.incomplete", "response.failed", "message-end" ->
                finished = true;
            case "response.audio.delta", "response.output_audio.delta" -> sound = true;
            case "image_generation.completed", "image_edit.completed" -> images += reads == Reads.IMAGES ? 1 : 0;
            default -> {
                // an event like any other
            }
        }
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        if (text != null) {
            text.add(bytes, from, to);
        }
    }

    @Override
    public void scalar(String name, byte[] bytes, int length) {
        switch (places[depth]) {
            case USAGE -> fields.number(name, JsonScan.number(bytes, length));
            case LIST -> doneMark(bytes, length);
            case ROOT -> duration(name, JsonScan.number(bytes, length));
            case PREDICTIONS -> {
                if (name.equals("token_count")) {
                    fields.moreInput(UsageFields.amount(JsonScan.number(bytes, length)));
                }
            }
            default -> {
                // nothing that counts
            }
        }
    }

    /** OpenAI's {@code data: [DONE]}. */
    private void doneMark(byte[] bytes, int length) {
        if (length == 4 && bytes[0] == 'D' && bytes[1] == 'O' && bytes[2] == 'N' && bytes[3] == 'E') {
            finished = true;
            judge();
        }
    }

    /** Whisper's {@code verbose_json}. */
    private void duration(String name, double value) {
        if (reads == Reads.SOUND && name.equals("duration") && value > 0) {
            fields.secondsToo(UsageFields.amount(value));
        }
    }
}
