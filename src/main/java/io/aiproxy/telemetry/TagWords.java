package io.aiproxy.telemetry;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which words may become values of a tag: those of the code, which are few. Should a part of a request ever get among
 * them, this is where it stops.
 */
final class TagWords {
    private static final int LONGEST = 40;

    private final ConcurrentHashMap<String, String> known = new ConcurrentHashMap<>();
    private final AtomicInteger room;

    /** @param max different words told apart */
    TagWords(int max) {
        this.room = new AtomicInteger(max);
    }

    /** The tag's value for a word. */
    String tag(String word) {
        if (word.isEmpty()) {
            return Meters.NONE;
        }
        String tag = known.get(word);
        if (tag != null) {
            return tag;
        }
        return wellFormed(word) ? admit(word) : Meters.OTHER;
    }

    private String admit(String word) {
        if (room.get() <= 0) {
            return Meters.OTHER;
        }
        String earlier = known.putIfAbsent(word, word);
        if (earlier == null && room.decrementAndGet() < 0) {
            known.remove(word);
            return Meters.OTHER;
        }
        return word;
    }

    private static boolean wellFormed(String word) {
        if (word.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '_' && c != '-' && c != '.') {
                return false;
            }
        }
        return true;
    }
}
