package io.aiproxy.usage.sql;

/**
 * A time.
 *
 * @param from first millisecond since 1970
 * @param to first that does not belong to it
 */
record Range(long from, long to) {
    boolean isEmpty() {
        return from >= to;
    }
}
