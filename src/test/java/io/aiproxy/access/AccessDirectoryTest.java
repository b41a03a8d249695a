package io.aiproxy.access;

import static io.aiproxy.access.Requests.address;
import static io.aiproxy.access.Requests.from;
import static io.aiproxy.access.Requests.handshake;
import static io.aiproxy.access.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.UserConfig;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.testing.Configured;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessDirectoryTest {
    private static final Instant EXPIRY = Instant.parse("2027-02-01T00:00:00Z");
    private static final long NOW = EXPIRY.toEpochMilli() - 1;
    private static final EphemeralKeys NONE = new EphemeralKeys(Ticker.SYSTEM);

    /** A user's channels, which also stand at each key that has none of its own. */
    static final List<ChannelGrant> CHANNELS = List.of(new ChannelGrant("openai", 2), new ChannelGrant("bailian", 1));

    private static final UserConfig ZHANGSAN = user(
            "zhangsan",
            Status.ACTIVE,
            List.of("10.0.0.0/8", "127.0.0.1"),
            key("pk_test_laptop", "laptop"),
            Configured.key(
                    Secret.of("pk_test_server"),
                    "server",
                    Status.ACTIVE,
                    Optional.empty(),
                    List.of(new ChannelGrant("azure", 5), new ChannelGrant("openai", 5), new ChannelGrant("demo", 1)),
                    List.of("10.1.0.0/16", "203.0.113.9")),
            Configured.key(Secret.of("pk_test_old"), "old", Status.DISABLED, Optional.empty(), CHANNELS, List.of()),
            Configured.key(
                    Secret.of("pk_test_trial"), "trial", Status.ACTIVE, Optional.of(EXPIRY), CHANNELS, List.of()));
    private static final UserConfig LISI = user("lisi", Status.DISABLED, List.of(), key("pk_test_lisi", "default"));

    private final AccessDirectory directory = AccessDirectory.of(snapshot(ZHANGSAN, LISI));

    @Test
    void aKnownKeyGivesItsUserAndChannels() {
        Access access = authenticate("127.0.0.1", "pk_test_laptop");
        assertThat(access.caller()).isEqualTo(new Caller("zhangsan", "Name of zhangsan", "laptop"));
        assertThat(access.channels()).extracting(ChannelGrant::channel).containsExactly("bailian", "openai");
        assertThat(authenticate("127.0.0.1", "pk_test_laptop")).isSameAs(access); // nothing is built per call
    }

    @Test
    void aKeysOwnChannelsReplaceTheUsersAndKeepTheirOrder() {
        assertThat(authenticate("10.1.2.3", "pk_test_server").channels())
                .extracting(ChannelGrant::channel)
                .containsExactly("demo", "azure", "openai");
    }

    @ParameterizedTest
    @CsvSource({
        // key, address, kind, what the message must name
        "pk_test_unknown, 127.0.0.1, INVALID_API_KEY, Bearer",
        "pk_test_laptop2, 127.0.0.1, INVALID_API_KEY, x-api-key",
        "PK_TEST_LAPTOP, 127.0.0.1, INVALID_API_KEY, x-goog-api-key",
        "sk-providers-own, 127.0.0.1, INVALID_API_KEY, provider",
        "pk_test_lisi, 127.0.0.1, USER_DISABLED, operator",
        "pk_test_old, 127.0.0.1, KEY_DISABLED, old",
        "pk_test_laptop, 203.0.113.9, IP_NOT_ALLOWED, 203.0.113.9",
        "pk_test_server, 203.0.113.9, IP_NOT_ALLOWED, server", // the key's list alone is not enough
        "pk_test_server, 10.2.0.1, IP_NOT_ALLOWED, 10.2.0.1", // nor is the user's
    })
    void refuses(String key, String client, FailureKind kind, String named) {
        Failure failure = failure(client, request("/v1/chat/completions", "Authorization", "Bearer " + key), NOW);
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains(named).doesNotContain(key);
    }

    @Test
    void aKeyWorksUntilTheMomentItExpires() {
        RequestHead head = request("/", "x-api-key", "pk_test_trial");
        assertThat(directory
                        .authenticate(head, address("127.0.0.1"), NOW, NONE)
                        .caller()
                        .keyName())
                .isEqualTo("trial");
        assertThat(failure("127.0.0.1", head, NOW + 1).kind()).isEqualTo(FailureKind.KEY_EXPIRED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic pk_test_laptop", "Bearer", "Bearer   ", "pk_test_laptop"})
    void withoutAKeyItSaysWhereOneBelongs(String authorization) {
        Failure failure = failure("127.0.0.1", request("/v1/models", "Authorization", authorization), NOW);
        assertThat(failure.kind()).isEqualTo(FailureKind.MISSING_API_KEY);
        assertThat(failure.message())
                .contains("Authorization: Bearer", "x-api-key", "api-key", "x-goog-api-key")
                .doesNotContain("pk_test_laptop");
    }

    @Test
    void aDummyAuthorizationDoesNotHideTheKey() {
        RequestHead head = request("/?key=pk_test_laptop", "Authorization", "Bearer unused", "x-api-key", "unused");
        assertThat(directory
                        .authenticate(head, address("127.0.0.1"), NOW, NONE)
                        .caller()
                        .keyName())
                .isEqualTo("laptop");
    }

    @Test
    void aBrowsersHandshakeIsAuthenticatedByItsSubprotocol() {
        RequestHead head = handshake(
                "/v1/realtime?model=m",
                "Sec-WebSocket-Protocol",
                "realtime, openai-insecure-api-key.pk_test_laptop, openai-beta.realtime-v1");
        assertThat(directory
                        .authenticate(head, address("127.0.0.1"), NOW, NONE)
                        .caller()
                        .keyName())
                .isEqualTo("laptop");
        Failure missing = failure("127.0.0.1", handshake("/v1/realtime", "Sec-WebSocket-Protocol", "realtime"), NOW);
        assertThat(missing.kind()).isEqualTo(FailureKind.MISSING_API_KEY);
        assertThat(missing.message()).contains("openai-insecure-api-key.");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1?key=pk_test_laptop&a=1, OPENAI, /v1?a=1",
        "/v1?key=pk_test_lisi, OPENAI, /v1", // no longer in force, but still nobody else's business
        "/v1?key=other&a=1, OPENAI, /v1?key=other&a=1",
        "/v1?key=other&a=1, GOOGLE, /v1?a=1",
        "/v1?key=&alt=sse, GOOGLE, /v1?alt=sse",
    })
    void noProxyKeyLeavesInTheQuery(String target, Dialect dialect, String expected) {
        assertThat(directory.stripQueryKey(target, dialect)).isEqualTo(expected);
    }

    @Test
    void believesTheTrustedProxiesOfTheSnapshot() {
        assertThat(directory.client(from("192.0.2.1", "/", "X-Forwarded-For", "198.51.100.1")))
                .isEqualTo(address("198.51.100.1"));
        assertThat(directory.client(from("192.0.2.2", "/", "X-Forwarded-For", "198.51.100.1")))
                .isEqualTo(address("192.0.2.2"));
    }

    @Test
    void aKeyBelongsToOneUser() {
        UserConfig twin = user("wangwu", Status.ACTIVE, List.of(), key("pk_test_laptop", "copy"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccessDirectory.of(snapshot(ZHANGSAN, twin)))
                .withMessageContaining("users.wangwu")
                .withMessageContaining("copy")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pk_test_laptop"));
    }

    @Test
    void aKeyThatReachesNoChannelDoesNotFallBackToItsUsers() {
        KeyConfig none = Configured.key(
                Secret.of("pk_test_none"), "none", Status.ACTIVE, Optional.empty(), List.of(), List.of());
        AccessDirectory one = AccessDirectory.of(snapshot(user("wangwu", Status.ACTIVE, List.of(), none)));
        assertThat(one.authenticate(
                                request("/", "Authorization", "Bearer pk_test_none"), address("127.0.0.1"), NOW, NONE)
                        .channels())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // address, header, value, target
        "127.0.0.1, Accept, a, /v1/models",
        "::1, Accept, a, /v1/models",
        "127.0.0.1, Authorization, Bearer, /v1/models", // an SDK that was given an empty key
        "127.0.0.1, x-api-key, '', /v1/models?key=",
    })
    void whoHasNoKeyIsTheAnonymousUser(String client, String header, String value, String target) {
        Access access =
                withAnonymous(Status.ACTIVE).authenticate(request(target, header, value), address(client), NOW, NONE);
        assertThat(access.caller()).isEqualTo(new Caller("local", "Name of local", "anonymous"));
        assertThat(access.channels()).extracting(ChannelGrant::channel).containsExactly("bailian", "openai");
    }

    @ParameterizedTest
    @CsvSource({
        // address, header, value, target, kind
        "127.0.0.2, Accept, a, /v1/models, MISSING_API_KEY",
        "10.1.2.3, Accept, a, /v1/models, MISSING_API_KEY", // allowed to the system's list alone
        "127.0.0.1, Authorization, Bearer pk_test_wrong, /v1/models, INVALID_API_KEY",
        "127.0.0.1, Authorization, Basic abc, /v1/models, MISSING_API_KEY",
        "127.0.0.1, Authorization, pk_test_wrong, /v1/models, MISSING_API_KEY",
        "127.0.0.1, x-api-key, wrong, /v1/models, INVALID_API_KEY",
        "127.0.0.1, Accept, a, /v1/models?key=wrong, INVALID_API_KEY",
        "127.0.0.1, Sec-WebSocket-Protocol, openai-insecure-api-key.wrong, /v1/realtime, MISSING_API_KEY",
    })
    void aWrongKeyOrAForeignAddressIsNeverAnonymous(
            String client, String header, String value, String target, FailureKind kind) {
        FailureException thrown = catchThrowableOfType(FailureException.class, () -> withAnonymous(Status.ACTIVE)
                .authenticate(request(target, header, value), address(client), NOW, NONE));
        assertThat(thrown.failure().kind()).isEqualTo(kind);
    }

    @Test
    void aDisabledUserIsNobodysStandIn() {
        FailureException thrown = catchThrowableOfType(FailureException.class, () -> withAnonymous(Status.DISABLED)
                .authenticate(request("/"), address("127.0.0.1"), NOW, NONE));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.MISSING_API_KEY);
    }

    @ParameterizedTest
    @CsvSource({
        // address, header, value, target
        "127.0.0.1, Authorization, Bearer dummy, /v1/models",
        "127.0.0.1, Authorization, Basic abc, /v1/models",
        "127.0.0.1, Authorization, dummy, /v1/models",
        "::1, x-api-key, dummy, /v1/models",
        "127.0.0.1, Accept, a, /v1/models?key=dummy",
        "127.0.0.1, Accept, a, /v1/models",
    })
    void whereAnyKeyWillDoANobodysKeyIsTheAnonymousUsers(String client, String header, String value, String target) {
        Access access = withAnonymous(Status.ACTIVE, true)
                .authenticate(request(target, header, value), address(client), NOW, NONE);
        assertThat(access.caller().keyName()).isEqualTo("anonymous");
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.1, Bearer dummy, INVALID_API_KEY",
        "127.0.0.1, Bearer pk_test_old, KEY_DISABLED",
        "127.0.0.1, Bearer pk_test_server, IP_NOT_ALLOWED",
    })
    void evenThereForeignAddressesAndKeysOutOfForceAreRefused(String client, String value, FailureKind kind) {
        FailureException thrown = catchThrowableOfType(FailureException.class, () -> withAnonymous(Status.ACTIVE, true)
                .authenticate(request("/", "Authorization", value), address(client), NOW, NONE));
        assertThat(thrown.failure().kind()).isEqualTo(kind);
    }

    private static AccessDirectory withAnonymous(Status status) {
        return withAnonymous(status, false);
    }

    private static AccessDirectory withAnonymous(Status status, boolean anyKey) {
        return AccessDirectory.of(snapshot(
                new SystemConfig.Anonymous(Optional.of("local"), List.of("127.0.0.1", "::1", "10.0.0.0/8"), anyKey),
                ZHANGSAN,
                user("local", status, List.of("127.0.0.0/8", "::1"))));
    }

    @Test
    void nobodyIsKnownInAnEmptyConfiguration() {
        AccessDirectory empty = AccessDirectory.of(snapshot());
        RequestHead head = request("/", "Authorization", "Bearer pk_test_laptop");
        FailureException thrown = catchThrowableOfType(
                FailureException.class, () -> empty.authenticate(head, address("127.0.0.1"), NOW, NONE));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.INVALID_API_KEY);
    }

    private Access authenticate(String client, String key) {
        return directory.authenticate(request("/", "Authorization", "Bearer " + key), address(client), NOW, NONE);
    }

    private Failure failure(String client, RequestHead head, long now) {
        FailureException thrown = catchThrowableOfType(
                FailureException.class, () -> directory.authenticate(head, address(client), now, NONE));
        return thrown.failure();
    }

    private static KeyConfig key(String value, String name) {
        return Configured.key(Secret.of(value), name, Status.ACTIVE, Optional.empty(), CHANNELS, List.of());
    }

    static UserConfig user(String id, Status status, List<String> allowedIps, KeyConfig... keys) {
        return Configured.user(id, "Name of " + id, status, CHANNELS, List.of(keys), allowedIps);
    }

    static Snapshot snapshot(UserConfig... users) {
        return snapshot(SystemConfig.Anonymous.NOBODY, users);
    }

    private static Snapshot snapshot(SystemConfig.Anonymous anonymous, UserConfig... users) {
        Map<String, UserConfig> byId = new LinkedHashMap<>();
        for (UserConfig user : users) {
            byId.put(user.id(), user);
        }
        SystemConfig system = new SystemConfig(
                "info",
                List.of("192.0.2.1"),
                0,
                new SystemConfig.Limits(1, 1, 1),
                new SystemConfig.Retry(4, Duration.ofSeconds(60), Duration.ofSeconds(5)),
                new SystemConfig.AccessLogConfig(SystemConfig.AccessLogConfig.Format.OFF, "", 1, Duration.ZERO, 1),
                new SystemConfig.Affinity(10, Duration.ofDays(1)),
                new SystemConfig.Client(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                new SystemConfig.Websocket(true),
                new SystemConfig.Cors(List.of()),
                anonymous,
                SystemConfig.defaults().keys(),
                SystemConfig.defaults().admin(),
                SystemConfig.defaults().backup(),
                SystemConfig.defaults().usage(),
                SystemConfig.defaults().report(),
                SystemConfig.defaults().tracing(),
                SystemConfig.defaults().money());
        return Configured.snapshot(1, Instant.EPOCH, byId, Map.of(), Map.of(), system, false, List.of());
    }
}
