package io.aiproxy.edge;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import io.aiproxy.credentials.TokenSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tokens by a script, by the credential's name. What was fetched is kept until it is refused. */
final class ScriptedTokens implements TokenSource {
    private final Map<String, Secret> kept = new HashMap<>();
    private final Map<String, Deque<Consumer<CompletableFuture<Secret>>>> scripts = new HashMap<>();
    private final List<String> refused = new ArrayList<>();
    private int fetches;

    static FailureException unavailable() {
        return Failure.of(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE, "The token endpoint of the channel is down.")
                .asException();
    }

    /** There is a token. */
    synchronized ScriptedTokens have(String credential, String token) {
        kept.put(credential, Secret.of(token));
        return this;
    }

    /** What the next fetch, not yet scripted, does; it is called on the fetching thread. */
    synchronized ScriptedTokens onFetch(String credential, Consumer<CompletableFuture<Secret>> script) {
        scripts.computeIfAbsent(credential, name -> new ArrayDeque<>()).add(script);
        return this;
    }

    /** The next fetches bring these tokens, each on another thread. */
    ScriptedTokens bring(String credential, String... tokens) {
        for (String token : tokens) {
            onFetch(credential, fetch -> fetch.completeAsync(() -> Secret.of(token)));
        }
        return this;
    }

    /** The next fetch fails. */
    ScriptedTokens fail(String credential) {
        return onFetch(credential, fetch -> fetch.completeExceptionally(unavailable()));
    }

    synchronized int fetches() {
        return fetches;
    }

    synchronized List<String> refused() {
        return List.copyOf(refused);
    }

    @Override
    public synchronized @Nullable Secret cached(ChannelConfig channel, CredentialConfig credential) {
        return kept.get(credential.name());
    }

    @Override
    public CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential) {
        CompletableFuture<Secret> fetch = new CompletableFuture<>();
        CompletionStage<Secret> kept = fetch.thenApply(token -> keep(credential.name(), token));
        Consumer<CompletableFuture<Secret>> script;
        synchronized (this) {
            fetches++;
            Deque<Consumer<CompletableFuture<Secret>>> left = scripts.get(credential.name());
            if (left == null || left.isEmpty()) {
                throw new AssertionError("nobody expected a token of " + credential.name() + " to be fetched");
            }
            script = left.poll();
        }
        script.accept(fetch);
        return kept;
    }

    private synchronized Secret keep(String credential, Secret token) {
        kept.put(credential, token);
        return token;
    }

    @Override
    public synchronized void refused(ChannelConfig channel, CredentialConfig credential, Secret token) {
        refused.add(token.reveal());
        kept.remove(credential.name(), token);
    }
}
