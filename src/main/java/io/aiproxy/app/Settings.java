package io.aiproxy.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

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
 * @param routesDir where the route files are. Default: {@code routes} beside the configuration directory if it exists,
 *     otherwise the routes inside the jar
 * @param dataDir where the gateway writes. Default: {@code data} beside the configuration directory
 * @param grace how long running answers may go on after SIGTERM. Default: 30s
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
        Duration grace) {}
