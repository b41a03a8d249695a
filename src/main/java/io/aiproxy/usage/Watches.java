package io.aiproxy.usage;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everybody who wants to know how booking goes; what one of them does wrong harms nobody else. Any thread. */
public final class Watches implements AccountingWatch {
    private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);

    private static final long WARN_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final Ticker ticker;
    private final AtomicLong lastWarning;
    private final List<AccountingWatch> watches = new CopyOnWriteArrayList<>();
    private final List<RecordSink> sinks = new CopyOnWriteArrayList<>();

    /** Nobody yet. */
    public Watches(Ticker ticker) {
        this.ticker = ticker;
        this.lastWarning = new AtomicLong(ticker.nanos() - WARN_EVERY_NANOS);
    }

    /** From now on this one is told, too. */
    public void add(AccountingWatch watch) {
        watches.add(watch);
    }

    /** From now on this one gets all records that are in the journal. */
    public void add(RecordSink sink) {
        sinks.add(sink);
    }

    @Override
    public void settled(Receipt receipt, UsageRecord record) {
        for (AccountingWatch watch : watches) { // for each call: nothing is made for it
            try {
                watch.settled(receipt, record);
            } catch (RuntimeException defect) {
                warn(watch.getClass().getName(), defect);
            }
        }
    }

    @Override
    public void lost(long calls, String why) {
        each(watches, watch -> watch.lost(calls, why));
    }

    @Override
    public void refused(long records, String why) {
        each(watches, watch -> watch.refused(records, why));
    }

    @Override
    public void troubled(String part, String text) {
        each(watches, watch -> watch.troubled(part, text));
    }

    @Override
    public void recovered(String part) {
        each(watches, watch -> watch.recovered(part));
    }

    /** Whether anybody wants records that are made now. */
    boolean wantRecords() {
        for (RecordSink sink : sinks) {
            if (wants(sink)) {
                return true;
            }
        }
        return false;
    }

    private boolean wants(RecordSink sink) {
        try {
            return sink.wanted();
        } catch (RuntimeException defect) {
            warn(sink.getClass().getName(), defect);
            return true;
        }
    }

    /** Tells of records. */
    void booked(List<UsageRecord> records) {
        each(sinks, sink -> sink.booked(records));
    }

    private <T> void each(List<T> all, Consumer<T> action) {
        for (T one : all) {
            try {
                action.accept(one);
            } catch (RuntimeException defect) {
                warn(one.getClass().getName(), defect);
            }
        }
    }

    /** Now and then: what breaks for one call breaks for all of them. */
    private void warn(String who, RuntimeException defect) {
        long now = ticker.nanos();
        long last = lastWarning.get();
        if (now - last >= WARN_EVERY_NANOS && lastWarning.compareAndSet(last, now)) {
            LOG.error("{} failed when it was told of booking (told at most every 10 seconds)", who, defect);
        }
    }
}
