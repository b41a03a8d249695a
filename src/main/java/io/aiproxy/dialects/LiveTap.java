package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of Gemini's Live API, JSON in text or binary frames: {@code setup.model} in the caller's first one,
 * {@code usageMetadata} in those of the server (ai.google.dev/api/live).
 *
 * <p>The numbers stand for one generation, and each is billed with the whole context before it: Google charges every
 * turn for all tokens of the session's context (ai.google.dev/gemini-api/docs/live-api/best-practices#pricing-billing), and
 * callers who compared found that the sum over all turns is what the bill says (discuss.ai.google.dev/t/173248). So
 * generations are added up, and within one the latest numbers count, as in a streamed answer. A new one has begun when the
 * message before said {@code turnComplete} or asked for a tool, when the prompt is another one (a generation has one
 * prompt, and the context changes with every turn) or when numbers fall. {@code generationComplete} ends nothing: {@code
 * turnComplete} follows it and may repeat the numbers.
 *
 * <p>For an estimate it keeps what was said in generations of which no numbers came: text and what goes with sound as {@code
 * outputTranscription}.
 */
final class LiveTap implements MessageTap {
    private static final byte[] USAGE = "\"usageMetadata\"".getBytes(StandardCharsets.US_ASCII);

    /** Everything that the server says is one object. */
    private static final byte[] ANY = {'{'};

    /** Generations follow each other: there is one at a time. */
    private static final String ONE = "";

    private final ModelWatch model;
    private Usage before = Usage.NONE;
    private @Nullable Usage current;
    private boolean over;
    private final @Nullable Talk talk;
    /** Whether the generation that is under way has told numbers. */
    private boolean told;
    /** Whether what comes next belongs to another generation. */
    private boolean ended = true;

    /**
     * @param wantsModel whether the messages are to name the model
     * @param estimate whether what was said is kept as long as its usage is not told
     */
    LiveTap(boolean wantsModel, boolean estimate) {
        model = new ModelWatch(wantsModel);
        talk = estimate ? new Talk() : null;
    }

    @Override
    public boolean wantsCaller() {
        return talk != null || model.wantsCaller();
    }

    @Override
    public void fromCaller(byte[] message) {
        model.callerMessage();
        Message read = Message.read(message);
        if (read != null) {
            model.named(read.model.substring(read.model.lastIndexOf('/') + 1));
            if (talk != null) {
                talk.hears(read.text.toString());
                if (read.asks) {
                    talk.requests();
                }
            }
        }
    }

    @Override
    public byte[] channelMarker() {
        return talk == null ? USAGE : ANY;
    }

    @Override
    public void fromChannel(byte[] message) {
        Message read = Message.read(message);
        if (read == null) {
            return;
        }
        if (read.usage != null) {
            if (current != null && (over || another(current, read.usage))) {
                before = before.plus(current);
            }
            current = read.usage;
            over = false;
        }
        over |= read.ends;
        if (talk != null) {
            said(talk, read);
        }
    }

    private void said(Talk with, Message read) {
        if (read.says) {
            with.requestMet();
            if (ended) {
                with.ends(ONE); // of the one before nothing came any more
                told = false;
            }
            if (!with.open(ONE) && !told) {
                with.begins(ONE);
            } else if (!with.open(ONE)) {
                with.goesOn(ONE);
            }
            with.answers(ONE, read.text.toString());
            ended = false;
        }
        if (read.usage != null) {
            with.requestMet();
            with.told(ONE);
            told = true;
        }
        ended |= read.ends;
    }

    private static boolean another(Usage old, Usage fresh) {
        return fresh.inputTokens() != old.inputTokens()
                || fresh.outputTokens() < old.outputTokens()
                || fresh.reasoningTokens() < old.reasoningTokens();
    }

    @Override
    public Optional<Usage> usage() {
        return current == null ? Optional.empty() : Optional.of(before.plus(current));
    }

    @Override
    public boolean complete() {
        return current != null && over;
    }

    @Override
    public Optional<Transcript> untold() {
        return talk == null ? Optional.empty() : talk.rest();
    }

    @Override
    public String model() {
        return model.model();
    }

    /** What one message says. */
    private static final class Message {
        private String model = "";
        private boolean ends;
        /** Whether the model says something. */
        private boolean says;
        /** Whether the caller wants an answer. */
        private boolean asks;

        private final StringBuilder text = new StringBuilder();
        private @Nullable Usage usage;

        /** Null when it is no JSON object. */
        static @Nullable Message read(byte[] message) {
            try (JsonParser parser = Json.FACTORY.createParser(message)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return null;
                }
                Message read = new Message();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    read.field(name, parser.nextToken() == JsonToken.START_OBJECT, parser);
                }
                return parser.currentToken() == JsonToken.END_OBJECT ? read : null;
            } catch (IOException malformed) {
                return null;
            }
        }

        private void field(String name, boolean object, JsonParser parser) throws IOException {
            if (object && name.equals("usageMetadata")) {
                usage = UsageFields.read(parser);
            } else if (object && name.equals("serverContent")) {
                serverContent(parser);
            } else if (object && name.equals("setup")) {
                setup(parser);
            } else if (object && name.equals("clientContent")) {
                clientContent(parser);
            } else {
                boolean tool = object && name.equals("toolCall");
                ends |= tool;
                says |= tool;
                boolean heard = name.equals("realtimeInput") || name.equals("toolResponse");
                int before = text.length();
                if (tool || heard) {
                    JsonText.read(parser, name.equals("toolResponse"), text);
                } else {
                    parser.skipChildren();
                }
                asks |= heard && text.length() > before;
            }
        }

        private void clientContent(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean complete = parser.currentName().equals("turnComplete");
                JsonToken value = parser.nextToken();
                if (complete) {
                    asks |= value == JsonToken.VALUE_TRUE;
                } else {
                    JsonText.read(parser, false, text);
                }
            }
        }

        private void serverContent(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                ends |= parser.nextToken() == JsonToken.VALUE_TRUE && name.equals("turnComplete");
                if (name.equals("modelTurn") || name.equals("outputTranscription")) {
                    says = true;
                    JsonText.read(parser, false, text);
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void setup(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean named = parser.currentName().equals("model");
                parser.nextToken();
                if (named) {
                    model = Json.text(parser);
                } else {
                    JsonText.read(parser, false, text);
                }
            }
        }
    }
}
