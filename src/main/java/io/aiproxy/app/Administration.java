package io.aiproxy.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aiproxy.admin.AdminApi;
import io.aiproxy.admin.ExplainQuery;
import io.aiproxy.admin.Hooks;
import io.aiproxy.admin.UsageDesk;
import io.aiproxy.app.doctor.Doctor;
import io.aiproxy.app.doctor.Examined;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Problem;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.edge.Edge;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.JsonDocuments;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin API put together, on threads of its own. Its store and audit log belong to whoever gave them. */
final class Administration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Administration.class);
    private static final int THREADS = 4;
    /** Two questions at once to the books: they are heavy, and receipts want to get in there too. */
    private static final int BOOKS_THREADS = 2;

    /** Administrators are few: a longer queue only means that somebody does something wrong. */
    private static final int WAITING = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration TEST_LIMIT = Duration.ofSeconds(30);

    private final Map<AdminApi.Lane, ThreadPoolExecutor> lanes;

    /**
     * What it is made of.
     *
     * @param store of the configuration
     * @param audit of what administrators do
     * @param snapshot the configuration in force
     * @param reload reads the configuration again and puts it into force; why this version or a newer one is not in force
     *     then, or empty
     * @param directory what paths in the configuration are relative to
     * @param usage answers questions about usage
     */
    record Parts(
            ConfigStore store,
            AuditLog audit,
            Supplier<Snapshot> snapshot,
            LongFunction<Optional<String>> reload,
            Path directory,
            UsageDesk usage) {}

    private Administration(Map<AdminApi.Lane, ThreadPoolExecutor> lanes) {
        this.lanes = lanes;
    }

    /** Lets the routes of {@code edge} administer; says how to begin where nobody can yet. */
    static Administration open(Parts parts, Edge edge) {
        Map<AdminApi.Lane, ThreadPoolExecutor> lanes = new EnumMap<>(AdminApi.Lane.class);
        lanes.put(AdminApi.Lane.QUICK, executor("aiproxy-admin", THREADS));
        lanes.put(AdminApi.Lane.BOOKS, executor("aiproxy-admin-books", BOOKS_THREADS));
        lanes.put(AdminApi.Lane.EXPORT, executor("aiproxy-admin-export", BOOKS_THREADS));
        AdminApi api =
                new AdminApi(parts.store, parts.audit, parts.snapshot, new GatewayHooks(parts, edge), Ticker.SYSTEM);
        edge.admin(api, lanes::get);
        if (parts.snapshot.get().adminTokens().isEmpty()) {
            LOG.info(
                    "Nobody can use the admin API yet. A token for it: aiproxy admin token new --name ops --role admin");
        }
        return new Administration(lanes);
    }

    private static ThreadPoolExecutor executor(String name, int threads) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Lets what is being done end. */
    @Override
    public void close() {
        lanes.values().forEach(ThreadPoolExecutor::shutdown);
        try {
            long end = System.nanoTime() + PATIENCE.toNanos();
            for (ThreadPoolExecutor lane : lanes.values()) {
                lane.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lanes.values().forEach(ThreadPoolExecutor::shutdownNow);
    }

    /** What the API has done by the rest of the gateway. */
    private record GatewayHooks(Parts parts, Edge edge) implements Hooks {
        @Override
        public void check(Entries entries) throws ConfigException {
            ConfigLoader.load(parts.directory, JsonDocuments.of(entries), System::getenv, 1, Instant.now());
        }

        @Override
        public List<Problem> pricesLeftOut(Entries entries) throws ConfigException {
            return ConfigLoader.pricesLeftOut(parts.directory, JsonDocuments.of(entries), System::getenv);
        }

        @Override
        public Optional<String> reload(long version) {
            return parts.reload.apply(version);
        }

        @Override
        public JsonNode testChannel(String id) {
            var channel = parts.snapshot.get().channels().get(id);
            if (channel == null) { // it has gone since somebody looked
                return JsonNodeFactory.instance.objectNode().put("channel", id).put("well", false);
            }
            try (Doctor doctor = new Doctor(DoctorTokens.INSTANCE::fetch, TEST_LIMIT)) {
                List<Examined> found = doctor.examine(List.of(channel));
                return found.get(0).json();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while a channel was tested", e);
            }
        }

        @Override
        public JsonNode explain(ExplainQuery query) {
            return edge.explain(query);
        }

        @Override
        public UsageDesk usage() {
            return parts.usage;
        }
    }
}
