package io.aiproxy.wire;

import io.aiproxy.core.Target;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;

/**
 * TLS towards channels. Contexts are made when a configuration comes into force, because making one reads files, and
 * only looked up on the event loops.
 */
final class UpstreamTls {
    /** What a context depends on. */
    private record Kind(boolean verify, Optional<Path> caFile, boolean http2) {
        static Kind of(Target target) {
            return new Kind(target.tls().verify(), target.tls().caFile(), target.http2());
        }
    }

    private final Map<Kind, SslContext> contexts = new ConcurrentHashMap<>();

    /**
     * Makes the contexts that {@code targets} need, each once however many need it; reads certificate files again. Blocks.
     * If one cannot be made, all stays as it was.
     */
    void prepare(Collection<Target> targets) throws IOException {
        Map<Kind, SslContext> fresh = new HashMap<>();
        for (Target target : targets) {
            Kind kind = Kind.of(target);
            if (target.origin().tls() && !fresh.containsKey(kind)) {
                fresh.put(kind, build(kind));
            }
        }
        contexts.putAll(fresh);
    }

    SslContext context(Target target) {
        SslContext context = contexts.get(Kind.of(target));
        if (context == null) {
            throw new IllegalStateException("no TLS context was prepared for " + target);
        }
        return context;
    }

    private static SslContext build(Kind kind) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (kind.http2) {
            builder.ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1));
        }
        try {
            if (!kind.verify) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm("");
            } else {
                builder.endpointIdentificationAlgorithm("HTTPS");
                kind.caFile.ifPresent(file -> builder.trustManager(file.toFile()));
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            String file = kind.caFile.map(path -> "the CA file " + path).orElse("the certificates of the Java runtime");
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }
}
