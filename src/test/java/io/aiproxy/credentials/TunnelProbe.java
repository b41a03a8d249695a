package io.aiproxy.credentials;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Fetches tokens through a tunnel and prints them, or the failures: a program of its own, see {@link TokenWayTest}. */
final class TunnelProbe {
    private TunnelProbe() {}

    /** @param arguments URL of the endpoint without its path, CA file, port of the proxy, passwords with commas */
    public static void main(String[] arguments) throws Exception {
        for (String password : arguments[3].split(",")) {
            ChannelConfig channel = TokenWayTest.channel(
                    arguments[0],
                    TokenWayTest.verified(Path.of(arguments[1])),
                    Optional.of(TokenWayTest.egress(Integer.parseInt(arguments[2]), password)));
            Path directory = Files.createTempDirectory("tunnel-probe");
            try (Tokens tokens = Tokens.open(directory, Ticker.SYSTEM)) {
                Secret token = tokens.fetch(channel, channel.credentials().get(0))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
                System.out.println(token.reveal());
            } catch (ExecutionException e) {
                System.out.println(e.getCause().getMessage());
            }
        }
    }
}
