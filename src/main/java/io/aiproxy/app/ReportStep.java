package io.aiproxy.app;

import io.aiproxy.config.ReportConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.edge.Edge;
import io.aiproxy.telemetry.GatewayState;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.report.Language;
import io.aiproxy.usage.report.ReportNames;
import io.aiproxy.usage.report.ReportPeriod;
import io.aiproxy.usage.report.ReportQuery;
import io.aiproxy.usage.report.ReportWriter;
import io.aiproxy.usage.report.ReportWriters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code report}: makes the reports of the day, week or month that has ended when they are due, on a thread of its
 * own. What goes wrong is told and counted, and tried again; it never concerns anything else.
 */
final class ReportStep implements Processor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReportStep.class);
    private static final Duration AGAIN = Duration.ofMinutes(10);
    private static final long PATIENCE_SECONDS = 30;

    private final Path dataDir;
    private final Supplier<Snapshot> snapshot;
    private final Supplier<Optional<Books>> books;
    private final GatewayState state;
    private final Ticker ticker;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "aiproxy-report");
        made.setDaemon(true);
        return made;
    });

    /** What was made, or found to be made, last; written by the reports' thread alone. */
    private volatile @Nullable Done done;

    /** After a failure: not before this; and what it was that failed. Both of the reports' thread alone. */
    private long againMillis;

    private @Nullable Done failed;

    /** A report as it was wanted: another setting is another report. */
    private record Done(ReportConfig wanted, ReportPeriod period) {}

    ReportStep(
            Path dataDir,
            Supplier<Snapshot> snapshot,
            Supplier<Optional<Books>> books,
            GatewayState state,
            Ticker ticker) {
        this.dataDir = dataDir;
        this.snapshot = snapshot;
        this.books = books;
        this.state = state;
        this.ticker = ticker;
    }

    /**
     * @param snapshot the configuration in force
     * @param books empty where and while nothing is booked
     * @param state is told how it went
     */
    static ReportStep open(
            Settings settings, Supplier<Snapshot> snapshot, Supplier<Optional<Books>> books, GatewayState state) {
        return new ReportStep(settings.dataDir(), snapshot, books, state, Ticker.SYSTEM);
    }

    /** Lets routes name it, and what is of use to routes that send reports. */
    void register(Edge edge) {
        edge.bean("report", this);
        edge.bean("attach-file", new AttachFile());
    }

    /** Returns at once. */
    @Override
    public void process(Exchange exchange) {
        Snapshot now = snapshot.get();
        ReportConfig wanted = now.system().report();
        if (now.demo() || wanted.every() == ReportConfig.Every.NEVER) {
            return;
        }
        Optional<ReportPeriod> due =
                ReportPeriod.due(wanted, now.system().usage().zone(), Instant.ofEpochMilli(ticker.millis()));
        if (due.isEmpty()) {
            return;
        }
        Done asked = new Done(wanted, due.get());
        if (asked.equals(done) || !underWay.compareAndSet(false, true)) {
            return;
        }
        thread.execute(() -> {
            try {
                run(asked);
            } finally {
                underWay.set(false);
            }
        });
    }

    private void run(Done asked) {
        long now = ticker.millis();
        // A clock that was set back must not put the next try off for ever.
        if (asked.equals(failed) && now < againMillis && now >= againMillis - AGAIN.toMillis()) {
            return;
        }
        try {
            ReportFiles files = new ReportFiles(dataDir.resolve(asked.wanted.to()));
            if (!files.made(asked.period)) {
                make(asked, files);
            }
            done = asked;
            failed = null;
        } catch (BooksException | IOException | RuntimeException e) {
            failed = asked;
            againMillis = now + AGAIN.toMillis();
            state.reportFailed();
            LOG.error(
                    "The report {} was not made, or an older one could not be deleted: {}",
                    asked.period.name(),
                    e.getMessage());
        }
    }

    private void make(Done asked, ReportFiles files) throws IOException, BooksException {
        Books open = books.get()
                .orElseThrow(() -> new BooksException("there are no books to make it of: calls are not booked"
                        + " (usage.enabled in system.yaml, and a gateway that was started with it)"));
        ReportQuery query = ReportQuery.of(asked.period.statistics(), Instant.ofEpochMilli(ticker.millis()))
                .in(Language.of(asked.wanted.lang().name()).orElse(Language.ENGLISH))
                .forExcel()
                .named(ReportNames.of(snapshot.get()));
        int deleted = 0;
        for (ReportConfig.Format format : asked.wanted.formats()) {
            ReportWriter writer = asked.wanted
                    .font()
                    .map(font -> ReportWriters.of(format, dataDir.resolve(font)))
                    .orElseGet(() -> ReportWriters.of(format));
            Optional<Path> file = files.write(asked.period, format, out -> writer.write(query, open, out));
            file.ifPresent(made -> LOG.info("Report: {}", made));
            deleted += files.prune(format, asked.wanted.keep());
        }
        files.remember(asked.period);
        state.reported();
        if (deleted > 0) {
            LOG.info("Older reports deleted: {}", deleted);
        }
    }

    /** Lets a report that is being written be finished. */
    @Override
    public void close() {
        Finish.within(thread, PATIENCE_SECONDS);
    }
}
