package io.aiproxy.wire;

import io.aiproxy.core.Body;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers one request body into heap segments that are never copied again. Segments grow with what has really arrived,
 * so that an announced length alone costs nothing.
 */
final class BodyCollector {
    private static final int FIRST_SEGMENT = 8 * 1024;
    private static final int LARGEST_SEGMENT = 1024 * 1024;

    private final BodyBudget budget;
    private final List<byte[]> full = new ArrayList<>(2);
    private byte[] current = {};
    private int filled;
    private long size;
    private long taken;

    BodyCollector(BodyBudget budget) {
        this.budget = budget;
    }

    long size() {
        return size;
    }

    /**
     * Appends what is readable in {@code bytes}.
     *
     * @param expected what is still to come including {@code bytes}, or -1 when unknown
     * @return false when the memory for all bodies is used up
     */
    boolean add(ByteBuf bytes, long expected, long totalLimit) {
        while (bytes.isReadable()) {
            if (filled == current.length && !grow(bytes.readableBytes(), expected, totalLimit)) {
                return false;
            }
            int n = Math.min(bytes.readableBytes(), current.length - filled);
            bytes.readBytes(current, filled, n);
            filled += n;
            size += n;
            expected -= n;
        }
        return true;
    }

    private boolean grow(int atHand, long expected, long totalLimit) {
        if (filled > 0) {
            full.add(current);
        }
        long wanted = Math.max(atHand, Math.min(LARGEST_SEGMENT, Math.max(FIRST_SEGMENT, size)));
        if (expected >= 0 && expected < wanted * 2) {
            wanted = Math.min(expected, LARGEST_SEGMENT);
        }
        int length = (int) Math.max(1, wanted);
        if (!budget.take(length, totalLimit)) {
            current = new byte[0];
            filled = 0;
            return false;
        }
        taken += length;
        current = new byte[length];
        filled = 0;
        return true;
    }

    /** The body; nothing may be added afterwards. */
    Body body() {
        if (size == 0) {
            return Body.EMPTY;
        }
        byte[] last = filled == current.length ? current : Arrays.copyOf(current, filled);
        if (full.isEmpty()) {
            return Body.of(last);
        }
        full.add(last);
        return Body.of(full);
    }

    /** Gives the memory back to the budget. */
    void release() {
        release(0);
    }

    /** Gives the memory back but for {@code kept} bytes of it. */
    void release(int kept) {
        long rest = Math.min(kept, taken);
        budget.giveBack(taken - rest);
        taken = rest;
    }
}
