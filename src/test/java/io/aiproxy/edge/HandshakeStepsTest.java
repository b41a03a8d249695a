package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.access.EphemeralKeys;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import io.aiproxy.dialects.RequestFacts;
import io.aiproxy.dialects.Spoken;
import io.aiproxy.testing.RawClient;
import io.aiproxy.wire.Answer;
import io.aiproxy.wire.Books;
import io.aiproxy.wire.CallHandler;
import io.aiproxy.wire.EventLoops;
import io.aiproxy.wire.HttpListener;
import io.aiproxy.wire.Limits;
import io.aiproxy.wire.ServerCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the steps authenticate, choose and substitute make of a real request on a real connection: where it would go, and
 * with which headers. Nothing is sent anywhere.
 */
class HandshakeStepsTest {
    private static final String USERS = """
            users:
              zhangsan: {channels: [openai], proxy_key: pk_test_zhangsan}
              lisi: {channels: [azure, openai, plain], proxy_key: pk_test_lisi}
            """;
    private static final String CHANNELS = """
            channels:
              openai:
                base_url: https://openai.example/v1
                credentials: [{name: main, api_key: fake_main}, {name: spare, api_key: fake_spare}]
                model_aliases: {voice: gpt-realtime}
                headers: {remove: [Origin]}
              azure:
                base_url: https://azure.example
                websocket_url: wss://ws.azure.example:8443/deep
                websocket_endpoints: {/v1/realtime: /openai/realtime}
                models: [gpt-realtime]
                auth: {query: api-key}
                api_key: fake_azure
              plain:
                base_url: http://plain.example
                supports_websocket: no
                auth: none
            """;
    private static final long SOON =
            System.currentTimeMillis() + Duration.ofMinutes(10).toMillis();

    @TempDir
    Path directory;

    private final EphemeralKeys ephemeral = new EphemeralKeys(Ticker.SYSTEM);
    private final Policies policies = new Policies();
    private final EventLoops loops = new EventLoops(1);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final CompletableFuture<Journey> journey = new CompletableFuture<>();
    private final HttpListener listener = new HttpListener(
            loops, new Steps(), new Books(receipt -> {}, SocketWatch.NONE), HandshakeStepsTest::limits, null);
    private final ScriptedTokens tokens = new ScriptedTokens();
    private final AtomicLong nanos = new AtomicLong();
    private final Ticker ticker = new Ticker() {
        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public long millis() {
            return 0;
        }
    };
    private Memories memories;

    /** Runs the steps on every call, as its route does, and answers it. */
    private final class Steps implements CallHandler {
        @Override
        public void handle(ServerCall call) {
            Journey steps = new Journey(call);
            try {
                Exchange exchange = new DefaultExchange(camel);
                ExchangeKeys.journey(exchange, steps);
                new Authenticate(policies, ephemeral, memories.deferred()).process(exchange);
                admit(steps);
                new Choose(memories.affinity()).process(exchange);
                new SubstituteKey(tokens, Runnable::run, ticker).process(exchange, sync -> done(steps, exchange));
            } catch (RuntimeException e) {
                journey.completeExceptionally(e);
                call.respond(Answer.of(204, List.of(), new byte[0]));
            }
        }

        private void done(Journey steps, Exchange exchange) {
            if (exchange.getException() == null) {
                journey.complete(steps);
            } else {
                journey.completeExceptionally(exchange.getException());
            }
            steps.serverCall().respond(Answer.of(204, List.of(), new byte[0]));
        }

        @Override
        public Answer refusal(Call call, Failure failure) {
            journey.completeExceptionally(failure.asException());
            return Answer.of(failure.kind().status(), List.of(), new byte[0]);
        }

        @Override
        public void unfinished(Call call) {
            throw new AssertionError("every request here is whole");
        }

        @Override
        public byte[] lastWords(Call call, Failure failure, byte[] tail) {
            return new byte[0];
        }
    }

    /** What the step admit finds out. */
    private static void admit(Journey journey) {
        Call call = journey.call();
        RequestFacts facts = RequestFacts.read(call.head(), call.body(), new Spoken(call.dialect(), call.operation()));
        journey.facts(facts);
        call.model(facts.model());
    }

    @BeforeEach
    void start() throws IOException, ConfigException {
        memories = Memories.open(directory, SystemConfig.defaults().affinity());
        Files.writeString(directory.resolve("users.yaml"), USERS);
        Files.writeString(directory.resolve("channels.yaml"), CHANNELS);
        policies.activate(Policy.of(ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH)));
        listener.bind("127.0.0.1", 0);
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        loops.close();
        memories.close();
        camel.close();
    }

    @Test
    void aBrowsersKeyStaysAndTheChannelsGoes() throws Exception {
        Journey done = handshake(
                "/v1/realtime?model=voice",
                "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.pk_test_zhangsan",
                "Sec-WebSocket-Protocol: openai-beta.realtime-v1",
                "Origin: https://app.example");
        Journey.Dispatch dispatch = done.dispatch();
        assertThat(done.call().caller().userId()).isEqualTo("zhangsan");
        assertThat(dispatch.uri()).isEqualTo("/v1/realtime?model=gpt-realtime");
        assertThat(sent(dispatch))
                .containsExactly(
                        Map.entry("Sec-WebSocket-Protocol", "realtime, openai-beta.realtime-v1"),
                        Map.entry("authorization", "Bearer fake_main"));
        assertThat(dispatch.edits().remove())
                .contains("Sec-WebSocket-Protocol", "origin")
                .doesNotContain("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions");
        assertThat(dispatch.place().target().http2()).isFalse();
        assertThat(dispatch.place().host()).isEqualTo("openai.example");
    }

    @Test
    void aKeyAsTheOnlySubprotocolTakesTheHeaderWithIt() throws Exception {
        Journey.Dispatch dispatch = handshake(
                        "/v1/realtime", "Sec-WebSocket-Protocol: openai-insecure-api-key.pk_test_zhangsan")
                .dispatch();
        assertThat(dispatch.edits().remove()).contains("Sec-WebSocket-Protocol");
        assertThat(sent(dispatch)).doesNotContainKey("Sec-WebSocket-Protocol");
    }

    @Test
    void subprotocolsWithoutAKeyPassAsTheyAre() throws Exception {
        Journey.Dispatch dispatch = handshake(
                        "/v1/realtime", "Authorization: Bearer pk_test_zhangsan", "Sec-WebSocket-Protocol: realtime, x")
                .dispatch();
        assertThat(dispatch.edits().remove()).doesNotContain("Sec-WebSocket-Protocol");
        assertThat(sent(dispatch)).doesNotContainKey("Sec-WebSocket-Protocol");
    }

    @Test
    void aHandshakeThatLostItsUpgradeOnTheWayDoesNotGiveTheKeyAway() throws Exception {
        Journey.Dispatch dispatch = request(
                        "/v1/realtime",
                        "x-api-key: pk_test_zhangsan",
                        "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.pk_test_zhangsan")
                .dispatch();
        assertThat(sent(dispatch)).containsEntry("Sec-WebSocket-Protocol", "realtime");
        assertThat(dispatch.place().target().http2()).isTrue();
    }

    @Test
    void theWebSocketUrlAndItsPathsCount() throws Exception {
        Journey.Dispatch dispatch = handshake(
                        "/v1/realtime?model=gpt-realtime&key=pk_test_lisi", "Authorization: Bearer unused")
                .dispatch();
        assertThat(dispatch.uri()).isEqualTo("/deep/openai/realtime?model=gpt-realtime&api-key=fake_azure");
        assertThat(dispatch.place().host()).isEqualTo("ws.azure.example:8443");
        assertThat(dispatch.place().target().origin()).hasToString("https://ws.azure.example:8443");
        assertThat(sent(dispatch)).isEmpty();
    }

    @Test
    void httpGoesWhereItAlwaysWent() throws Exception {
        Journey.Dispatch dispatch =
                request("/azure/v1/realtime", "api-key: pk_test_lisi").dispatch();
        assertThat(dispatch.uri()).isEqualTo("/v1/realtime?api-key=fake_azure");
        assertThat(dispatch.place().host()).isEqualTo("azure.example");
        assertThat(dispatch.place().target().http2()).isTrue();
    }

    @Test
    void aChannelWithoutWebSocketsIsNamedInTheRefusal() {
        Failure failure = catchThrowableOfType(
                        FailureException.class, () -> handshake("/plain/v1/realtime", "api-key: pk_test_lisi"))
                .failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.WEBSOCKET_NOT_SUPPORTED);
        assertThat(failure.message()).contains("plain", "supports_websocket");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.ek_test_1 | /v1/realtime",
                "Authorization: Bearer ek_test_1 | /v1/realtime",
                "api-key: ek_test_1 | /openai/v1/realtime",
                "x-api-key: unused | /v1/realtime?key=ek_test_1",
            })
    void anEphemeralKeyGoesToTheChannelThatMadeItAndNoOther(String header, String target) throws Exception {
        ephemeral.remember("ek_test_1", new EphemeralKeys.Owner("lisi", "default", "openai", "spare"), SOON);
        Journey done = handshake(target, header);
        assertThat(done.call().caller().userId()).isEqualTo("lisi");
        assertThat(done.call().channel()).isEqualTo("openai");
        assertThat(done.call().credential()).isEqualTo("spare");
        assertThat(done.dispatch().uri()).isEqualTo("/v1/realtime");
        assertThat(sent(done.dispatch())).containsEntry("authorization", "Bearer ek_test_1");
        assertThat(done.routing().choice().candidates()).hasSize(1);
    }

    @Test
    void anEphemeralKeyIsABearerTokenWhereverTheChannelWantsItsOwnCredential() throws Exception {
        ephemeral.remember("ek_test_1", new EphemeralKeys.Owner("lisi", "default", "azure", "default"), SOON);
        Journey.Dispatch dispatch = request("/v1/realtime/calls?key=ek_test_1", "Authorization: Bearer ek_test_1")
                .dispatch();
        assertThat(dispatch.uri()).isEqualTo("/v1/realtime/calls");
        assertThat(sent(dispatch)).containsEntry("authorization", "Bearer ek_test_1");
    }

    @Test
    void anEphemeralKeyOpensNoOtherChannel() {
        ephemeral.remember("ek_test_1", new EphemeralKeys.Owner("lisi", "default", "openai", "main"), SOON);
        Failure failure = catchThrowableOfType(
                        FailureException.class, () -> handshake("/azure/v1/realtime", "api-key: ek_test_1"))
                .failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.CHANNEL_NOT_ALLOWED);
    }

    private void wantTokens() throws ConfigException {
        Snapshot plain = ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH);
        policies.activate(
                Policy.of(Channels.in(plain, id -> Channels.of(plain, id).token())));
    }

    @Test
    void aTokenThatIsThereGoesInThePlaceOfTheKey() throws Exception {
        wantTokens();
        tokens.have("main", "token-1");
        Journey done = handshake("/v1/realtime", "Authorization: Bearer pk_test_zhangsan");
        assertThat(sent(done.dispatch())).containsEntry("authorization", "Bearer token-1");
        assertThat(done.dispatch().token().reveal()).isEqualTo("token-1");
        assertThat(tokens.fetches()).isZero();
    }

    @Test
    void theWaitForATokenIsAWaitForTheChannel() throws Exception {
        wantTokens();
        tokens.onFetch("main", fetch -> {
            nanos.addAndGet(5_000_000);
            fetch.complete(Secret.of("token-1"));
        });
        Journey done = request("/openai/v1/models", "Authorization: Bearer pk_test_zhangsan");
        assertThat(sent(done.dispatch())).containsEntry("authorization", "Bearer token-1");
        assertThat(done.call().channelNanos()).isEqualTo(5_000_000);
        assertThat(done.call().attempts()).isEmpty();
    }

    @Test
    void aTokenThatCannotBeGotIsAnAttemptThatSendsNothing() throws Exception {
        wantTokens();
        tokens.onFetch("main", fetch -> {
            nanos.addAndGet(7_000_000);
            fetch.completeExceptionally(ScriptedTokens.unavailable());
        });
        Journey done = request("/v1/models", "Authorization: Bearer pk_test_zhangsan");
        assertThat(done.unsent()).isTrue();
        assertThat(done.outcome().failure().kind()).isEqualTo(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE);
        assertThat(done.call().attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.channel() + "/" + attempt.credential()).isEqualTo("openai/main");
            assertThat(attempt.failure()).contains(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE);
            assertThat(attempt.endedNanos() - attempt.startedNanos()).isEqualTo(7_000_000);
        });
    }

    @Test
    void aTokenThatCannotStandInAHeaderIsAnAttemptThatSendsNothing() throws Exception {
        wantTokens();
        tokens.have("main", "token\r\nX-Injected: 1");
        Journey done = request("/v1/models", "Authorization: Bearer pk_test_zhangsan");
        assertThat(done.outcome().failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(done.outcome().failure().message())
                .contains("openai", "main", "token recipe")
                .doesNotContain("Injected");
    }

    @Test
    void anEphemeralKeyGoesBeforeAToken() throws Exception {
        wantTokens();
        ephemeral.remember("ek_test_1", new EphemeralKeys.Owner("lisi", "default", "openai", "spare"), SOON);
        Journey.Dispatch dispatch =
                handshake("/v1/realtime", "Authorization: Bearer ek_test_1").dispatch();
        assertThat(sent(dispatch)).containsEntry("authorization", "Bearer ek_test_1");
        assertThat(dispatch.token()).isNull();
        assertThat(tokens.fetches()).isZero();
    }

    private static Map<String, String> sent(Journey.Dispatch dispatch) {
        Map<String, String> fields = new LinkedHashMap<>();
        dispatch.edits().set().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    private Journey handshake(String target, String... headers) throws Exception {
        return send(target, "Connection: Upgrade\r\nUpgrade: websocket\r\n" + String.join("\r\n", headers));
    }

    private Journey request(String target, String... headers) throws Exception {
        return send(target, String.join("\r\n", headers));
    }

    private Journey send(String target, String headers) throws Exception {
        try (RawClient client = RawClient.connect(listener.port())) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: gateway.example\r\n" + headers + "\r\n\r\n");
            return journey.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static Limits limits() {
        Duration time = Duration.ofSeconds(20);
        return new Limits(1000, 10_000, 8192, 0, time, time, time, time);
    }
}
