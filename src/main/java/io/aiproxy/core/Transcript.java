package io.aiproxy.core;

/**
 * What was said in a call whose provider has not told its usage: the material for an estimate. It holds what people wrote, so
 * it is kept in memory only, for as long as counting takes, and is never printed.
 *
 * @param asked the beginning of the request's body, as text
 * @param askedBytes length of the whole body
 * @param answered the text that the model has delivered, or its beginning
 * @param answeredChars length of all of that text, in UTF-16 units
 * @param maxTokens the bound that the caller has set for the output; 0: none
 * @param kind what {@code asked} is
 */
public record Transcript(
        String asked, long askedBytes, String answered, long answeredChars, long maxTokens, Kind kind) {
    /** What was asked, and what the estimate is of. */
    public enum Kind {
        /** A request's body: JSON. The estimate is of all that the call has used. */
        REQUEST,
        /**
         * What was said on a WebSocket, as plain text; {@code askedBytes} counts it once for each answer that was made with it.
         * The estimate is of what comes to the usage that was told.
         */
        TALK,
        /** As {@link #TALK}, of text that is spoken: characters count, not tokens. */
        SPEECH
    }

    /** Of a request. */
    public Transcript(String asked, long askedBytes, String answered, long answeredChars, long maxTokens) {
        this(asked, askedBytes, answered, answeredChars, maxTokens, Kind.REQUEST);
    }

    @Override
    public String toString() {
        return "Transcript of " + askedBytes + " bytes asked and " + answeredChars + " characters answered";
    }
}
