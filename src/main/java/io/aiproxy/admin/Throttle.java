package io.aiproxy.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aiproxy.core.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Slows down whoever guesses: after some wrong tokens from one address (of IPv6 one network of 64 bits, because a machine
 * has as many addresses as it likes) nothing is looked at for a while, which doubles each time. Bounded; any thread.
 */
final class Throttle {
    private static final int FREE = 5;
    private static final int MOST_DOUBLINGS = 10;
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration MEMORY = Duration.ofHours(1);
    private static final int MOST_ADDRESSES = 10_000;

    private final Ticker ticker;
    private final Cache<String, Failures> failures;

    /** How often somebody was wrong, and until when nothing is looked at. */
    private record Failures(int count, long untilNanos) {}

    Throttle(Ticker ticker) {
        this.ticker = ticker;
        this.failures = Caffeine.newBuilder()
                .maximumSize(MOST_ADDRESSES)
                .expireAfterWrite(MEMORY)
                .ticker(ticker::nanos)
                .executor(Runnable::run)
                .build();
    }

    /** How many seconds nothing is looked at; 0: come in. */
    long waitSeconds(InetAddress client) {
        Failures known = failures.getIfPresent(place(client));
        if (known == null || known.count < FREE) {
            return 0;
        }
        long left = known.untilNanos - ticker.nanos();
        return left <= 0 ? 0 : (left + 999_999_999L) / 1_000_000_000L;
    }

    void failed(InetAddress client) {
        failures.asMap().compute(place(client), (ignored, known) -> {
            int count = known == null ? 1 : Math.min(known.count + 1, 1000);
            long seconds = 1L << Math.min(Math.max(0, count - FREE), MOST_DOUBLINGS);
            long nanos = Math.min(Duration.ofSeconds(seconds).toNanos(), LONGEST.toNanos());
            return new Failures(count, ticker.nanos() + nanos);
        });
    }

    void succeeded(InetAddress client) {
        failures.invalidate(place(client));
    }

    private static String place(InetAddress client) {
        byte[] bytes = client.getAddress();
        return HexFormat.of().formatHex(client instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
    }
}
