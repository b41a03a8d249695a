package io.aiproxy.app;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.DemoConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.edge.RouteSetException;
import io.aiproxy.wire.EventLoops;
import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one gateway as a program: tells what was started, waits for the signal to stop, ends with 0. */
public final class Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

    private Launcher() {}

    /** Runs until SIGTERM or SIGINT. Returns only when the gateway could not be started. */
    public static int run(Settings settings, Properties properties) throws InterruptedException {
        StopSignal signal = StopSignal.listen();
        int code = start(settings, properties, signal);
        if (code == 0) {
            new CountDownLatch(1).await();
        }
        return code;
    }

    private static int start(Settings settings, Properties properties, StopSignal signal) {
        try {
            Gateway gateway = Gateway.start(settings, properties, signal::received);
            signal.started(gateway);
            report(gateway, settings);
            return 0;
        } catch (ConfigException e) {
            LOG.error(
                    "The configuration in {} cannot be used; nothing was started:\n{}",
                    settings.configDir(),
                    e.getMessage());
        } catch (IOException | RouteSetException e) {
            LOG.error("The gateway cannot start: {}", e.getMessage());
        } catch (StartGivenUp e) {
            LOG.debug("The start was given up");
        } finally {
            signal.notStarted(); // counts only if it was not started
        }
        return 1;
    }

    private static void report(Gateway gateway, Settings settings) {
        Snapshot snapshot = gateway.snapshot();
        String scheme = settings.tlsCertificate().isPresent() ? "https" : "http";
        String host = settings.host().isEmpty() ? "*" : settings.host();
        LOG.info(
                "AIProxy {} listens on {}://{}:{} ({})",
                Version.current(),
                scheme,
                host,
                gateway.port(),
                EventLoops.transport());
        gateway.opsPort().ifPresent(port -> LOG.info("Operational pages on http://{}:{}", settings.opsHost(), port));
        LOG.info("Routes: {}", gateway.routesFrom());
        if (snapshot.demo()) {
            demo(gateway, settings, scheme);
            return;
        }
        LOG.info(
                "Configuration: {} ({} users, {} channels)",
                gateway.configuredIn(),
                snapshot.users().size(),
                snapshot.channels().size());
    }

    private static void demo(Gateway gateway, Settings settings, String scheme) {
        LOG.warn("""
                ==================== D E M O ====================
                No configuration was found in {}, so a demo channel answers and no AI platform is asked.
                Try it:  curl -N {}://localhost:{}/v1/chat/completions -H 'Authorization: Bearer {}' \\
                           -H 'Content-Type: application/json' \\
                           -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"hello"}]}'
                Leave it: copy config/examples/users.yaml and channels.yaml to {} and edit them; no restart is needed.
                =================================================""", settings.configDir(), scheme, gateway.port(), DemoConfig.PROXY_KEY, settings.configDir());
    }
}
