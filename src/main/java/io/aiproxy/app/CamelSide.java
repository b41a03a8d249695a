package io.aiproxy.app;

import io.aiproxy.edge.RouteFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;

/** What Camel is told when the process starts: its own context, and what routes need to know. */
final class CamelSide implements AutoCloseable {
    private final CompletableFuture<Main> starting;

    private CamelSide(CompletableFuture<Main> starting) {
        this.starting = starting;
    }

    /**
     * Begins to start the process's own context: properties, health, JMX. Calls never run in it; route sets have their own. On
     * a thread of its own, because nothing needs it before the routes do, and reading the configuration takes as long.
     */
    static CamelSide begin(Properties properties) {
        return new CamelSide(CompletableFuture.supplyAsync(() -> start(properties), task -> {
            Thread thread = new Thread(task, "aiproxy-camel-start");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private static Main start(Properties properties) {
        Main main = new Main();
        // Its usual strategy has a shutdown hook, which waits at a signal until this context has stopped. We stop it.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.addInitialProperty("camel.main.name", "aiproxy");
        // There is nothing in it but itself; what is to be seen in JMX are the contexts of route sets.
        main.addInitialProperty("camel.main.jmxManagementMBeansLevel", "ContextOnly");
        properties.forEach((key, value) -> {
            if (key.toString().startsWith("camel.")) {
                main.addInitialProperty(key.toString(), value.toString());
            }
        });
        main.start();
        return main;
    }

    /** Waits until it has started; throws why it could not. */
    void await() {
        try {
            starting.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw e;
        }
    }

    /** Stops the context, when it has started. */
    @Override
    public void close() {
        var unused = starting.handle((main, failure) -> {
                    if (main != null) {
                        main.stop();
                    }
                    return main;
                })
                .join();
    }

    /** The values of placeholders in routes. */
    static Properties routeProperties(Settings settings, Properties properties) {
        Properties values = new Properties();
        values.putAll(properties);
        values.setProperty("aiproxy.port", Integer.toString(Math.max(1, settings.port())));
        values.setProperty(
                "aiproxy.ops.port",
                Integer.toString(Math.max(1, settings.opsPort().orElse(settings.port()))));
        values.setProperty("aiproxy.data", settings.dataDir().toString());
        return values;
    }

    /** The route files to run. */
    static RouteFiles routeFiles(Settings settings, boolean demo) throws IOException {
        Optional<Path> directory = settings.routesDir();
        return directory.isPresent() ? RouteFiles.of(directory.get(), demo) : RouteFiles.builtIn(demo);
    }
}
