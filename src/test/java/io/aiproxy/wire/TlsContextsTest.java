package io.aiproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.core.Origin;
import io.aiproxy.core.Target;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsContextsTest {
    @TempDir
    Path directory;

    private static Target target(String host, Optional<Path> caFile) {
        return new Target(
                new Origin(true, host, 443), new Target.Tls(true, caFile, host), origin -> Optional.empty(), true);
    }

    @Test
    void whoIsReachedAlikeHasOneContext() throws IOException {
        UpstreamTls tls = new UpstreamTls();
        Target one = target("one.example", Optional.empty());
        Target other = target("other.example", Optional.empty());
        tls.prepare(List.of(one, other));
        assertThat(tls.context(one)).isSameAs(tls.context(other));
    }

    @Test
    void whatCannotBePreparedLeavesTheContextsInForceAlone() throws IOException {
        UpstreamTls tls = new UpstreamTls();
        Target good = target("good.example", Optional.empty());
        tls.prepare(List.of(good));
        SslContext before = tls.context(good);
        Path file = Files.writeString(directory.resolve("ca.pem"), "no certificate");
        Target broken = target("broken.example", Optional.of(file));
        assertThatThrownBy(() -> tls.prepare(List.of(good, broken)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ca.pem");
        assertThat(tls.context(good)).isSameAs(before);
        tls.prepare(List.of(good));
        assertThat(tls.context(good)).as("files are read again").isNotSameAs(before);
    }
}
