package io.aiproxy.behaviour;

import io.aiproxy.app.Gateway;
import io.aiproxy.app.Settings;
import io.aiproxy.app.UsageParts;
import io.aiproxy.usage.MemoryBooks;
import io.aiproxy.usage.Pricing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/** A gateway in a process of its own, to be killed; its books are down all the time, so that its journal keeps everything. */
public final class KilledGateway {
    /** What it says when it listens; the port follows. */
    static final String LISTENS = "listens on ";

    private KilledGateway() {}

    /** Runs until it is killed; {@code args}: its directory. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Settings settings = new Settings(
                "127.0.0.1",
                0,
                Optional.empty(),
                "127.0.0.1",
                Optional.empty(),
                Optional.empty(),
                home.resolve("config"),
                true,
                Optional.of(home.resolve("routes")),
                home.resolve("data"),
                Duration.ofSeconds(5),
                Optional.empty(),
                Optional.empty());
        MemoryBooks books = new MemoryBooks();
        books.fail(MemoryBooks.Failure.DOWN);
        UsageParts parts = new UsageParts((of, snapshot) -> books, Optional.empty(), snapshot -> Pricing.NONE);
        Gateway gateway = Gateway.start(settings, new Properties(), parts);
        System.out.println(LISTENS + gateway.port());
        waitForEver();
        gateway.close();
    }

    private static void waitForEver() throws IOException {
        while (System.in.read() >= 0) {
            // the end of it is the end of the test that has started this
        }
    }
}
