package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Body;
import io.aiproxy.core.Dialect;
import java.io.IOException;

/**
 * Reads model, stream flag and ids from a JSON request in one pass, decoding only the values it wants. It reads to the end
 * of the root object even when the model stood at its beginning: when a field appears twice, most servers take the last
 * one, and a rule about models must not be dodged that way.
 */
final class JsonFacts {
    private final JsonParser parser;
    private final boolean google;
    private final boolean dashScope;
    private final boolean nested;
    private final boolean session;
    private final IdList ids;
    private String model = "";
    private boolean ambiguous;
    private boolean misspelt;
    private boolean stream;
    private boolean background;
    private long maxTokens;
    private RequestFacts.StreamUsage streamUsage = RequestFacts.StreamUsage.UNSAID;

    private JsonFacts(JsonParser parser, Spoken spoken, IdList ids) {
        this.parser = parser;
        this.google = spoken.dialect() == Dialect.GOOGLE;
        this.dashScope = spoken.dialect() == Dialect.DASHSCOPE;
        this.nested = carriesIds(spoken);
        this.session = spoken.operation().startsWith("realtime.");
        this.ids = ids;
    }

    /** What a body says. Malformed JSON says nothing: the provider will complain about it in its own words. */
    static RequestFacts read(Body body, Spoken spoken) {
        IdList ids = new IdList();
        try (JsonParser parser = Json.parser(body)) {
            JsonFacts facts = new JsonFacts(parser, spoken, ids);
            facts.root();
            return new RequestFacts(
                    facts.ambiguous ? "" : facts.model,
                    facts.stream,
                    ids.list(),
                    facts.ambiguous || facts.misspelt,
                    facts.maxTokens,
                    facts.streamUsage,
                    facts.background);
        } catch (IOException malformed) {
            return RequestFacts.UNREADABLE;
        }
    }

    private static boolean carriesIds(Spoken spoken) {
        return switch (spoken.operation()) {
            case "embeddings",
                    "completions",
                    "moderations",
                    "images",
                    "audio.speech",
                    "rerank",
                    "embed_content",
                    "predict" -> false;
            default -> spoken.dialect() != Dialect.DASHSCOPE;
        };
    }

    private void root() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            misspelt |= misspelt(name);
            field(name, parser.nextToken());
        }
    }

    /** {@code Model}: servers written in Go do not mind the case. */
    private static boolean misspelt(String name) {
        return name.length() == 5 && name.equalsIgnoreCase("model") && !name.equals("model");
    }

    private void field(String name, JsonToken value) throws IOException {
        if (name.equals("stream_options")) {
            streamOptions(value);
        } else if (value == JsonToken.VALUE_STRING) {
            string(name);
        } else if (value == JsonToken.VALUE_NUMBER_INT) {
            number(name);
        } else if (value == JsonToken.START_OBJECT && isSettings(name)) {
            settings();
        } else if (name.equals("stream")) {
            stream = value == JsonToken.VALUE_TRUE;
            parser.skipChildren();
        } else if (name.equals("background") && value.isBoolean()) {
            background = value == JsonToken.VALUE_TRUE;
        } else if (session && name.equals("session") && value == JsonToken.START_OBJECT) {
            session();
        } else if (value.isStructStart()) {
            if (nested) {
                nested(name.equals("conversation") || name.equals("container"));
            } else {
                parser.skipChildren();
            }
        }
    }

    private void string(String name) throws IOException {
        switch (name) {
            case "model" -> model(parser.getText());
            case "previous_response_id",
                    "conversation",
                    "container",
                    "input_file_id",
                    "training_file",
                    "validation_file",
                    "assistant_id",
                    "thread_id" -> ids.add(parser.getText());
            case "cachedContent", "cached_content", "operationName" -> GoogleNames.read(parser.getText(), ids);
            default -> {
                if (nested) {
                    nestedString(name);
                }
            }
        }
    }

    /** When the field appears twice, most servers take the last one. */
    private void streamOptions(JsonToken value) throws IOException {
        boolean asked = value != JsonToken.START_OBJECT && value != JsonToken.VALUE_NULL;
        while (value == JsonToken.START_OBJECT && parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean usage = parser.currentName().equals("include_usage");
            JsonToken said = parser.nextToken();
            if (usage) {
                asked = said != JsonToken.VALUE_FALSE && said != JsonToken.VALUE_NULL;
            }
            parser.skipChildren();
        }
        if (value == JsonToken.START_ARRAY) {
            parser.skipChildren();
        }
        streamUsage = asked ? RequestFacts.StreamUsage.ASKED : RequestFacts.StreamUsage.DECLINED;
    }

    /** Where Google's dialect and DashScope's keep what the others have at the root. They hold no ids. */
    private boolean isSettings(String name) {
        return google
                ? name.equals("generationConfig") || name.equals("generation_config")
                : dashScope && name.equals("parameters");
    }

    private void settings() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                number(name);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void number(String name) throws IOException {
        switch (name) {
            case "max_tokens",
                    "max_completion_tokens",
                    "max_output_tokens",
                    "max_tokens_to_sample",
                    "maxOutputTokens" -> maxTokens = bounded(parser.getNumberValue());
            default -> {
                // other numbers say nothing about limits
            }
        }
    }

    /** Between 0 and a number that no model writes: sums of it must not overflow, and nobody shall lower a count by it. */
    private static long bounded(Number number) {
        return number instanceof Integer some ? Math.max(0, some) : number.doubleValue() < 0 ? 0 : Integer.MAX_VALUE;
    }

    /** {@code session.model} of a realtime call and of a client secret. */
    private void session() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            misspelt |= misspelt(name);
            if (parser.nextToken() == JsonToken.VALUE_STRING && name.equals("model")) {
                model(parser.getText());
            } else {
                parser.skipChildren();
            }
        }
    }

    private void model(String value) {
        String name = google ? value.substring(value.lastIndexOf('/') + 1) : value;
        ambiguous |= !model.isEmpty() && !model.equals(name);
        model = name;
    }

    /** Walks over one value that is an object or an array; the parser stands on its first token. */
    private void nested(boolean ownId) throws IOException {
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING) {
                String name = owner();
                if (ownId && depth == 1 && name.equals("id")) {
                    ids.add(parser.getText());
                } else {
                    nestedString(name);
                }
            }
        }
    }

    /** The name of the field that the current value, or the array around it, belongs to. */
    private String owner() {
        JsonStreamContext context = parser.getParsingContext();
        while (context.inArray()) {
            context = context.getParent();
        }
        String name = context.getCurrentName();
        return name == null ? "" : name;
    }

    private void nestedString(String name) throws IOException {
        switch (name) {
            case "file_id", "file_ids", "vector_store_ids", "container", "container_id" -> ids.add(parser.getText());
            case "fileUri", "file_uri" -> GoogleNames.read(parser.getText(), ids);
            default -> {
                // everything else is the provider's business
            }
        }
    }
}
