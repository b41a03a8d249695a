package io.aiproxy.usage;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes records of receipts. On the accounting thread. */
final class RecordMaker {
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Some hundred users, and the models, channels and operations they call. */
    private static final int KNOWN = 4_096;

    private final Clean clean = new Clean(KNOWN);
    private final Supplier<Pricing> pricing;
    private final Optional<Estimator> estimator;

    /**
     * @param pricing of the configuration in force
     * @param estimator empty: what a provider has not told remains unknown
     */
    RecordMaker(Supplier<Pricing> pricing, Optional<Estimator> estimator) {
        this.pricing = pricing;
        this.estimator = estimator;
    }

    /** Whether {@link #estimated} would count anything, which takes time. */
    boolean countable(Receipt receipt) {
        return receipt.source() == UsageSource.ESTIMATED && receipt.transcript().isPresent() && estimator.isPresent();
    }

    /** Whether {@link #estimated} need not load anything before; otherwise {@code whenReady} is run on another thread later. */
    boolean ready(Receipt receipt, Runnable whenReady) {
        return estimator.isEmpty() || estimator.get().ready(receipt, whenReady);
    }

    /** The record of a receipt whose missing usage is counted. */
    UsageRecord estimated(Receipt receipt) {
        Usage usage = estimator.orElseThrow().estimate(receipt);
        if (usage.isNone()) { // no channel has worked on it
            return record(receipt, usage, UsageSource.NONE);
        }
        return record(receipt, usage, UsageSource.ESTIMATED);
    }

    /** The record of a receipt with what the provider has told of its usage. */
    UsageRecord plain(Receipt receipt) {
        Usage told = receipt.usage().orElse(Usage.NONE);
        if (receipt.source() != UsageSource.ESTIMATED) {
            return record(receipt, told, receipt.source());
        }
        return record(receipt, told, UsageSource.NONE);
    }

    private UsageRecord record(Receipt of, Usage usage, UsageSource source) {
        String asked = clean.text(of.model());
        String answered = clean.text(of.modelAnswered());
        Pricing.Price price = price(of, usage);
        return new UsageRecord(
                Words.clean(of.id()),
                of.startedMillis(),
                of.startedMillis() + Math.max(0, of.durationNanos()) / NANOS_PER_MILLI,
                clean.text(of.userId()),
                clean.text(of.keyName()),
                groups(of.groups()),
                clean.text(of.channel()),
                clean.text(of.credential()),
                of.dialect().tag(),
                clean.text(of.operation()),
                clean.text(of.template()),
                clean.text(of.method()),
                asked,
                answered,
                of.socket().map(SocketReport::opened).orElse(false),
                of.status(),
                of.ending().tag(),
                clean.text(of.failure()),
                of.attempts().size(),
                of.bytesIn(),
                of.bytesOut(),
                micros(of.firstByteNanos()),
                micros(of.durationNanos()),
                micros(of.overheadNanos()),
                usage,
                source,
                price.amount(),
                price.currency(),
                price.known(),
                tags(of.tags()),
                clean.text(of.client()),
                of.configVersion(),
                of.work());
    }

    private Pricing.Price price(Receipt of, Usage usage) {
        if (usage.isNone() && !paidByCall(of)) {
            return Pricing.Price.UNKNOWN;
        }
        Optional<Pricing.Sale> sale = Pricing.Sale.of(of, usage);
        if (sale.isEmpty()) {
            return Pricing.Price.UNKNOWN;
        }
        Pricing.Price price = pricing.get().of(sale.get());
        return usage.isNone() && price.amount() == 0 ? Pricing.Price.UNKNOWN : price;
    }

    /**
     * Whether a call may cost something although nothing is known to have been used: {@code request} of a price. Not what has
     * failed (its usage is told to be nothing), and not what may go on after its answer: that is paid for when its result is told.
     */
    private static boolean paidByCall(Receipt of) {
        boolean failed = of.source() == UsageSource.NONE && of.usage().isPresent();
        boolean mayGoOn = of.dialect() == Dialect.DASHSCOPE || of.operation().equals("responses");
        return of.method().equals("POST") && !failed && !mayGoOn;
    }

    private static long micros(long nanos) {
        return nanos < 0 ? -1 : nanos / NANOS_PER_MICRO;
    }

    private List<String> groups(List<String> ids) {
        for (int i = 0; i < ids.size(); i++) {
            if (!clean.text(ids.get(i)).equals(ids.get(i))) {
                return ids.stream().map(clean::text).toList();
            }
        }
        return ids;
    }

    private Map<String, String> tags(Map<String, String> tags) {
        if (tags.isEmpty()) {
            return tags;
        }
        Map<String, String> cleaned = new LinkedHashMap<>();
        tags.forEach((name, value) -> cleaned.put(clean.text(name), clean.text(value)));
        return cleaned;
    }
}
