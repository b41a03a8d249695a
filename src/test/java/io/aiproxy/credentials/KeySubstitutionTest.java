package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.Strategy;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import io.aiproxy.testing.Configured;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySubstitutionTest {

    static List<Arguments> places() {
        return List.of(
                Arguments.of(AuthConfig.BEARER, AuthConfig.Place.HEADER, "authorization", "Bearer fake-one"),
                Arguments.of(AuthConfig.X_API_KEY, AuthConfig.Place.HEADER, "x-api-key", "fake-one"),
                Arguments.of(AuthConfig.API_KEY, AuthConfig.Place.HEADER, "api-key", "fake-one"),
                Arguments.of(AuthConfig.X_GOOG_API_KEY, AuthConfig.Place.HEADER, "x-goog-api-key", "fake-one"),
                Arguments.of(AuthConfig.QUERY_KEY, AuthConfig.Place.QUERY, "key", "fake-one"),
                Arguments.of(
                        new AuthConfig(AuthConfig.Place.HEADER, "X-Token", "Token "),
                        AuthConfig.Place.HEADER,
                        "x-token",
                        "Token fake-one"),
                Arguments.of(AuthConfig.NOTHING, AuthConfig.Place.NONE, "", ""));
    }

    @ParameterizedTest
    @MethodSource("places")
    void putsTheCredentialWhereTheChannelWantsIt(AuthConfig auth, AuthConfig.Place place, String name, String value) {
        ChannelConfig channel = channel(auth, "fake-one");
        Substitute substitute = KeySubstitution.of(snapshot(channel))
                .substitute(channel, channel.credentials().get(0));
        assertThat(substitute).isEqualTo(new Substitute(place, name, value));
    }

    @ParameterizedTest
    @MethodSource("places")
    void aCallersOwnKeyIsABearerTokenWhateverTheChannelWants(AuthConfig auth) {
        ChannelConfig channel = channel(auth, "fake-channels-own");
        assertThat(KeySubstitution.callersOwn(channel, "ephemeral key", Secret.of("fake-one")))
                .isEqualTo(new Substitute(AuthConfig.Place.HEADER, "authorization", "Bearer fake-one"));
    }

    @ParameterizedTest
    @MethodSource("places")
    void aTokenStandsInThePlaceOfTheKey(AuthConfig auth, AuthConfig.Place place, String name, String value) {
        ChannelConfig channel = channel(auth, "fake-channels-own");
        CredentialConfig credential = channel.credentials().get(0);
        KeySubstitution keys = KeySubstitution.of(snapshot(channel));
        assertThat(keys.substitute(channel, credential, Secret.of("fake-one")))
                .isEqualTo(new Substitute(place, name, value));
    }

    @Test
    void thereIsOneObjectPerTokenAndTheLatestCounts() {
        ChannelConfig channel = channel(AuthConfig.BEARER, "");
        CredentialConfig credential = channel.credentials().get(0);
        KeySubstitution keys = KeySubstitution.of(snapshot(channel));
        Substitute first = keys.substitute(channel, credential, Secret.of("fake-token-1"));
        assertThat(keys.substitute(channel, credential, Secret.of("fake-token-1")))
                .isSameAs(first);
        assertThat(keys.substitute(channel, credential, Secret.of("fake-token-2"))
                        .value())
                .isEqualTo("Bearer fake-token-2");
        assertThat(keys.substitute(channel, credential, Secret.of("fake-token-1"))
                        .value())
                .isEqualTo("Bearer fake-token-1");
        ChannelConfig other = channel(AuthConfig.X_API_KEY, ""); // another snapshot's, of the same name
        assertThat(keys.substitute(other, credential, Secret.of("fake-token-1")).name())
                .isEqualTo("x-api-key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tok\r\nX-Injected: 1", "tök"})
    void aBadTokenIsTheRecipesFault(String token) {
        ChannelConfig channel = channel(AuthConfig.BEARER, "");
        KeySubstitution keys = KeySubstitution.of(snapshot(channel));
        FailureException thrown = catchThrowableOfType(
                FailureException.class,
                () -> keys.substitute(channel, channel.credentials().get(0), Secret.of(token)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.failure().message()).contains("token recipe").doesNotContain("Injected", "tök");
    }

    @Test
    void aCallersOwnKeyCannotWriteHeaders() {
        ChannelConfig channel = channel(AuthConfig.BEARER, "fake-channels-own");
        FailureException thrown = catchThrowableOfType(
                FailureException.class,
                () -> KeySubstitution.callersOwn(channel, "ephemeral key", Secret.of("ek\r\nX-Injected: 1")));
        assertThat(thrown.failure().message()).contains("ephemeral key").doesNotContain("X-Injected");
    }

    @Test
    void isPreparedOncePerCredential() {
        ChannelConfig channel = channel(AuthConfig.BEARER, "fake-one", "fake-two");
        KeySubstitution substitution = KeySubstitution.of(snapshot(channel));
        CredentialConfig first = channel.credentials().get(0);
        CredentialConfig second = channel.credentials().get(1);

        Substitute once = substitution.substitute(channel, first);
        assertThat(substitution.substitute(channel, first)).isSameAs(once);
        assertThat(once.value()).isEqualTo("Bearer fake-one");
        assertThat(substitution.substitute(channel, second).value()).isEqualTo("Bearer fake-two");
    }

    @Test
    void aNewSnapshotNeverServesAnOldCredential() {
        ChannelConfig before = channel(AuthConfig.BEARER, "fake-old");
        ChannelConfig after = channel(AuthConfig.X_API_KEY, "fake-new");
        CredentialConfig old = before.credentials().get(0);
        CredentialConfig fresh = after.credentials().get(0);
        KeySubstitution substitution = KeySubstitution.of(snapshot(after));

        // A call that began before the change finishes with what it began with, and leaves nothing behind.
        assertThat(substitution.substitute(before, old).value()).isEqualTo("Bearer fake-old");
        assertThat(substitution.substitute(after, fresh).value()).isEqualTo("fake-new");
        assertThat(substitution.substitute(before, old).value()).isEqualTo("Bearer fake-old");
        assertThat(substitution.substitute(after, fresh).value()).isEqualTo("fake-new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fake\r\nX-Injected: 1", "fake\n", "fäke", "fake\u007f"})
    void aCredentialThatCannotBeSentIsNamedAndNotShown(String secret) {
        ChannelConfig channel = channel(AuthConfig.BEARER, secret);
        KeySubstitution substitution = KeySubstitution.of(snapshot(channel));
        FailureException thrown = catchThrowableOfType(
                FailureException.class,
                () -> substitution.substitute(channel, channel.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.failure().message())
                .contains("\"bailian\"", "\"credential-1\"", "api_key")
                .doesNotContain("fake", "fäke");
    }

    private static ChannelConfig channel(AuthConfig auth, String... secrets) {
        List<CredentialConfig> credentials = IntStream.range(0, secrets.length)
                .mapToObj(i -> new CredentialConfig("credential-" + (i + 1), Secret.of(secrets[i])))
                .toList();
        return new ChannelConfig(
                "bailian",
                "Bailian",
                URI.create("https://upstream.example"),
                Optional.empty(),
                credentials,
                auth,
                Dialect.OPENAI,
                Status.ACTIVE,
                100,
                List.of(),
                Map.of(),
                Map.of(),
                new ChannelConfig.HeaderRules(Map.of(), List.of()),
                ChannelConfig.Forwarding.KEEP,
                Timeouts.DEFAULT,
                new ChannelConfig.RetryConfig(1, Duration.ofMillis(200)),
                new Target(
                        new Origin(true, "upstream.example", 443),
                        new Target.Tls(true, Optional.empty(), "upstream.example"),
                        Optional.empty(),
                        false),
                "upstream.example",
                true,
                Map.of(),
                SocketLimits.DEFAULT,
                Optional.empty(),
                Strategy.PRIORITY,
                HealthConfig.DEFAULT,
                List.of(),
                Map.of(),
                false,
                List.of(),
                UsageConfig.defaults(true));
    }

    private static Snapshot snapshot(ChannelConfig channel) {
        SystemConfig system = new SystemConfig(
                "info",
                List.of(),
                0,
                new SystemConfig.Limits(1, 1, 1),
                new SystemConfig.Retry(4, Duration.ofSeconds(60), Duration.ofSeconds(5)),
                new SystemConfig.AccessLogConfig(SystemConfig.AccessLogConfig.Format.OFF, "", 1, Duration.ZERO, 1),
                new SystemConfig.Affinity(10, Duration.ofDays(1)),
                new SystemConfig.Client(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                new SystemConfig.Websocket(true),
                new SystemConfig.Cors(List.of()),
                SystemConfig.Anonymous.NOBODY,
                SystemConfig.defaults().keys(),
                SystemConfig.defaults().admin(),
                SystemConfig.defaults().backup(),
                SystemConfig.defaults().usage(),
                SystemConfig.defaults().report(),
                SystemConfig.defaults().tracing(),
                SystemConfig.defaults().money());
        return Configured.snapshot(
                1, Instant.EPOCH, Map.of(), Map.of(channel.id(), channel), Map.of(), system, false, List.of());
    }
}
