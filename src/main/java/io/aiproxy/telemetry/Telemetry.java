package io.aiproxy.telemetry;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Everything that is told about calls, as one sink: access log, statistics, meters. Made once per process; owns its
 * access log and its registry.
 */
public final class Telemetry implements ReceiptSink, AutoCloseable {
    /** The media type of {@link #scrape()}. */
    public static final String SCRAPE_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final AccessLog accessLog;
    private final GatewayState state = new GatewayState();
    private final Statistics statistics = new Statistics(state.webSockets());
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final MeterSink meters = new MeterSink(registry);
    private final LimitMeters limits = new LimitMeters(meters.registrar());
    private final ChannelGauges channelGauges = new ChannelGauges(meters.registrar());
    private final SocketWatch sockets = new Sockets(statistics, state.webSockets(), meters::socketsOf);
    private final FanOut sinks;

    /**
     * @param accessLog closed together with this
     * @param ticker time
     */
    public Telemetry(AccessLog accessLog, Ticker ticker) {
        this.accessLog = accessLog;
        this.sinks = new FanOut(List.of(accessLog, statistics, meters), ticker);
        process();
        gateway();
    }

    private void process() {
        new JvmMemoryMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private void gateway() {
        MeterRegistrar to = meters.registrar();
        to.observe(Meters.CALLS_IN_FLIGHT, () -> state.webSockets().now(), "websocket");
        to.observe(Meters.CONFIG_VERSION, configured(GatewayState.Configured::version));
        to.observe(Meters.CONFIG_RELOAD_FAILURES, state::configReloadFailures);
        to.observe(Meters.ROUTES_RELOAD_FAILURES, state::routesReloadFailures);
        to.observe(Meters.BACKUPS, state::backups);
        to.observe(Meters.BACKUP_FAILURES, state::backupFailures);
        to.observe(Meters.REPORTS, state::reports);
        to.observe(Meters.REPORT_FAILURES, state::reportFailures);
        to.observe(Meters.ACCESS_LOG_LINES_DROPPED, accessLog::dropped);
        to.observe(Meters.USERS, configured(GatewayState.Configured::activeUsers), "active");
        to.observe(Meters.USERS, configured(GatewayState.Configured::disabledUsers), "disabled");
        to.observe(Meters.CHANNELS, configured(GatewayState.Configured::activeChannels), "active");
        to.observe(Meters.CHANNELS, configured(GatewayState.Configured::disabledChannels), "disabled");
    }

    private DoubleSupplier configured(ToLongFunction<GatewayState.Configured> number) {
        return () -> number.applyAsLong(state.configured());
    }

    /** Books a receipt everywhere. Called on event loops; never blocks and never throws. */
    @Override
    public void accept(Receipt receipt) {
        sinks.accept(receipt);
    }

    /** Counts WebSockets while they live, until their receipts come. Called on event loops; never blocks. */
    public SocketWatch sockets() {
        return sockets;
    }

    /** This configuration has come into force: channels become tags, the access log goes where it says. Any thread. */
    public void configured(Snapshot snapshot) {
        state.configured(snapshot);
        meters.channels(snapshot.channels().keySet());
        channelGauges.channels(snapshot.channels().keySet());
        accessLog.reconfigure(snapshot.system().accessLog());
    }

    /** The numbers behind {@code /stats}. */
    public Statistics statistics() {
        return statistics;
    }

    /** Where the application tells of itself: reload failures. */
    public GatewayState state() {
        return state;
    }

    /** The body of {@code GET /metrics}, Prometheus's text format, {@value #SCRAPE_TYPE}. Takes milliseconds; any thread. */
    public String scrape() {
        return registry.scrape();
    }

    /**
     * Shows a number that a route keeps (Camel's own counters, say). A second registration for the same route takes the
     * place of the first.
     *
     * @param meter one with the tag {@code route} alone, such as {@link Meters#ROUTE_EXCHANGES}
     * @param route the route's id
     * @param value read at every scrape, on the scraping thread; must not block
     * @return takes it away again, unless another has taken its place
     */
    public Runnable route(Meters meter, String route, DoubleSupplier value) {
        if (!meter.tags().equals(List.of(MeterTag.ROUTE))) {
            throw new IllegalArgumentException(meter + " is not a meter of routes: its tags are " + meter.tags());
        }
        return meters.registrar().observe(meter, value, route);
    }

    /**
     * Shows a number that another part of the gateway keeps, such as {@link Meters#CLIENT_CONNECTIONS}.
     *
     * @param value read at every scrape, on the scraping thread; must not block
     * @param tagValues one for each of the meter's tags
     */
    public void observe(Meters meter, DoubleSupplier value, String... tagValues) {
        meters.registrar().observe(meter, value, tagValues);
    }

    /**
     * Shows a number that another part of the gateway keeps for every channel, as long as the channel is configured.
     *
     * @param meter one whose first tag is the channel, such as {@link Meters#CHANNEL_IN_FLIGHT}
     * @param byChannel gives the value for a channel's id; read at every scrape, on the scraping thread; must not block
     * @param moreTags one for each of the meter's other tags
     */
    public void observeChannels(Meters meter, ToDoubleFunction<String> byChannel, String... moreTags) {
        channelGauges.observe(meter, byChannel, List.of(moreTags));
    }

    /** A credential of this channel is not as it was; {@code state} is one of a few words. Rare; any thread. */
    public void healthChanged(String channel, String state) {
        meters.healthChanged(channel, state);
    }

    /** A limit of this scope (one of a few words) has refused a call, or would have, were it no shadow. Any thread. */
    public void limitRejected(LimitConfig.Quantity quantity, String scope, boolean shadow) {
        limits.rejected(quantity, scope, shadow);
    }

    /** Of a limit of this scope (one of a few words) so much is used that a warning was asked for. Any thread. */
    public void limitNearing(LimitConfig.Quantity quantity, String scope) {
        limits.nearing(quantity, scope);
    }

    /** Writes what the access log still holds and ends everything. */
    @Override
    public void close() {
        accessLog.close();
        garbageCollection.close();
        registry.close();
    }
}
