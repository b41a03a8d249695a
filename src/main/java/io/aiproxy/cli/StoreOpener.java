package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.config.ConfigException;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import java.io.IOException;

/** Opens the store that a gateway with these settings would use, for commands that change the configuration. */
@FunctionalInterface
interface StoreOpener {
    /** The store; whoever opens it closes it. Its problems are told to the user as they are. */
    ConfigStore open(Settings settings) throws ConfigException, StoreException, IOException;
}
