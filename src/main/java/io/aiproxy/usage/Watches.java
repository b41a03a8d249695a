package io.aiproxy.usage;

import io.aiproxy.core.Receipt;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everybody who wants to know how booking goes; what one of them does wrong harms nobody else. Any thread. */
public final class Watches implements AccountingWatch {
    private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);

    private final List<AccountingWatch> watches = new CopyOnWriteArrayList<>();
    private final List<RecordSink> sinks = new CopyOnWriteArrayList<>();

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
        each(watches, watch -> watch.settled(receipt, record));
    }

    @Override
    public void lost(long calls, String why) {
        each(watches, watch -> watch.lost(calls, why));
    }

    @Override
    public void troubled(String part, String text) {
        each(watches, watch -> watch.troubled(part, text));
    }

    @Override
    public void recovered(String part) {
        each(watches, watch -> watch.recovered(part));
    }

    /** Tells of records. */
    void booked(List<UsageRecord> records) {
        each(sinks, sink -> sink.booked(records));
    }

    private static <T> void each(List<T> all, Consumer<T> action) {
        for (T one : all) {
            try {
                action.accept(one);
            } catch (RuntimeException defect) {
                LOG.error(
                        "{} failed when it was told of booking", one.getClass().getSimpleName(), defect);
            }
        }
    }
}
