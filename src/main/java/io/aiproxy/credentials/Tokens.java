package io.aiproxy.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.telemetry.Redaction;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and keeps the tokens of all channels with a recipe: in memory, in files under {@code <data>/tokens} for the next
 * run, and from the recipe when neither has one. A token is fetched when it is first asked for, and in the background
 * before it ends. One object for the whole life of the gateway: a new configuration goes on with the tokens of what has not
 * changed, and never with those of what has.
 *
 * <p>{@link #cached}, {@link #fetch} and {@link #refused} may be called on event loops: what takes time happens on four
 * threads of its own.
 */
public final class Tokens implements TokenSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final int THREADS = 4;
    private static final long CLOSE_SECONDS = 3;

    /** Far above the credentials of any company; a bound only. */
    private static final int MAX_CACHED = 10_000;

    private final Ticker ticker;
    private final TokenFiles files;
    private final TokenHttp http;
    private final ThreadPoolExecutor executor;
    private final Map<String, TokenSlot> slots = new ConcurrentHashMap<>();

    /** The way from configuration objects to their slots, so that a fingerprint is computed once for each of them. */
    private final Cache<Pair, TokenSlot> known = Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .executor(Runnable::run)
            .build();

    /** Compared by identity: comparing what is in them would take longer than all the rest. */
    private static final class Pair {
        private final ChannelConfig channel;
        private final CredentialConfig credential;

        Pair(ChannelConfig channel, CredentialConfig credential) {
            this.channel = channel;
            this.credential = credential;
        }

        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Pair pair && pair.channel == channel && pair.credential == credential;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(channel) * 31 + System.identityHashCode(credential);
        }
    }

    /** A slot, for whom, and how its token is made. */
    private record Job(TokenSlot slot, TokenRecipe recipe, TokenConfig.Timing timing, TokenOrder order) {}

    private Tokens(Path dataDir, Ticker ticker) {
        this.ticker = ticker;
        this.files = new TokenFiles(dataDir, ticker);
        AtomicInteger count = new AtomicInteger();
        this.executor =
                new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "aiproxy-tokens-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        this.http = new TokenHttp(executor);
    }

    /**
     * Without any token yet; files are read when their tokens are first asked for.
     *
     * @param dataDir where {@code tokens/} is made when there is something to keep
     * @param ticker all time, but for the patience with token endpoints
     */
    public static Tokens open(Path dataDir, Ticker ticker) {
        return new Tokens(dataDir, ticker);
    }

    /**
     * Goes on with this configuration: tokens of credentials that are in it stay, all others are dropped and their files
     * removed, certificate files are read again, and what has failed may be tried again. To be called when a configuration
     * has come into force, at the start too. Does no I/O itself.
     */
    public void retain(Snapshot snapshot) {
        Set<Pair> pairs = new HashSet<>();
        Set<String> fingerprints = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (ChannelConfig channel : snapshot.channels().values()) {
            channel.token().ifPresent(token -> channel.credentials().forEach(credential -> {
                Pair pair = new Pair(channel, credential);
                String fingerprint = TokenFingerprint.of(channel, credential, token);
                TokenSlot slot = slot(channel, credential, fingerprint);
                known.put(pair, slot);
                slot.forgive(); // a proxy or a certificate may be another one now
                pairs.add(pair);
                fingerprints.add(fingerprint);
                names.add(slot.file());
            }));
        }
        slots.forEach((fingerprint, slot) -> {
            if (!fingerprints.contains(fingerprint)) {
                slot.leave();
                slots.remove(fingerprint, slot);
            }
        });
        known.asMap().keySet().retainAll(pairs);
        http.forget();
        boolean ignored = execute(() -> files.retain(names));
    }

    @Override
    public @Nullable Secret cached(ChannelConfig channel, CredentialConfig credential) {
        TokenSlot slot = known.getIfPresent(new Pair(channel, credential));
        if (slot == null) {
            slot = bind(channel, credential);
        }
        TokenSlot.Held held = slot == null ? null : slot.held();
        if (slot == null || held == null) {
            return null;
        }
        long now = ticker.millis();
        if (now >= held.endMillis()) {
            return null;
        }
        if (now >= held.refreshAtMillis() && slot.beginRefresh(ticker.nanos())) {
            start(slot, channel, credential);
        }
        return held.token();
    }

    @Override
    public CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential) {
        Secret atHand = cached(channel, credential);
        if (atHand != null) {
            return CompletableFuture.completedFuture(atHand);
        }
        TokenSlot slot = bind(channel, credential);
        if (slot == null) {
            return CompletableFuture.failedFuture(Failure.of(
                            FailureKind.CHANNEL_MISCONFIGURED,
                            "The channel \"" + channel.id() + "\" has no recipe for tokens.")
                    .asException());
        }
        TokenSlot.Joined joined = slot.join(ticker.millis(), ticker.nanos());
        // A future of each caller's own, so that nobody can end it for the others.
        CompletableFuture<Secret> result = new CompletableFuture<>();
        CompletableFuture<?> ignored = joined.future().whenComplete((token, thrown) -> {
            if (thrown == null) {
                result.complete(token);
            } else {
                result.completeExceptionally(thrown);
            }
        });
        if (joined.starts()) {
            start(slot, channel, credential);
        }
        return result;
    }

    @Override
    public void refused(ChannelConfig channel, CredentialConfig credential, Secret token) {
        TokenSlot slot = bind(channel, credential);
        if (slot == null) {
            return;
        }
        FailureException failure = Failure.of(
                        FailureKind.UPSTREAM_TOKEN_UNAVAILABLE,
                        "The channel \"" + channel.id() + "\" refuses every new token of its credential \""
                                + credential.name() + "\"; the next one is made after a pause.")
                .asException();
        if (slot.refused(token, ticker.nanos(), failure)) {
            LOG.info(
                    "Channel {} refuses the token of its credential {}; it is dropped",
                    channel.id(),
                    credential.name());
            boolean ignored = execute(() -> {
                synchronized (slot.fileLock()) {
                    files.delete(slot.file(), token);
                }
            });
        }
    }

    private @Nullable TokenSlot bind(ChannelConfig channel, CredentialConfig credential) {
        TokenConfig token = channel.token().orElse(null);
        return token == null
                ? null
                : known.get(
                        new Pair(channel, credential),
                        pair -> slot(channel, credential, TokenFingerprint.of(channel, credential, token)));
    }

    private TokenSlot slot(ChannelConfig channel, CredentialConfig credential, String fingerprint) {
        return slots.computeIfAbsent(
                fingerprint, print -> new TokenSlot(TokenFiles.name(channel.id(), credential.name(), print)));
    }

    /** To be called by whoever has begun it at the slot, and by nobody else. */
    private void start(TokenSlot slot, ChannelConfig channel, CredentialConfig credential) {
        TokenConfig config = channel.token().orElseThrow();
        TokenOrder order = new TokenOrder(channel, credential, http, ticker);
        Job job = new Job(slot, TokenRecipe.of(config), config.timing(), order);
        if (!execute(() -> run(job))) {
            slot.failed(order.failed("the gateway is stopping"), ticker.nanos());
        }
    }

    private void run(Job job) {
        try {
            TokenFiles.Kept kept = job.recipe.kept() && job.slot.firstRead() ? files.read(job.slot.file()) : null;
            if (kept != null) {
                long since = TokenSlot.longAgo(ticker.nanos());
                TokenSlot.Held held = TokenSlot.Held.of(kept.token(), kept.madeAtMillis(), job.timing, since);
                boolean ignored = job.slot.succeeded(held);
                job.slot.release(held);
                return;
            }
            CompletionStage<?> ignored = job.recipe.make(job.order).whenComplete((token, thrown) -> {
                if (thrown == null) {
                    arrived(job, token);
                } else {
                    failed(job, TokenTrouble.unwrapped(thrown));
                }
            });
        } catch (RuntimeException e) {
            failed(job, e);
        }
    }

    private void arrived(Job job, Token token) {
        long now = ticker.millis();
        TokenSlot.Held held = TokenSlot.Held.of(token, now, job.timing, ticker.nanos());
        if (job.slot.succeeded(held)) {
            LOG.info(
                    "Tokens for the channel {} with its credential {} can be had again",
                    job.order.channel().id(),
                    job.order.credential().name());
        }
        LOG.debug("New token for {}, good for {} s", job.order, (held.endMillis() - now) / 1000);
        if (job.recipe.kept()) { // under way before anybody has the token, so that closing waits for it
            boolean ignored = execute(() -> keep(job.slot, held, new TokenFiles.Kept(token, now)));
        }
        job.slot.release(held);
    }

    /** Unless the token has been refused or replaced, or the credential has gone, in the meantime. */
    @SuppressWarnings("ReferenceEquality")
    private void keep(TokenSlot slot, TokenSlot.Held held, TokenFiles.Kept kept) {
        synchronized (slot.fileLock()) {
            if (slot.held() == held && !slot.isGone()) {
                files.write(slot.file(), kept);
            }
            if (slot.isGone()) {
                files.delete(slot.file(), held.token());
            }
        }
    }

    private void failed(Job job, Throwable thrown) {
        FailureException failure;
        if (thrown instanceof FailureException expected) {
            failure = expected;
            Throwable cause = expected.getCause();
            LOG.warn(
                    "{}{}",
                    expected.getMessage(),
                    cause == null ? "" : " (" + Redaction.redact(cause.toString()) + ")");
        } else { // a defect; what it says may quote anything
            failure = job.order.failed("the gateway has a defect, of which its log tells more");
            StackTraceElement[] trace = thrown.getStackTrace();
            LOG.error(
                    "Making a token for {} failed: {} at {}",
                    job.order,
                    thrown.getClass().getName(),
                    trace.length == 0 ? "" : trace[0]);
        }
        job.slot.failed(failure, ticker.nanos());
    }

    private boolean execute(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** Ends the threads; tokens that have arrived are written first, for at most three seconds. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
        slots.forEach((fingerprint, slot) -> slot.failed(
                Failure.of(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE, "No token: the gateway is stopping.")
                        .asException(),
                ticker.nanos()));
    }
}
