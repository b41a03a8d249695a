package io.aiproxy.testing;

import io.aiproxy.app.Settings;
import java.util.Optional;

/** How tests start the gateway. */
@FunctionalInterface
public interface GatewayStarter {
    /**
     * Starts a gateway and returns when it listens.
     *
     * @throws Exception when the configuration is bad
     */
    Running start(Settings settings) throws Exception;

    /**
     * A gateway that runs.
     *
     * @param port its port
     * @param opsPort the operational pages' own port
     * @param stop stops it gracefully
     */
    record Running(int port, Optional<Integer> opsPort, Runnable stop) {}
}
