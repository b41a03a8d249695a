package io.aiproxy.app;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.edge.RouteSetException;
import java.io.IOException;
import java.util.Properties;

/**
 * What a start would find: the same steps with the same messages, but no port is opened and nothing is written to the data
 * directory, so it can be made beside a running gateway.
 *
 * @param snapshot the configuration
 * @param routes how many routes there are
 * @param routesFrom their directory, {@code built-in}, or both
 */
public record Check(Snapshot snapshot, int routes, String routesFrom) {
    /**
     * Makes the check.
     *
     * @throws ConfigException when the configuration cannot be used; its message names every problem
     * @throws IOException when a file cannot be used
     * @throws RouteSetException when the routes cannot be used
     */
    public static Check run(Settings settings, Properties properties)
            throws ConfigException, IOException, RouteSetException {
        try (Scratch scratch = Scratch.make("aiproxy-check")) {
            return Gateway.check(settings.withDataDir(scratch.directory()), properties);
        }
    }
}
