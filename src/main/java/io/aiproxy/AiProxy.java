package io.aiproxy;

import io.aiproxy.app.Launcher;
import io.aiproxy.cli.Cli;

/** The program. */
public final class AiProxy {
    private AiProxy() {}

    /** Hands over to the command line. */
    public static void main(String[] args) {
        System.exit(Cli.execute(args, Launcher::run));
    }
}
