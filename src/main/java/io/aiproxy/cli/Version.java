package io.aiproxy.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "aiproxy " + io.aiproxy.app.Version.current(),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name")
        };
    }
}
