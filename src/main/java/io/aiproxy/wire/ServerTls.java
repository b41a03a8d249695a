package io.aiproxy.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Path;

/** The gateway's own certificate; can be exchanged while connections are open, which keep the one they began with. */
public final class ServerTls {
    private final Path certificate;
    private final Path key;
    private volatile SslContext context;

    /** Reads a PEM certificate chain and its PEM PKCS#8 key. Blocks. */
    public ServerTls(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.context = read(certificate, key);
    }

    /** Reads the same files again; if they cannot be used, the certificate in use stays. Blocks. */
    public void reload() throws IOException {
        context = read(certificate, key);
    }

    private static SslContext read(Path certificate, Path key) throws IOException {
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .build();
        } catch (RuntimeException | IOException e) {
            Throwable root = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot use the certificate " + certificate + " with the key " + key + ": " + root.getMessage()
                            + " (both must be PEM, the key PKCS#8 without a password)",
                    e);
        }
    }

    SslHandler handler(ByteBufAllocator allocator) {
        return context.newHandler(allocator);
    }
}
