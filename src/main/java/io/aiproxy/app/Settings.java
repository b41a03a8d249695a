package io.aiproxy.app;

import io.aiproxy.core.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What one process is told at its start and cannot change later. Each is given by flag, environment variable or
 * {@code config/application.properties}, in this order.
 *
 * @param host address to listen on. Default: empty, which means all, IPv4 and IPv6
 * @param port the port of everything. Default: 8001; 0 takes a free one
 * @param opsPort a port of their own for the operational pages. Default: none, they are on {@code port}
 * @param opsHost address for {@code opsPort}. Default: 127.0.0.1
 * @param tlsCertificate PEM file with the certificate chain. Default: none, plain HTTP
 * @param tlsKey PEM file with its PKCS#8 key. Required with a certificate
 * @param configDir where users.yaml, channels.yaml and system.yaml are. Default: ./config
 * @param configDirGiven whether somebody named it; then it must hold a configuration and the demo never starts
 * @param routesDir where the route files are, which need not exist ({@link io.aiproxy.edge.RouteFiles#of}). Empty: only those inside the
 *     jar. Default: {@code routes} beside the configuration directory
 * @param dataDir where the gateway writes. Default: {@code data} beside the configuration directory
 * @param grace how long running answers may go on after SIGTERM. Default: 30s
 * @param database the database that keeps the configuration instead of the files in {@code configDir}. Default: none
 * @param redis {@code redis://} or {@code rediss://} URL of the server that keeps limits for several instances together; a
 *     secret because a password may be in it. Default: none, each instance counts for itself
 */
public record Settings(
        String host,
        int port,
        Optional<Integer> opsPort,
        String opsHost,
        Optional<Path> tlsCertificate,
        Optional<Path> tlsKey,
        Path configDir,
        boolean configDirGiven,
        Optional<Path> routesDir,
        Path dataDir,
        Duration grace,
        Optional<Database> database,
        Optional<Secret> redis) {

    /**
     * A database.
     *
     * @param url {@code jdbc:sqlite:<file>}, {@code jdbc:postgresql://…}, {@code jdbc:mariadb://…} or {@code jdbc:mysql://…}
     * @param user empty where none is needed
     * @param password empty where none is needed
     */
    public record Database(String url, String user, Secret password) {}

    /** As this, writing elsewhere. */
    public Settings withDataDir(Path directory) {
        return with(copy -> copy.dataDir = directory);
    }

    /** As this, with another time for running answers. */
    public Settings withGrace(Duration time) {
        return with(copy -> copy.grace = time);
    }

    /** As this, with a port of their own for the operational pages. */
    public Settings withOpsPort(int of) {
        return with(copy -> copy.opsPort = Optional.of(of));
    }

    /** As this, with TLS. */
    public Settings withTls(Path certificate, Path key) {
        return with(copy -> {
            copy.tlsCertificate = Optional.of(certificate);
            copy.tlsKey = Optional.of(key);
        });
    }

    /** As this, with the configuration in a database. */
    public Settings withDatabase(Database of) {
        return with(copy -> copy.database = Optional.of(of));
    }

    /** As this, with limits kept in Redis. */
    public Settings withRedis(Secret url) {
        return with(copy -> copy.redis = Optional.of(url));
    }

    private Settings with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return new Settings(
                host,
                port,
                copy.opsPort,
                opsHost,
                copy.tlsCertificate,
                copy.tlsKey,
                configDir,
                configDirGiven,
                routesDir,
                copy.dataDir,
                copy.grace,
                copy.database,
                copy.redis);
    }

    /** What can be changed in a copy. */
    private static final class Copy {
        private Optional<Integer> opsPort;
        private Optional<Path> tlsCertificate;
        private Optional<Path> tlsKey;
        private Path dataDir;
        private Duration grace;
        private Optional<Database> database;
        private Optional<Secret> redis;

        Copy(Settings of) {
            opsPort = of.opsPort;
            tlsCertificate = of.tlsCertificate;
            tlsKey = of.tlsKey;
            dataDir = of.dataDir;
            grace = of.grace;
            database = of.database;
            redis = of.redis;
        }
    }
}
