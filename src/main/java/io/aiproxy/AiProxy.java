package io.aiproxy;

import io.aiproxy.app.Settings;
import io.aiproxy.cli.Cli;
import java.util.Properties;

/** The program. */
public final class AiProxy {
    private AiProxy() {}

    /** Hands over to the command line. */
    public static void main(String[] args) {
        System.exit(Cli.execute(args, AiProxy::gateway));
    }

    /** The one place where the command line meets the gateway. */
    private static int gateway(Settings settings, Properties properties) {
        throw new UnsupportedOperationException("this build holds no gateway for " + settings);
    }
}
