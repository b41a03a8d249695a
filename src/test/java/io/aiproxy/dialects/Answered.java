package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Usage;

/**
 * An answer of a provider, and what it tells.
 *
 * @param text what was delivered, if usage were not told
 * @param complete whether the provider has said its last word
 */
record Answered(
        String name,
        Spoken spoken,
        String type,
        String body,
        Usage usage,
        String model,
        String text,
        boolean complete) {
    static final String JSON = "application/json; charset=utf-8";
    static final String EVENTS = "text/event-stream;charset=UTF-8";

    static Answered of(String name, Spoken spoken, String type, String body) {
        return new Answered(name, spoken, type, body, Usage.NONE, "", "", false);
    }

    static Answered json(String name, Dialect dialect, String operation, String body) {
        return of(name, new Spoken(dialect, operation), JSON, body);
    }

    /** Each of the documents is an event. */
    static Answered events(String name, Dialect dialect, String operation, String... documents) {
        StringBuilder body = new StringBuilder();
        for (String document : documents) {
            body.append("data: ").append(document).append("\n\n");
        }
        return of(name, new Spoken(dialect, operation), EVENTS, body.toString());
    }

    /** The answer is the last word, and tells this. */
    Answered tells(long in, long out) {
        return tells(in, out, 0, 0, 0);
    }

    Answered tells(long in, long out, long cached, long written, long reasoning) {
        return tells(new Usage(in, out, cached, written, reasoning, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    Answered tells(Usage what) {
        return new Answered(name, spoken, type, body, what, model, text, true);
    }

    Answered model(String what) {
        return new Answered(name, spoken, type, body, usage, what, text, complete);
    }

    /** What there is of it is not the last word, and this was delivered. */
    Answered unfinished(String delivered) {
        return new Answered(name, spoken, type, body, usage, model, delivered, false);
    }

    @Override
    public String toString() {
        return name;
    }
}
