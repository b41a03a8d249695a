package io.aiproxy.app;

import io.aiproxy.app.statistics.UsageService;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.FileWatcher;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Watched;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.Tokens;
import io.aiproxy.edge.Edge;
import io.aiproxy.edge.LoopWatchdog;
import io.aiproxy.edge.Memories;
import io.aiproxy.edge.OpsPages;
import io.aiproxy.edge.RouteFiles;
import io.aiproxy.edge.RouteMeters;
import io.aiproxy.edge.RouteSetException;
import io.aiproxy.edge.RouteSets;
import io.aiproxy.limits.LimitLog;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import io.aiproxy.telemetry.AccessLog;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Meters;
import io.aiproxy.telemetry.StatsPage;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.wire.Books;
import io.aiproxy.wire.CallHandler;
import io.aiproxy.wire.EventLoops;
import io.aiproxy.wire.HttpListener;
import io.aiproxy.wire.Limits;
import io.aiproxy.wire.ServerTls;
import io.aiproxy.wire.UpstreamClients;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One running gateway: builds everything, starts it in order, stops it in the opposite one. The port opens last, when
 * configuration and routes are in force, and closes first.
 */
public final class Gateway implements AutoCloseable {
    private final Settings settings;
    private final Ticker clock;
    private final long startedMillis;
    private final Opened opened;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean draining = new AtomicBoolean();

    private final CamelSide camel;
    private final LimitStore limitStore;
    private final Bookkeeping bookkeeping;
    private final EventLoops loops;
    private final UpstreamClients clients;
    private final Edge edge;
    private final Telemetry telemetry;
    private final UsageService usageDesk;
    private final Tokens tokens;
    private final Stores stores;
    private final Configuration configuration;
    private final HttpListener listener;
    private final @Nullable HttpListener opsListener;
    private final @Nullable HttpListener demoListener;
    private final RouteSets routes;
    private final RouteSets.Source routeSource;
    private final @Nullable ServerTls tls;

    private Gateway(
            Settings settings, Properties properties, boolean listens, @Nullable UsageParts usage, Opened opened)
            throws ConfigException, IOException {
        this.settings = settings;
        this.opened = opened;
        camel = closing(CamelSide.begin(properties)); // first, as it works beside all that follows
        clock = usage == null ? Ticker.SYSTEM : usage.clock();
        startedMillis = clock.millis();
        usageDesk = new UsageService(this::snapshot, clock);
        stores = closing(stores(settings, listens));
        ConfigStore store = stores.config();
        boolean demo = !settings.configDirGiven() && !begun(settings);
        Snapshot configured = demo ? Configuration.demo(1) : read(store);
        tls = TlsFiles.load(settings);
        limitStore = closing(LimitStore.open(settings)); // the last to end
        bookkeeping = closing(new Bookkeeping(settings, this::snapshot, usage)); // when the last receipt has come
        loops = closing(new EventLoops(Runtime.getRuntime().availableProcessors()));
        clients = closing(new UpstreamClients());
        AccessLog accessLog = new AccessLog(configured.system().accessLog(), settings.dataDir(), Ticker.SYSTEM);
        telemetry = closing(new Telemetry(accessLog, Ticker.SYSTEM));
        edge = new Edge(new Edge.Ports(
                () -> settings.port(),
                settings.opsPort().isPresent() ? () -> settings.opsPort().get() : null,
                () -> 1));
        watchAndLimit();
        tokens = closing(Tokens.open(settings.dataDir(), Ticker.SYSTEM));
        configuration = new Configuration(
                new Configuration.Source(store, () -> begun(settings)), edge.policies(), clients, telemetry, tokens);
        Books books = new Books(bookkeeping.after(telemetry), telemetry.sockets(), bookkeeping::beforeTheEnd, clock);
        listener = closing(new HttpListener(loops, edge.gateway(), books, this::limits, tls));
        configuration.whenInForce(now -> listener.sockets().review());
        opsListener = settings.opsPort().isPresent() ? listen(edge.ops(), books) : null;
        demoListener = demo ? listen(edge.demo(), new Books(receipt -> {}, SocketWatch.NONE)) : null;
        Snapshot snapshot = configured;
        if (demoListener != null) {
            configuration.activate(configured); // limits are asked for by the first connection
            if (listens) {
                demoListener.bind("127.0.0.1", 0);
                snapshot = Configuration.demo(demoListener.port());
            }
        }
        configuration.activate(snapshot);
        registerSteps();
        routes = closing(edge.routeSets(clients, CamelSide.routeProperties(settings, properties)));
        routeSource =
                () -> CamelSide.routeFiles(settings, configuration.snapshot().demo());
    }

    /** Whether anything is configured. */
    private static boolean begun(Settings settings) {
        return settings.database().isPresent() || ConfigLoader.present(settings.configDir());
    }

    private void watchAndLimit() {
        edge.watch(telemetry.sockets());
        edge.tellHealth(telemetry);
        edge.tellEvents(telemetry);
        var limiting = PricedMetering.limits(limitStore.counters(), edge.policies(), new LimitLog(telemetry));
        edge.limits(limiting);
        bookkeeping.tell(new UsageTold(telemetry, limiting));
    }

    /** Where the configuration is kept. A check must not leave a trace. */
    private static Stores stores(Settings settings, boolean listens) throws IOException {
        try {
            return listens ? Stores.open(settings, System::getenv) : Stores.toLookAt(settings, System::getenv);
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Snapshot read(ConfigStore store) throws ConfigException, IOException {
        try {
            return store.load();
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private HttpListener listen(CallHandler handler, Books books) {
        return closing(new HttpListener(loops, handler, books, this::limits, null));
    }

    private <T extends AutoCloseable> T closing(T part) {
        return opened.add(part);
    }

    private void registerSteps() {
        ExecutorService readers = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "aiproxy-body-reader");
            thread.setDaemon(true);
            return thread;
        });
        opened.add(readers::shutdownNow);
        Memories memories = closing(Memories.open(
                settings.dataDir(), configuration.snapshot().system().affinity()));
        edge.stages(memories, readers, tokens);
        edge.probes(clients, tokens, loops.all());
        edge.bean("backup", closing(new BackupStep(settings, stores, configuration::snapshot, telemetry)));
        closing(ReportStep.open(settings, configuration::snapshot, bookkeeping::books, telemetry.state()))
                .register(edge);
        OpsPages.View view = new OpsPages.View(
                Version.current(),
                draining::get,
                configuration::snapshot,
                configuration::problem,
                stores.trouble(),
                bookkeeping::trouble,
                () -> routes.generation(),
                () -> routes.problem());
        edge.pages(
                new OpsPages(view, new StatsPage(telemetry.statistics(), Version.current(), startedMillis), telemetry));
    }

    /**
     * Starts a gateway.
     *
     * @throws ConfigException when the configuration cannot be used; its message names every problem
     * @throws IOException when a file or the port cannot be used
     * @throws RouteSetException when the routes cannot be used
     */
    public static Gateway start(Settings settings) throws ConfigException, IOException, RouteSetException {
        return start(settings, new Properties());
    }

    /** As {@link #start(Settings)}, with values for placeholders in routes and for Camel itself. */
    public static Gateway start(Settings settings, Properties properties)
            throws ConfigException, IOException, RouteSetException {
        return start(settings, properties, UsageParts.usual());
    }

    /** As above, with books; null: calls are not booked. */
    public static Gateway start(Settings settings, Properties properties, @Nullable UsageParts usage)
            throws ConfigException, IOException, RouteSetException {
        return start(settings, properties, usage, new Opened(() -> false));
    }

    /** The usual start, which ends with {@link StartGivenUp} soon after {@code givenUp}; that is asked on this thread. */
    static Gateway start(Settings settings, Properties properties, BooleanSupplier givenUp)
            throws ConfigException, IOException, RouteSetException {
        return start(settings, properties, UsageParts.usual(), new Opened(givenUp));
    }

    private static Gateway start(Settings settings, Properties properties, @Nullable UsageParts usage, Opened opened)
            throws ConfigException, IOException, RouteSetException {
        Gateway gateway = build(settings, properties, true, usage, opened);
        try {
            gateway.open();
            return gateway;
        } catch (IOException | RouteSetException | RuntimeException e) {
            gateway.close();
            throw e;
        }
    }

    private static Gateway build(
            Settings settings, Properties properties, boolean listens, @Nullable UsageParts usage, Opened opened)
            throws ConfigException, IOException {
        try {
            return new Gateway(settings, properties, listens, usage, opened);
        } catch (ConfigException | IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Does all that a start does but open ports and watch files, and puts it away again. */
    static Check check(Settings settings, Properties properties)
            throws ConfigException, IOException, RouteSetException {
        Gateway gateway = build(settings, properties, false, null, new Opened(() -> false));
        try {
            gateway.camel.await();
            gateway.routes.start(gateway.routeSource);
            int routes = Objects.requireNonNull(gateway.routes.context()).getRoutesSize();
            return new Check(gateway.snapshot(), routes, gateway.routesFrom());
        } finally {
            gateway.close();
        }
    }

    private void open() throws IOException, RouteSetException {
        limitStore.start(telemetry);
        bookkeeping.open();
        bookkeeping.show(telemetry);
        closing(usageDesk);
        bookkeeping.books().ifPresent(usageDesk::open);
        camel.await();
        opened.goOn();
        routes.start(routeSource);
        RouteMeters meters = closing(new RouteMeters(telemetry, routes));
        meters.refresh();
        meters(closing(new LoopWatchdog(loops.all())));
        if (opsListener != null) {
            opsListener.bind(settings.opsHost(), settings.opsPort().orElse(0));
        }
        listener.bind(settings.host(), settings.port());
        if (!snapshot().demo()) {
            administer();
        }
        bookkeeping.load();
        usageDesk.goOn(telemetry.statistics(), startedMillis, () -> bookkeeping.caughtUp(startedMillis));
        closing(configuration.store().watch(() -> {
            boolean wasDemo = snapshot().demo();
            configuration.reload();
            if (wasDemo && !snapshot().demo()) {
                administer();
                reloadRoutes(meters);
            }
        }));
        settings.routesDir()
                .ifPresent(directory -> watch(
                        "aiproxy-watch-routes",
                        () -> new Watched(Set.of(), Set.of(directory), RouteFiles.SUFFIX),
                        () -> reloadRoutes(meters)));
        if (tls != null) {
            opened.add(TlsFiles.watch(settings, tls));
        }
    }

    /** Opens the admin API. The demo has none: there is nothing that could be changed. */
    private void administer() {
        closing(Administration.open(
                new Administration.Parts(
                        stores.config(),
                        new AuditEvents(stores.audit(), telemetry),
                        configuration::snapshot,
                        configuration::reload,
                        settings.configDir(),
                        usageDesk),
                edge));
    }

    private void meters(LoopWatchdog watchdog) {
        telemetry.observe(Meters.CALLS_IN_FLIGHT, listener::countedCalls, "http");
        telemetry.observe(Meters.CLIENT_CONNECTIONS, listener::openConnections);
        telemetry.observe(Meters.EVENT_LOOP_LATE, watchdog::late);
        telemetry.observe(Meters.ROUTES_GENERATION, routes::generation);
    }

    private void reloadRoutes(RouteMeters meters) {
        if (routes.reload(routeSource)) {
            meters.refresh();
            int generation = routes.generation();
            telemetry.tell(EventStream.CONFIG, "routes.in_force", () -> Map.of("generation", generation));
        } else {
            telemetry.state().routesReloadFailed();
            String why = String.valueOf(routes.problem());
            telemetry.tell(EventStream.CONFIG, "routes.refused", () -> Map.of("reason", why));
        }
    }

    private void watch(String name, Supplier<Watched> what, Runnable onChange) {
        opened.add(new FileWatcher(name, what, onChange).start());
    }

    private Limits limits() {
        var system = configuration.snapshot().system();
        return new Limits(
                system.limits().requestBody(),
                system.limits().requestBodiesTotal(),
                system.limits().requestHead(),
                system.maxConnections(),
                system.client().headTimeout(),
                system.client().bodyTimeout(),
                system.client().keepAlive(),
                system.client().stallTimeout());
    }

    /** The port of everything. */
    public int port() {
        return listener.port();
    }

    /** The operational pages' own port, if they have one. */
    public Optional<Integer> opsPort() {
        return Optional.ofNullable(opsListener).map(HttpListener::port);
    }

    /** The configuration in force. */
    public Snapshot snapshot() {
        return configuration.snapshot();
    }

    /** The configuration's keeper. */
    Configuration configuration() {
        return configuration;
    }

    /** How calls are booked. */
    public Bookkeeping bookkeeping() {
        return bookkeeping;
    }

    /** Where the configuration is kept. */
    public String configuredIn() {
        return stores.config().place();
    }

    /** Where the routes come from. */
    public String routesFrom() {
        return routes.from();
    }

    /** Not ready any more; accepts nothing more; running answers get the grace period; then everything ends. Once. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        draining.set(true);
        try {
            listener.drain(settings.grace());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        opened.close();
    }
}
