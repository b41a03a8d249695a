package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import java.util.Properties;

/** Runs the gateway: what {@code aiproxy run} hands over to once the settings are known to be sound. */
@FunctionalInterface
public interface Runner {
    /**
     * Runs until the process is told to stop. Called on the main thread.
     *
     * @param settings what the process is told at its start; paths are absolute
     * @param properties what else {@code application.properties} holds: {@code camel.*} for Camel, any other key as a
     *     placeholder for route files
     * @return the process's exit code: 0 after an orderly stop, 1 for a configuration that cannot be used, which has been
     *     told to the user
     * @throws Exception a defect; shown with its stack trace
     */
    int run(Settings settings, Properties properties) throws Exception;
}
