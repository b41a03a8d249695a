package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.channel;
import static io.aiproxy.channels.Samples.grants;
import static io.aiproxy.channels.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelDirectoryTest {
    private static final String[] ALL = {"bailian", "openai", "azure", "off", "local"};

    private final ChannelDirectory directory = ChannelDirectory.of(Samples.snapshot(
            channel("bailian").models("qwen-*").aliases(Map.of("fast", "qwen-turbo")),
            channel("openai").models("gpt-*", "o3").keys("main", "spare"),
            channel("azure"),
            channel("off").disabled(),
            channel("local").models("llama").withoutCredentials(AuthConfig.NOTHING)));

    @ParameterizedTest
    @CsvSource({
        "/azure/v1/chat, /v1/chat",
        "/azure/v1/chat?a=%20b&a=1, /v1/chat?a=%20b&a=1",
        "/azure, /",
        "/azure/, /",
        "/azure?x=/openai, /?x=/openai",
        "/azure//v1, //v1",
        "/%61zure/v1%2Fchat, /v1%2Fchat",
        "/azure/azure/v1, /azure/v1",
    })
    void aPathPrefixNamesTheChannelAndIsRemoved(String target, String rest) {
        Choice choice = choose(request(target), "gpt-4o", ALL);
        assertThat(choice.candidates()).hasToString("[azure/default]");
        assertThat(choice.target()).isEqualTo(rest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/azure", "/azurex/v1", "/Azure/v1", "/azure%2Fv1", "//azure/v1", "/?/azure/", "/az%zure"})
    void otherPathsNameNone(String target) {
        Choice choice = choose(request(target), "", "bailian", "azure");
        assertThat(choice.candidates()).hasToString("[bailian/default, azure/default]");
        assertThat(choice.target()).isSameAs(target);
    }

    @Test
    void theHeaderNamesTheChannelAndLeavesThePath() {
        Choice choice = choose(request("/v1/chat?a=1", "X-AIProxy-Channel", " openai "), "unlisted", ALL);
        assertThat(choice.candidates()).hasToString("[openai/main, openai/spare]");
        assertThat(choice.target()).isEqualTo("/v1/chat?a=1");
    }

    @ParameterizedTest
    @CsvSource({
        // the header counts where both are given: Azure's own paths begin with /openai
        "/openai/deployments/x/chat, azure, azure, /openai/deployments/x/chat",
        "/azure/v1/chat, azure, azure, /v1/chat",
        "/azure/v1/chat, ' ', azure, /v1/chat",
    })
    void headerAndPrefixTogether(String target, String header, String channel, String rest) {
        Choice choice = choose(request(target, "x-aiproxy-channel", header), "", ALL);
        assertThat(choice.candidates()).hasToString("[" + channel + "/default]");
        assertThat(choice.target()).isEqualTo(rest);
    }

    @Test
    void aForeignChannelIsAnsweredLikeNone() {
        Failure foreign = failure(request("/", "x-aiproxy-channel", "openai"), "", "bailian", "azure");
        Failure none = failure(request("/", "x-aiproxy-channel", "no-such"), "", "bailian", "azure");
        Failure off = failure(request("/", "x-aiproxy-channel", "off"), "", "bailian", "azure");
        Failure path = failure(request("/openai/v1/chat"), "", "bailian", "azure");
        assertThat(foreign.kind()).isEqualTo(FailureKind.CHANNEL_NOT_ALLOWED);
        assertThat(foreign.message()).contains("bailian, azure");
        assertThat(List.of(none, off, path)).containsOnly(foreign);
    }

    @Test
    void aNamedChannelThatIsDisabled() {
        Failure failure = failure(request("/off/v1/chat"), "", ALL);
        assertThat(failure.kind()).isEqualTo(FailureKind.CHANNEL_DISABLED);
        assertThat(failure.message()).contains("off");
    }

    @ParameterizedTest
    @CsvSource({
        "openai, spare, '[openai/spare]'",
        "openai, gone, '[openai/main]'",
        "openai, main, '[openai/main]'",
        "off, default, '[bailian/default]'", // not active: chosen by model
        "local, none, '[bailian/default]'", // not granted
        "no-such, x, '[bailian/default]'",
    })
    void whatLivesAtAChannelStaysThere(String channel, String credential, String expected) {
        Choice choice = directory.choose(new ChannelDirectory.Request(
                grants("bailian", "openai", "off"),
                request("/v1/files/file-1"),
                "qwen-max",
                Optional.of(new Bound(channel, credential)),
                false));
        assertThat(choice.candidates()).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource({"openai, '[openai/spare]'", "bailian, '[openai/main, openai/spare]'"})
    void aNamedChannelGoesBeforeWhereAThingLives(String sticky, String expected) {
        Choice choice = directory.choose(new ChannelDirectory.Request(
                grants(ALL), request("/openai/v1/files/1"), "", Optional.of(new Bound(sticky, "spare")), false));
        assertThat(choice.candidates()).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource({"qwen-max", "gpt-4o", "never-heard-of", "''"})
    void theOnlyActiveChannelServesEverything(String model) {
        assertThat(choose(request("/v1/chat"), model, "off", "bailian").candidates())
                .hasToString("[bailian/default]");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, '[openai/main, openai/spare, azure/default]'", // listed before open
        "qwen-max, '[bailian/default, azure/default]'",
        "fast, '[bailian/default, azure/default]'", // an alias is a model served
        "qwen-turbo, '[bailian/default, azure/default]'",
        "llama, '[local/none, azure/default]'",
        "claude, '[azure/default]'", // only what lists nothing
        "'', '[azure/default, openai/main, openai/spare, local/none, bailian/default]'", // no model: all
    })
    void theModelDecidesAndThenPriority(String model, String expected) {
        assertThat(choose(request("/v1/chat"), model, "azure", "openai", "off", "local", "bailian")
                        .candidates())
                .hasToString(expected);
    }

    @Test
    void priorityGoesBeforeOrderAndEqualsStayInOrder() {
        List<ChannelGrant> granted =
                List.of(new ChannelGrant("local", 7), new ChannelGrant("azure", 3), new ChannelGrant("bailian", 3));
        Choice choice =
                directory.choose(new ChannelDirectory.Request(granted, request("/"), "", Optional.empty(), false));
        assertThat(choice.candidates()).hasToString("[azure/default, bailian/default, local/none]");
    }

    @Test
    void aModelThatNoneServesIsNamed() {
        Failure failure = failure(request("/v1/chat"), "claude-x", "bailian", "openai");
        assertThat(failure.kind()).isEqualTo(FailureKind.MODEL_NOT_FOUND);
        assertThat(failure.message()).contains("\"claude-x\"");
        assertThat(failure(request("/"), "m".repeat(100_000), "bailian", "openai")
                        .message())
                .hasSizeLessThan(400);
    }

    @Test
    void nothingActive() {
        assertThat(failure(request("/"), "", "off").kind()).isEqualTo(FailureKind.CHANNEL_DISABLED);
        assertThat(failure(request("/"), "", "off", "no-such").kind()).isEqualTo(FailureKind.CHANNEL_DISABLED);
        assertThat(failure(request("/"), "", "no-such").kind()).isEqualTo(FailureKind.CHANNEL_NOT_ALLOWED);
        assertThat(failure(request("/"), "").kind()).isEqualTo(FailureKind.CHANNEL_NOT_ALLOWED);
    }

    @Test
    void neverSomebodyElsesChannel() {
        for (String model : List.of("gpt-4o", "llama", "", "zzz")) {
            assertThat(choose(request("/v1/chat"), model, "azure").candidates())
                    .allMatch(candidate -> candidate.channel().id().equals("azure"));
        }
    }

    @Test
    void aChannelThatAsksForNothingHasAnEmptyCredential() {
        Candidate candidate =
                choose(request("/local/api"), "", ALL).candidates().get(0);
        assertThat(candidate.credential().name()).isEqualTo("none");
        assertThat(candidate.credential().apiKey().reveal()).isEmpty();
        assertThat(candidate.bound()).isEqualTo(new Bound("local", "none"));
    }

    @Test
    void aChannelWithoutTheCredentialItNeedsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ChannelDirectory.of(Samples.snapshot(channel("broken").withoutCredentials(AuthConfig.BEARER))))
                .withMessageContaining("channels.broken")
                .withMessageContaining("api_key");
    }

    @Test
    void anAliasIsWhatTheChannelIsTold() {
        Candidate candidate =
                choose(request("/bailian/x"), "fast", ALL).candidates().get(0);
        assertThat(candidate.modelOf("fast")).isEqualTo("qwen-turbo");
        assertThat(candidate.modelOf("qwen-max")).isEqualTo("qwen-max");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, '[azure/default]'", // openai lists it but takes none; azure serves any
        "qwen-max, '[bailian/default, azure/default]'",
        "'', '[azure/default, bailian/default]'",
    })
    void handshakesGoOnlyWhereTheyAreTaken(String model, String expected) {
        assertThat(handshake("/v1/realtime", model, Optional.empty(), "azure", "openai", "bailian")
                        .candidates())
                .hasToString(expected);
        assertThat(choose(request("/v1/chat"), "gpt-4o", "azure", "openai").candidates())
                .hasToString("[openai/main, openai/spare, azure/default]");
    }

    @ParameterizedTest
    @CsvSource({
        // target, model, where the thing lives, granted
        "/openai/v1/realtime, gpt-4o, '', openai bailian", // named
        "/v1/realtime, gpt-4o, '', openai bailian", // only openai lists it; bailian must not get a foreign model
        "/v1/realtime, never-heard-of, '', openai", // the only one
        "/v1/realtime?call_id=rtc_1, '', openai, openai bailian", // the thing lives there, and nowhere else
    })
    void aHandshakeThatOnlyOthersWouldServeIsRefused(String target, String model, String sticky, String granted) {
        Optional<Bound> bound = Optional.of(sticky).filter(s -> !s.isEmpty()).map(s -> new Bound(s, "main"));
        Failure failure = catchThrowableOfType(
                        FailureException.class, () -> handshake(target, model, bound, granted.split(" ")))
                .failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.WEBSOCKET_NOT_SUPPORTED);
        assertThat(failure.message()).contains("at: openai (supports_websocket: false");
    }

    @Test
    void otherReasonsGoBeforeThatOfHandshakes() {
        for (String channel : List.of("bailian", "off")) {
            Failure failure = catchThrowableOfType(
                            FailureException.class,
                            () -> handshake("/" + channel + "/v1/realtime", "", Optional.empty(), "openai", "off"))
                    .failure();
            assertThat(failure.kind())
                    .isEqualTo(channel.equals("off") ? FailureKind.CHANNEL_DISABLED : FailureKind.CHANNEL_NOT_ALLOWED);
        }
    }

    private static Choice handshake(String target, String model, Optional<Bound> sticky, String... granted) {
        ChannelDirectory directory = ChannelDirectory.of(Samples.snapshot(
                channel("bailian").models("qwen-*"),
                channel("openai").models("gpt-*").keys("main", "spare").withoutWebSockets(),
                channel("azure"),
                channel("off").disabled().withoutWebSockets()));
        return directory.choose(new ChannelDirectory.Request(grants(granted), request(target), model, sticky, true));
    }

    private Choice choose(RequestHead head, String model, String... granted) {
        return directory.choose(new ChannelDirectory.Request(grants(granted), head, model, Optional.empty(), false));
    }

    private Failure failure(RequestHead head, String model, String... granted) {
        return catchThrowableOfType(FailureException.class, () -> choose(head, model, granted))
                .failure();
    }
}
