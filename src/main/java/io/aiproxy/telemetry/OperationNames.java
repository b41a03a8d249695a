package io.aiproxy.telemetry;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which operations may become tags. They are words of the dialects' code and few; should a part of a request ever get
 * among them, this is where it stops.
 */
final class OperationNames {
    /** Different operations told apart. */
    static final int MAX = 64;

    private static final int LONGEST = 40;

    private final ConcurrentHashMap<String, String> known = new ConcurrentHashMap<>();
    private final AtomicInteger room = new AtomicInteger(MAX);

    /** The tag's value for an operation. */
    String tag(String operation) {
        if (operation.isEmpty()) {
            return Meters.NONE;
        }
        String tag = known.get(operation);
        if (tag != null) {
            return tag;
        }
        return wellFormed(operation) ? admit(operation) : Meters.OTHER;
    }

    private String admit(String operation) {
        if (room.get() <= 0) {
            return Meters.OTHER;
        }
        String earlier = known.putIfAbsent(operation, operation);
        if (earlier == null && room.decrementAndGet() < 0) {
            known.remove(operation);
            return Meters.OTHER;
        }
        return operation;
    }

    private static boolean wellFormed(String operation) {
        if (operation.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < operation.length(); i++) {
            char c = operation.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '_' && c != '-' && c != '.') {
                return false;
            }
        }
        return true;
    }
}
