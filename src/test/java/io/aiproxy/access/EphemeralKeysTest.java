package io.aiproxy.access;

import static io.aiproxy.access.AccessDirectoryTest.snapshot;
import static io.aiproxy.access.AccessDirectoryTest.user;
import static io.aiproxy.access.Requests.address;
import static io.aiproxy.access.Requests.handshake;
import static io.aiproxy.access.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.testing.Configured;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EphemeralKeysTest {
    private static final long START = 1_798_761_600_000L; // 2027-01-01T00:00:00Z
    private static final long TEN_MINUTES = Duration.ofMinutes(10).toMillis();
    private static final String KEY = "ek_test_made_by_openai";
    private static final EphemeralKeys.Owner LAPTOP = new EphemeralKeys.Owner("zhangsan", "laptop", "openai", "spare");

    private final Clock clock = new Clock();
    private final EphemeralKeys keys = new EphemeralKeys(clock);
    private final AccessDirectory directory = directory(laptop(Status.ACTIVE, Optional.empty()));

    /** A clock that the test moves. */
    private static final class Clock implements Ticker {
        private long passed;

        void forward(Duration time) {
            passed += time.toMillis();
        }

        @Override
        public long nanos() {
            return passed * 1_000_000;
        }

        @Override
        public long millis() {
            return START + passed;
        }
    }

    @Test
    void standsForTheKeyWithWhichItWasMadeAtItsChannelAlone() {
        keys.remember(KEY, LAPTOP, START + TEN_MINUTES);
        Access access = authenticate(directory, request("/v1/realtime/calls", "Authorization", "Bearer " + KEY));
        assertThat(access.caller()).isEqualTo(new Caller("zhangsan", "Name of zhangsan", "laptop"));
        assertThat(access.channels()).containsExactly(new ChannelGrant("openai", 2));
        assertThat(access.ephemeral()).contains(new Access.Ephemeral("openai", "spare", Secret.of(KEY)));
        assertThat(access.toString() + keys.find(KEY)).doesNotContain(KEY);
    }

    @Test
    void mayComeInEveryPlace() {
        keys.remember(KEY, LAPTOP, START + TEN_MINUTES);
        for (RequestHead head : List.of(
                handshake("/v1/realtime", "Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key." + KEY),
                handshake("/v1/realtime", "Authorization", "Bearer " + KEY),
                request("/", "api-key", KEY),
                request("/?key=" + KEY, "x-api-key", "dummy"))) {
            assertThat(authenticate(directory, head).ephemeral()).isPresent();
        }
    }

    @Test
    void aProxyKeyGoesFirst() {
        keys.remember(KEY, LAPTOP, START + TEN_MINUTES);
        keys.remember("pk_test_laptop", LAPTOP, START + TEN_MINUTES);
        assertThat(authenticate(directory, request("/", "Authorization", "Bearer " + KEY, "api-key", "pk_test_laptop"))
                        .ephemeral())
                .isEmpty();
    }

    @Test
    void countsUntilItExpiresIsToldForAWhileAndThenForgotten() {
        keys.remember(KEY, LAPTOP, START + TEN_MINUTES);
        clock.forward(Duration.ofMillis(TEN_MINUTES - 1));
        assertThat(authenticate(directory, bearer()).ephemeral()).isPresent();
        clock.forward(Duration.ofMillis(1));
        Failure expired = failure(directory);
        assertThat(expired.kind()).isEqualTo(FailureKind.KEY_EXPIRED);
        assertThat(expired.message()).contains("ephemeral").doesNotContain(KEY);
        clock.forward(Duration.ofHours(2));
        assertThat(failure(directory).kind()).isEqualTo(FailureKind.INVALID_API_KEY);
        assertThat(keys.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE / 1000, START * 1000})
    void whatAProviderSaysIsBoundedToADay(long expiresAt) {
        keys.remember(KEY, LAPTOP, expiresAt);
        clock.forward(Duration.ofHours(24).minusMillis(1));
        assertThat(authenticate(directory, bearer()).ephemeral()).isPresent();
        clock.forward(Duration.ofMillis(1));
        assertThat(failure(directory).kind()).isEqualTo(FailureKind.KEY_EXPIRED);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, START / 1000, START})
    void oneThatIsOverAlreadyNeverCounts(long expiresAt) {
        keys.remember(KEY, LAPTOP, expiresAt);
        assertThat(failure(directory).kind()).isEqualTo(FailureKind.KEY_EXPIRED);
    }

    @Test
    void theUserAndTheKeyCountAsTheyAreNow() {
        keys.remember(KEY, LAPTOP, START + TEN_MINUTES);
        UserConfig leaver = user("zhangsan", Status.DISABLED, List.of(), laptop(Status.ACTIVE, Optional.empty()));
        UserConfig elsewhere =
                user("zhangsan", Status.ACTIVE, List.of("10.0.0.0/8"), laptop(Status.ACTIVE, Optional.empty()));
        UserConfig other = user("zhangsan", Status.ACTIVE, List.of(), named("desk", "openai"));

        assertThat(failure(AccessDirectory.of(snapshot(leaver))).kind()).isEqualTo(FailureKind.USER_DISABLED);
        assertThat(failure(AccessDirectory.of(snapshot(elsewhere))).kind()).isEqualTo(FailureKind.IP_NOT_ALLOWED);
        assertThat(failure(AccessDirectory.of(snapshot(other))).kind()).isEqualTo(FailureKind.INVALID_API_KEY);
        assertThat(failure(AccessDirectory.of(snapshot())).kind()).isEqualTo(FailureKind.INVALID_API_KEY);
        assertThat(failure(directory(laptop(Status.DISABLED, Optional.empty()))).kind())
                .isEqualTo(FailureKind.KEY_DISABLED);
        assertThat(failure(directory(laptop(Status.ACTIVE, Optional.of(Instant.ofEpochMilli(START)))))
                        .kind())
                .isEqualTo(FailureKind.KEY_EXPIRED);
    }

    @Test
    void theChannelMustStillBeTheUsers() {
        keys.remember(KEY, LAPTOP, START + TEN_MINUTES);
        Failure failure = failure(directory(named("laptop", "bailian")));
        assertThat(failure.kind()).isEqualTo(FailureKind.CHANNEL_NOT_ALLOWED);
        assertThat(failure.message()).contains("laptop");
    }

    @Test
    void isNotTakenWhenNobodyCouldPresentIt() {
        for (String value : List.of("", "ek test", "ek\r\nx: y", "ek_ü", "e".repeat(4097))) {
            assertThat(keys.remember(value, LAPTOP, START + TEN_MINUTES)).isFalse();
        }
        assertThat(keys.size()).isZero();
        assertThat(keys.remember("e".repeat(4096), LAPTOP, START + TEN_MINUTES)).isTrue();
    }

    @Test
    void thereIsABound() {
        for (int i = 0; i < 101_000; i++) {
            keys.remember("ek_" + i, LAPTOP, START + TEN_MINUTES);
        }
        assertThat(keys.size()).isBetween(1L, 100_000L);
    }

    private static RequestHead bearer() {
        return request("/", "Authorization", "Bearer " + KEY);
    }

    private Access authenticate(AccessDirectory in, RequestHead head) {
        return in.authenticate(head, address("127.0.0.1"), clock.millis(), keys);
    }

    private Failure failure(AccessDirectory in) {
        return catchThrowableOfType(FailureException.class, () -> authenticate(in, bearer()))
                .failure();
    }

    private static AccessDirectory directory(KeyConfig key) {
        return AccessDirectory.of(snapshot(user("zhangsan", Status.ACTIVE, List.of(), key)));
    }

    private static KeyConfig laptop(Status status, Optional<Instant> expiresAt) {
        return Configured.key(
                Secret.of("pk_test_laptop"), "laptop", status, expiresAt, AccessDirectoryTest.CHANNELS, List.of());
    }

    private static KeyConfig named(String name, String channel) {
        return Configured.key(
                Secret.of("pk_test_laptop"),
                name,
                Status.ACTIVE,
                Optional.empty(),
                List.of(new ChannelGrant(channel, 2)),
                List.of());
    }
}
