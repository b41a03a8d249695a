package io.aiproxy.app.doctor;

import io.aiproxy.app.doctor.Steps.Found;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.KeySubstitution;
import io.aiproxy.credentials.Substitute;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Examines channels one step after the other, as the gateway would reach them: name, connection, egress proxy, TLS, then for
 * each credential the token and a cheap request. Blocks; several channels at once.
 */
public final class Doctor implements AutoCloseable {
    private static final int AT_ONCE = 8;

    private final Tokens tokens;
    private final Duration limit;
    private final Ticker ticker;
    private final ExecutorService channels = Executors.newFixedThreadPool(AT_ONCE, Doctor::thread);
    private final ExecutorService blocking = Executors.newCachedThreadPool(Doctor::thread);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Doctor::thread);

    /** Where tokens come from: {@code TokenSource::fetch}. */
    @FunctionalInterface
    public interface Tokens {
        /** Fetches or makes a token; see {@link io.aiproxy.credentials.TokenSource#fetch}. */
        CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential);
    }

    /**
     * A doctor.
     *
     * @param tokens for channels with a token recipe
     * @param limit how long one channel may take
     */
    public Doctor(Tokens tokens, Duration limit) {
        this.tokens = tokens;
        this.limit = limit;
        this.ticker = Ticker.SYSTEM;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "aiproxy-doctor");
        thread.setDaemon(true);
        return thread;
    }

    /** Examines all of them; the results are in their order. */
    public List<Examined> examine(Collection<ChannelConfig> all) throws InterruptedException {
        List<Future<Examined>> running = new ArrayList<>();
        for (ChannelConfig channel : all) {
            running.add(channels.submit(() -> examine(channel)));
        }
        List<Examined> done = new ArrayList<>();
        for (Future<Examined> one : running) {
            try {
                done.add(one.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return done;
    }

    private Examined examine(ChannelConfig channel) {
        Steps steps = new Steps(ticker);
        Budget budget = new Budget(ticker, limit);
        Future<?> end = clock.schedule(budget::end, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            ask(channel, budget, steps);
            Hosts.others(channel).forEach(place -> reach(place, channel, budget, steps));
        } finally {
            end.cancel(false);
        }
        return new Examined(channel.id(), channel.baseUrl().toString(), steps.all());
    }

    /** The channel's own host, and there every credential. */
    private void ask(ChannelConfig channel, Budget budget, Steps steps) {
        try {
            Line.close(line(channel, budget, steps).open());
        } catch (StepFailure e) {
            return; // is among the steps; without a connection there is nothing more to try
        }
        boolean keyless = channel.auth().place() == AuthConfig.Place.NONE;
        List<CredentialConfig> credentials = keyless || channel.credentials().isEmpty()
                ? List.of(new CredentialConfig("", Secret.of("")))
                : channel.credentials();
        for (CredentialConfig credential : credentials) {
            probe(channel, credential, budget, steps);
        }
    }

    private Line line(ChannelConfig channel, Budget budget, Steps steps) {
        return new Line(Hosts.main(channel), channel.timeouts().connect(), budget, steps, blocking);
    }

    /** Another of the channel's hosts. Nothing is asked there: what a model's host answers says nothing of the model. */
    private void reach(Hosts.Place place, ChannelConfig channel, Budget budget, Steps steps) {
        try {
            Line.close(new Line(place, channel.timeouts().connect(), budget, steps.at(place.at()), blocking).open());
        } catch (StepFailure e) {
            // is among the steps
        }
    }

    /** One credential; what is wrong with it says nothing about the next. */
    private void probe(ChannelConfig channel, CredentialConfig credential, Budget budget, Steps steps) {
        try {
            Secret secret = channel.token().isPresent()
                    ? steps.run(
                            "token",
                            credential.name(),
                            () -> token(channel, credential, channel.token().get(), budget))
                    : credential.apiKey();
            steps.run("probe", credential.name(), () -> ask(channel, credential.name(), secret, budget));
        } catch (StepFailure e) {
            // is among the steps
        }
    }

    private Found<Boolean> ask(ChannelConfig channel, String name, Secret secret, Budget budget) throws StepFailure {
        Line line = line(channel, budget, new Steps(ticker)); // its steps are known already
        try {
            Substitute substitute = KeySubstitution.once(channel, name, secret);
            Socket socket = line.open();
            try {
                return Probe.of(channel).ask(socket, substitute, line.proxyLogin(), budget);
            } finally {
                Line.close(socket);
            }
        } catch (FailureException e) { // a credential that cannot be sent, a path that cannot be asked for
            throw new StepFailure(String.valueOf(e.getMessage()));
        }
    }

    private Found<Secret> token(ChannelConfig channel, CredentialConfig credential, TokenConfig recipe, Budget budget)
            throws StepFailure {
        try {
            Secret token = tokens.fetch(channel, credential)
                    .toCompletableFuture()
                    .get(budget.millis(recipe.timing().timeout()), TimeUnit.MILLISECONDS);
            return Found.ok(token, "a token was given");
        } catch (TimeoutException e) {
            throw new StepFailure("no token in time: is the token endpoint reachable from here?");
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof FailureException failure
                    ? String.valueOf(failure.getMessage())
                    : "the token could not be made";
            throw new StepFailure(why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailure("interrupted");
        }
    }

    @Override
    public void close() {
        channels.shutdownNow();
        blocking.shutdownNow();
        clock.shutdownNow();
    }
}
