package io.aiproxy.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * Keys that a provider made for one of our users, for a short time: OpenAI's {@code ek_…} of
 * {@code POST /v1/realtime/client_secrets} (https://platform.openai.com/docs/api-reference/realtime-sessions), which a
 * server hands to a browser. The browser comes to the gateway with it; who it is for is known only from here. Kept in
 * memory alone: after a restart a client asks for a new one, as it does when one has expired.
 *
 * <p>One object per process, for any thread; does not block.
 */
public final class EphemeralKeys {
    /** Each lives for minutes, so these are many thousand new ones every minute; beyond it the least used goes. */
    private static final int MOST = 100_000;

    /** Providers give minutes to hours. What a strange answer says must not last longer than a day. */
    private static final Duration LONGEST = Duration.ofHours(24);

    /** So long an expired one is still known, for a caller to be told that it has expired. */
    private static final Duration REMEMBERED_EXPIRED = Duration.ofHours(1);

    private static final int LONGEST_VALUE = 4096;

    private final Ticker ticker;
    private final Cache<String, Held> held;

    /**
     * Whose an ephemeral key is and where it counts.
     *
     * @param userId the user who asked for it
     * @param keyName the name of the proxy key with which the user did
     * @param channel the id of the channel that made it
     * @param credential the name of the credential with which the channel was asked
     */
    public record Owner(String userId, String keyName, String channel, String credential) {}

    /**
     * What is known of an ephemeral key.
     *
     * @param key the key itself
     * @param owner whose it is
     * @param expiresAtMillis wall clock; from then on it is refused
     */
    public record Held(Secret key, Owner owner, long expiresAtMillis) {
        /** Whether its time is over at {@code nowMillis}, wall clock. */
        public boolean isExpired(long nowMillis) {
            return nowMillis >= expiresAtMillis;
        }
    }

    /** None yet. */
    public EphemeralKeys(Ticker ticker) {
        this.ticker = ticker;
        this.held = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfter(Expiry.writing((String value, Held key) -> kept(key)))
                .ticker(ticker::nanos)
                .executor(Runnable::run) // its upkeep is short, and nobody has to wait for another thread
                .build();
    }

    /**
     * Remembers a key that a channel has just made.
     *
     * @param value the key
     * @param owner whose it is
     * @param expiresAtMillis wall clock, as the provider says; counts for a day at most
     * @return false when it is not taken because no caller could present it: it is empty, longer than 4096 characters, or
     *     has others than visible ASCII
     */
    public boolean remember(String value, Owner owner, long expiresAtMillis) {
        if (!isPresentable(value)) {
            return false;
        }
        long latest = ticker.millis() + LONGEST.toMillis();
        held.put(value, new Held(Secret.of(value), owner, Math.max(0, Math.min(expiresAtMillis, latest))));
        return true;
    }

    /** What is known of a presented key; it may have expired since. Empty for one that is unknown or long forgotten. */
    public Optional<Held> find(String value) {
        return Optional.ofNullable(held.getIfPresent(value));
    }

    private Duration kept(Held key) {
        long left = Math.max(0, key.expiresAtMillis - ticker.millis());
        return Duration.ofMillis(left).plus(REMEMBERED_EXPIRED);
    }

    private static boolean isPresentable(String value) {
        if (value.isEmpty() || value.length() > LONGEST_VALUE) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) <= ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** How many are remembered, for tests. */
    long size() {
        held.cleanUp();
        return held.estimatedSize();
    }
}
