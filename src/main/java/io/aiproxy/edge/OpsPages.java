package io.aiproxy.edge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.channels.Health;
import io.aiproxy.config.Snapshot;
import io.aiproxy.telemetry.StatsPage;
import io.aiproxy.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/** The operational pages, as steps for {@code routes/ops}. Open to whoever reaches their port; no key is on any of them. */
public final class OpsPages {
    private static final String JSON = "application/json; charset=utf-8";

    private final View view;
    private final StatsPage stats;
    private final Telemetry telemetry;

    /**
     * What the pages tell of.
     *
     * @param version of the program
     * @param draining whether the gateway is on its way out
     * @param snapshot the configuration in force
     * @param configProblem why the latest change of the configuration was not taken, or null
     * @param storeTrouble what is the matter with the place where the configuration is kept; empty: nothing
     * @param usageTrouble what is the matter with booking; empty: nothing
     * @param routeGeneration counts route sets
     * @param routeProblem why the latest change of the routes was not taken, or null
     */
    public record View(
            String version,
            BooleanSupplier draining,
            Supplier<Snapshot> snapshot,
            Supplier<@Nullable String> configProblem,
            Supplier<Optional<String>> storeTrouble,
            Supplier<Optional<String>> usageTrouble,
            Supplier<Integer> routeGeneration,
            Supplier<@Nullable String> routeProblem) {}

    /** Pages over these. */
    public OpsPages(View view, StatsPage stats, Telemetry telemetry) {
        this.view = view;
        this.stats = stats;
        this.telemetry = telemetry;
    }

    /** The steps by the names that route files use; {@code health} tells how channels do. */
    Map<String, Processor> steps(Health health) {
        Map<String, Processor> steps = new LinkedHashMap<>();
        steps.put("health", page(this::health));
        steps.put("ready", page(() -> ready(health)));
        steps.put("status", page(() -> status(health)));
        steps.put("stats", page(this::stats));
        steps.put("dashboard", page(() -> new Page(200, "text/html; charset=utf-8", stats.dashboard())));
        steps.put("metrics", page(() -> new Page(200, Telemetry.SCRAPE_TYPE, telemetry.scrape())));
        return steps;
    }

    /** One page as it is now. */
    private record Page(int status, String type, String text) {}

    private static Processor page(Supplier<Page> maker) {
        return exchange -> {
            ExchangeKeys.journey(exchange).call().uncounted();
            Page page = maker.get();
            DefaultMessage message = new DefaultMessage(exchange.getContext());
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, page.status);
            message.setHeader("content-type", page.type);
            message.setHeader("cache-control", "no-store");
            message.setHeader("access-control-allow-origin", "*");
            message.setBody(page.text.getBytes(StandardCharsets.UTF_8));
            exchange.setMessage(message);
        };
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1000;
    }

    private Page health() {
        ObjectNode page = node().put("status", "ok").put("timestamp", seconds()).put("version", view.version);
        return new Page(200, JSON, page.toString());
    }

    private Page ready(Health health) {
        boolean ready = !view.draining.getAsBoolean();
        ObjectNode page = node().put("status", ready ? "ready" : "draining").put("timestamp", seconds());
        page.set("configuration", configuration());
        page.set("routes", routes());
        page.set("usage", usage());
        page.set("unwell", HealthPage.unwell(health));
        return new Page(ready ? 200 : 503, JSON, page.toString());
    }

    private Page status(Health health) {
        Snapshot snapshot = view.snapshot.get();
        ObjectNode page = node().put("status", view.draining.getAsBoolean() ? "draining" : "running")
                .put("config_loaded", true)
                .put("timestamp", seconds())
                .put("version", view.version)
                .put("demo", snapshot.demo())
                .put("users", snapshot.users().size())
                .put("channels", snapshot.channels().size());
        page.set("configuration", configuration());
        page.set("routes", routes());
        page.set("usage", usage());
        page.set("health", HealthPage.all(health));
        return new Page(200, JSON, page.toString());
    }

    private ObjectNode configuration() {
        Snapshot snapshot = view.snapshot.get();
        ObjectNode part = node().put("version", snapshot.version())
                .put("loaded_at", snapshot.loadedAt().toString());
        part.put("problem", view.configProblem.get());
        return part.put("store_trouble", view.storeTrouble.get().orElse(null));
    }

    private ObjectNode routes() {
        return node().put("generation", view.routeGeneration.get()).put("problem", view.routeProblem.get());
    }

    private ObjectNode usage() {
        return node().put("trouble", view.usageTrouble.get().orElse(null));
    }

    private Page stats() {
        return new Page(200, JSON, stats.json(view.snapshot.get(), System.currentTimeMillis()));
    }
}
