package io.aiproxy.config;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one configuration again and again. It is checked as a whole every time, but users who cannot be others than at the last
 * time are not read again: where there are thousands, a changed channel, or a changed user, is in force in a tenth of the time.
 * Any thread.
 */
public final class ConfigReader {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReader.class);

    private final Path configDir;
    private final Function<String, @Nullable String> environment;
    private volatile @Nullable Known known;

    /**
     * A reader that has read nothing yet.
     *
     * @param configDir where the files are; paths in values are relative to it
     * @param environment looks environment variables up
     */
    public ConfigReader(Path configDir, Function<String, @Nullable String> environment) {
        this.configDir = configDir;
        this.environment = environment;
    }

    /**
     * Reads the configuration. Warnings about what works but should not stay so are logged, once it is known to be good.
     * Reads files, so it is never called on an event loop.
     *
     * @param documents the text of each by its file name, e.g. {@code users.yaml}; a file that is not named here is read
     *     from the directory
     * @param version of the snapshot, if it becomes one
     * @param now when that is
     * @throws ConfigException with everything that is wrong
     */
    public Snapshot load(Map<String, String> documents, long version, Instant now) throws ConfigException {
        ConfigLoader.Loaded loaded = ConfigLoader.load(configDir, documents, environment, Optional.ofNullable(known));
        loaded.warnings().forEach(LOG::warn);
        Snapshot snapshot = loaded.at(version, now);
        String users = documents.get(ConfigLoader.USERS);
        known = users != null && loaded.warnings().isEmpty() ? new Known(users, snapshot, loaded.layout()) : null;
        return snapshot;
    }
}
