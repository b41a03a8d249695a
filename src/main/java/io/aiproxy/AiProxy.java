package io.aiproxy;

import io.aiproxy.app.DoctorTokens;
import io.aiproxy.app.Launcher;
import io.aiproxy.app.UsageParts;
import io.aiproxy.cli.Cli;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Secret;
import java.util.concurrent.CompletionStage;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The program. */
public final class AiProxy {
    private AiProxy() {}

    /** Hands over to the command line. */
    public static void main(String[] args) {
        // Netty's sampling records a stack trace for one buffer in a hundred: about a microsecond per call. The tests
        // look for leaks with every buffer; whoever suspects one here sets the property on the command line.
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            System.setProperty("io.netty.leakDetection.level", "disabled");
        }
        // OpenTelemetry and a database driver log with the JDK's own logging, which would write past the log's format.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        System.exit(Cli.execute(
                args, Launcher::run, AiProxy::token, UsageParts.usual().books()::open));
    }

    private static CompletionStage<Secret> token(ChannelConfig channel, CredentialConfig credential) {
        return DoctorTokens.INSTANCE.fetch(channel, credential);
    }
}
