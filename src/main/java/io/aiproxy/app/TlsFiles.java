package io.aiproxy.app;

import io.aiproxy.config.FileWatcher;
import io.aiproxy.config.Watched;
import io.aiproxy.wire.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway's own certificate and key, in files that may change while it runs. */
final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private TlsFiles() {}

    /** The certificate; null when the port is plain HTTP. */
    static @Nullable ServerTls load(Settings settings) throws IOException {
        Optional<Path> certificate = settings.tlsCertificate();
        Optional<Path> key = settings.tlsKey();
        return certificate.isPresent() && key.isPresent() ? new ServerTls(certificate.get(), key.get()) : null;
    }

    /** Puts a changed certificate into force for new connections. */
    static AutoCloseable watch(Settings settings, ServerTls secure) {
        List<Path> files = List.of(
                settings.tlsCertificate().orElseThrow(), settings.tlsKey().orElseThrow());
        return new FileWatcher("aiproxy-watch-tls", () -> Watched.files(files), () -> {
                    try {
                        secure.reload();
                        LOG.info("The new TLS certificate is in force for new connections");
                    } catch (IOException e) {
                        LOG.error("The new TLS certificate was not taken, the old one stays: {}", e.getMessage());
                    }
                })
                .start();
    }
}
