package io.aiproxy.dialects.demo;

import java.util.ArrayList;
import java.util.List;

/** Counts and cuts text by words: the demo channel's tokens. An ideograph, kana or hangul syllable counts as a word. */
final class Words {
    private Words() {}

    static int count(String text) {
        return cut(text).stream().mapToInt(piece -> piece.isBlank() ? 0 : 1).sum();
    }

    /**
     * The text in pieces of one word each, together with what follows it; joined they are the text again. One empty
     * piece for an empty text, so that every answer has a piece to say.
     */
    static List<String> cut(String text) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        boolean inWord = false;
        boolean seen = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean alone = alone(c);
            boolean letter = !Character.isWhitespace(c);
            boolean begins = letter && (alone || !inWord);
            if (begins && seen) {
                pieces.add(text.substring(start, i));
                start = i;
            }
            seen |= letter;
            inWord = letter && !alone;
            i += Character.charCount(c);
        }
        if (start < text.length() || pieces.isEmpty()) {
            pieces.add(text.substring(start));
        }
        return pieces;
    }

    private static boolean alone(int c) {
        Character.UnicodeScript script = Character.UnicodeScript.of(c);
        return script == Character.UnicodeScript.HAN
                || script == Character.UnicodeScript.HIRAGANA
                || script == Character.UnicodeScript.KATAKANA
                || script == Character.UnicodeScript.HANGUL;
    }
}
