package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.aiproxy.core.Body;
import io.aiproxy.dialects.BodyBytes.Splice;
import io.aiproxy.dialects.RequestFacts.StreamUsage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The chunk with which OpenAI's chat and completions streams tell what was used: {@code "choices":[]} and {@code "usage":{…}}.
 * It is sent when {@code stream_options.include_usage} is true, as the last one before {@code [DONE]} (openai-java 4.13,
 * {@code ChatCompletionStreamOptions}).
 *
 * <p>Every method is for any thread, and never throws for what somebody sent.
 */
public final class UsageChunk {
    private static final byte[] MEMBER =
            "\"stream_options\":{\"include_usage\":true}".getBytes(StandardCharsets.US_ASCII);

    private static final BodyEdits EDIT =
            BodyEdits.of(List.of(), Map.of("stream_options.include_usage", BooleanNode.TRUE), Map.of());

    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHOICES = "\"choices\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);

    private UsageChunk() {}

    /** Whether there is something to be asked for: the caller has not done so, nor said something unheard of. */
    public static boolean mayAsk(StreamUsage said) {
        return said != StreamUsage.ASKED;
    }

    /**
     * The body of a streamed request with {@code stream_options.include_usage: true} put in; every other byte stays. The same
     * object when there is nothing to be put in, also because the body cannot be read.
     *
     * @param said what {@link RequestFacts} has found in it
     */
    public static Body askedFor(Body body, StreamUsage said) {
        return switch (said) {
            case UNSAID -> appended(body);
            case DECLINED -> EDIT.apply(body);
            case ASKED -> body;
        };
    }

    /** Behind the last member, without reading what stands before it: the facts say that it is an object with members. */
    private static Body appended(Body body) {
        BodyBytes bytes = new BodyBytes(body);
        long brace = bytes.lastVisible(body.size());
        if (brace <= 0 || bytes.at(brace) != '}') {
            return body;
        }
        long at = bytes.lastVisible(brace) + 1;
        byte[] member = new byte[MEMBER.length + 1];
        member[0] = ',';
        System.arraycopy(MEMBER, 0, member, 1, MEMBER.length);
        return bytes.splice(List.of(new Splice(at, at, Body.of(member))));
    }

    /**
     * Whether a whole event is that chunk.
     *
     * @param bytes hold the event
     * @param from where it begins
     * @param to where it ends
     */
    public static boolean is(byte[] bytes, int from, int to) {
        if (!mayBe(bytes, from, to) || find(USAGE, bytes, from, to) < 0) {
            return false;
        }
        try (JsonParser parser = Json.FACTORY.createParser(data(bytes, from, to))) {
            return is(parser);
        } catch (IOException malformed) {
            return false;
        }
    }

    private static boolean is(JsonParser parser) throws IOException {
        boolean empty = false;
        boolean used = false;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("choices")) {
                empty = value == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.END_ARRAY;
                if (!empty) {
                    return false;
                }
            } else if (name.equals("usage")) {
                used = value == JsonToken.START_OBJECT;
            }
            parser.skipChildren();
        }
        return empty && used && parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    }

    /** The lines of data of an event, joined as the HTML standard, 9.2.6, has it. */
    private static byte[] data(byte[] bytes, int from, int to) {
        ByteArrayOutputStream data = new ByteArrayOutputStream(to - from);
        for (int at = from; at < to; at++) {
            int end = lineEnd(bytes, at, to);
            if (end - at >= DATA.length && startsWith(DATA, bytes, at, end)) {
                data.write(bytes, at + DATA.length, end - at - DATA.length);
                data.write('\n');
            }
            at = end;
        }
        return data.toByteArray();
    }

    /**
     * Whether an event that begins like this may still become that chunk. True too often rather than too seldom; false as
     * soon as its first choice has begun.
     *
     * @param bytes hold what there is of the event
     * @param from where it begins
     * @param to behind what there is
     */
    public static boolean mayBe(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            int end = lineEnd(bytes, at, to);
            if (end > at && startsWith(DATA, bytes, at, end)) {
                return mayBeData(bytes, Math.min(at + DATA.length, end), end);
            }
            at = end; // another field: the data may follow on a line of its own
        }
        return true;
    }

    /** One line of data; what it leaves open a further one may decide. */
    private static boolean mayBeData(byte[] bytes, int from, int end) {
        int at = visible(bytes, from, end);
        if (at < end && bytes[at] != '{') {
            return false; // [DONE]
        }
        int choices = find(CHOICES, bytes, at, end);
        while (choices >= 0) {
            int colon = visible(bytes, choices + CHOICES.length, end);
            if (colon < end && bytes[colon] == ':') {
                int bracket = visible(bytes, colon + 1, end);
                int first = bracket < end ? visible(bytes, bracket + 1, end) : end;
                return first >= end || (bytes[bracket] == '[' && bytes[first] == ']');
            }
            choices = find(CHOICES, bytes, colon, end);
        }
        return true;
    }

    private static int lineEnd(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != '\n' && bytes[at] != '\r') {
            at++;
        }
        return at;
    }

    private static int visible(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static int find(byte[] word, byte[] bytes, int from, int end) {
        for (int i = from; i + word.length <= end; i++) {
            if (bytes[i] == word[0] && startsWith(word, bytes, i, end)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether {@code word} stands at {@code from}, or its beginning where {@code end} is nearer. */
    private static boolean startsWith(byte[] word, byte[] bytes, int from, int end) {
        int n = Math.min(word.length, end - from);
        for (int i = 0; i < n; i++) {
            if (bytes[from + i] != word[i]) {
                return false;
            }
        }
        return true;
    }
}
