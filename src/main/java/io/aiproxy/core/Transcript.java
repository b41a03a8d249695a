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
 */
public record Transcript(String asked, long askedBytes, String answered, long answeredChars, long maxTokens) {
    @Override
    public String toString() {
        return "Transcript of " + askedBytes + " bytes asked and " + answeredChars + " characters answered";
    }
}
