package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.core.Receipt;
import org.jspecify.annotations.Nullable;

/** Writes the receipt of a call, once: when it is over, or before the end of its answer leaves. Confined to its event loop. */
final class Booking {
    private final Call call;
    private final CallRecord record;
    private final Taps taps;
    private final HttpListener listener;
    private @Nullable Receipt booked;

    Booking(Call call, CallRecord record, Taps taps, HttpListener listener) {
        this.call = call;
        this.record = record;
        this.taps = taps;
        this.listener = listener;
    }

    /** Whether the end of the answer waits until the receipt is kept for good. */
    boolean comesFirst() {
        return call.counted() && listener.books().beforeTheEnd().getAsBoolean();
    }

    /**
     * Writes the receipt before the end of the answer leaves.
     *
     * @param rest how many bytes of the body are still to be sent
     * @param whenDurable run when the receipt is kept for good, on any thread
     */
    void first(long rest, Runnable whenDurable) {
        record.bytes(rest);
        if (rest > 0) {
            record.firstByte();
        }
        Receipt receipt = receipt();
        listener.books().receipts().accept(receipt, whenDurable);
    }

    /** The call is over. */
    void settle() {
        Receipt receipt = booked;
        if (receipt == null) {
            receipt = receipt();
            listener.books().receipts().accept(receipt);
        }
        call.over(receipt);
    }

    private Receipt receipt() {
        Receipt receipt = record.receipt(taps, listener.ticker().nanos());
        booked = receipt;
        return receipt;
    }
}
