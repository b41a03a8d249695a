package io.aiproxy.telemetry;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several sinks as one: each gets every receipt, whatever happens in the others. */
public final class FanOut implements ReceiptSink {
    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);
    private static final long WARN_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final ReceiptSink[] sinks;
    private final Ticker ticker;
    private final AtomicLong lastWarning;

    /**
     * @param sinks who gets every receipt, in this order
     * @param ticker time
     */
    public FanOut(List<ReceiptSink> sinks, Ticker ticker) {
        this.sinks = sinks.toArray(ReceiptSink[]::new);
        this.ticker = ticker;
        this.lastWarning = new AtomicLong(ticker.nanos() - WARN_EVERY_NANOS);
    }

    @Override
    public void accept(Receipt receipt) {
        for (ReceiptSink sink : sinks) {
            try {
                sink.accept(receipt);
            } catch (RuntimeException defect) {
                warn(sink, receipt, defect);
            }
        }
    }

    /** Now and then: what breaks for one call breaks for all of them. */
    private void warn(ReceiptSink sink, Receipt receipt, RuntimeException defect) {
        long now = ticker.nanos();
        long last = lastWarning.get();
        if (now - last >= WARN_EVERY_NANOS && lastWarning.compareAndSet(last, now)) {
            LOG.error(
                    "{} did not book call {} (told at most every 10 seconds)",
                    sink.getClass().getSimpleName(),
                    receipt.id(),
                    defect);
        }
    }
}
