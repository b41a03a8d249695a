package io.aiproxy.app;

import io.aiproxy.edge.RouteFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.main.Main;

/** What Camel is told when the process starts: its own context, and what routes need to know. */
final class CamelSide {
    private CamelSide() {}

    /** The process's own context: properties, health, JMX. Calls never run in it; route sets have their own. */
    static AutoCloseable start(Properties properties) {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "aiproxy");
        properties.forEach((key, value) -> {
            if (key.toString().startsWith("camel.")) {
                main.addInitialProperty(key.toString(), value.toString());
            }
        });
        main.start();
        return main::stop;
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
        return directory.isPresent() ? RouteFiles.in(directory.get(), demo) : RouteFiles.builtIn(demo);
    }
}
