package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Headers;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.RequestHead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RevocationTest {
    private static final String OPENAI = "openai: {base_url: 'https://a.example', auth: none%s}";
    private static final String GROUPS =
            "user_groups: {on: {}, off: {status: disabled}, below: {parent: off}," + " narrow: {channels: [other]}}\n";
    private static final String OTHER = "other: {base_url: 'https://b.example', auth: none}";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // zhangsan | why
                "{channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1}]} | -",
                "{channels: [other, openai], keys: [{name: laptop, proxy_key: pk_test_changed}]} | -", // see below
                "{groups: [on], channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1}]} | -",
                "{groups: [on, off], channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1}]} | group_disabled",
                "{groups: [below], channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1}]} | group_disabled",
                "{groups: [narrow], channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1}]} | channel_not_allowed",
                "{channels: [other], keys: [{name: laptop, proxy_key: pk_test_1, channels: [openai]}]} | -",
                "{channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1, expires_at: 2020-01-01}]} | -",
                "{channels: [openai], allowed_ips: 10.1.2.3, keys: [{name: laptop, proxy_key: pk_test_1}]} | -",
                "{channels: [openai], status: disabled, keys: [{name: laptop, proxy_key: pk_test_1}]} | user_disabled",
                "{channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1, status: disabled}]} | key_disabled",
                "{channels: [openai], keys: [{name: desk, proxy_key: pk_test_1}]} | key_removed",
                "{channels: [other], keys: [{name: laptop, proxy_key: pk_test_1}]} | channel_not_allowed",
                "{channels: [openai], keys: [{name: laptop, proxy_key: pk_test_1, channels: [other]}]} | channel_not_allowed",
                // the user comes before the channel
                "{channels: [other], status: disabled, keys: [{name: laptop, proxy_key: pk_test_1}]} | user_disabled",
            })
    void whatBecameOfTheUserDecides(String user, String why) throws Exception {
        assertThat(why(snapshot("zhangsan: " + user, OPENAI.formatted(""), ""))).isEqualTo(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "[{name: laptop, proxy_key: pk_test_1}] | -",
                "[{name: laptop, sha256: @}] | -",
                "[{name: laptop, proxy_key: pk_test_2}] | key_changed",
                "[{name: laptop, proxy_key: pk_test_2}, {name: old, proxy_key: pk_test_1}] | key_changed",
                "[{name: laptop, proxy_key: pk_test_2, previous: {proxy_key: pk_test_1, until: 2027-01-31}}] | -",
                "[{name: laptop, proxy_key: pk_test_2, previous: {sha256: @, until: 2020-01-31}}] | -", // time is no
                // matter
                "[{name: laptop, proxy_key: pk_test_2, previous: {proxy_key: pk_test_3, until: 2027-01-31}}] | key_changed",
                "[{name: other, proxy_key: pk_test_2}] | -", // which is the other question
            })
    void aKeyMustKeepItsValueOrRememberIt(String keys, String why) throws Exception {
        String digest = KeyDigest.of("pk_test_1").hex();
        Snapshot before = snapshot(user("openai"), OPENAI.formatted(""), "");
        Snapshot now = snapshot(
                "zhangsan: {channels: [openai], keys: " + keys.replace("@", digest) + "}", OPENAI.formatted(""), "");
        Call call = call();
        assertThat(Revocation.keyOf(call, before)).isEqualTo(KeyDigest.NONE);
        call.caller(new Caller("zhangsan", "Zhang San", "laptop"));
        assertThat(Revocation.ofKey(call, Revocation.keyOf(call, before), now).orElse(null))
                .isEqualTo(why);
    }

    @Test
    void aChangedKeyClosesNothingWhereTheOperatorWantsSocketsLeftAlone() throws Exception {
        Snapshot before = snapshot(user("openai"), OPENAI.formatted(""), "");
        Snapshot now = snapshot(
                user("openai").replace("pk_test_1", "pk_test_2"),
                OPENAI.formatted(""),
                "system: {websocket: {close_on_disable: no}}");
        Call call = call();
        call.caller(new Caller("zhangsan", "Zhang San", "laptop"));
        assertThat(Revocation.ofKey(call, Revocation.keyOf(call, before), now)).isEmpty();
    }

    @Test
    void aUserThatIsGone() throws Exception {
        Snapshot now = snapshot("lisi: {channels: [openai], proxy_key: pk_test_1}", OPENAI.formatted(""), "");
        assertThat(why(now)).isEqualTo("user_removed");
    }

    @ParameterizedTest
    @CsvSource({"', status: disabled', channel_disabled", "', supports_websocket: no', "})
    void whatBecameOfTheChannelDecides(String fields, String why) throws Exception {
        assertThat(why(snapshot(user("openai"), OPENAI.formatted(fields), ""))).isEqualTo(why);
    }

    @Test
    void aChannelThatIsGoneIsNotOnlyNotAllowed() throws Exception {
        assertThat(why(snapshot(user("other"), "", ""))).isEqualTo("channel_removed");
    }

    @Test
    void nothingIsClosedWhereTheOperatorWantsSocketsLeftAlone() throws Exception {
        Snapshot now = snapshot(
                "lisi: {channels: [other], proxy_key: pk_test_1}", "", "system: {websocket: {close_on_disable: no}}");
        assertThat(why(now)).isNull();
    }

    @Test
    void whoeverWentWithoutAStepIsNotJudgedByIt() throws Exception {
        Snapshot now = snapshot("lisi: {channels: [other], proxy_key: pk_test_1}", "", "");
        Call call = call();
        assertThat(Revocation.of(call, now)).isEmpty();
        call.heading("openai", "main");
        assertThat(Revocation.of(call, now)).contains("channel_removed");
    }

    @Test
    void aCallerWithoutAKeyGoesOnAsLongAsThatIsAllowed() throws Exception {
        String user = "local: {channels: [openai]}";
        String system = "system: {anonymous: {user: local}, cors: {origins: []}}";
        Call call = call();
        call.caller(new Caller("local", "Local", SystemConfig.Anonymous.KEY_NAME));
        call.heading("openai", "main");
        assertThat(Revocation.of(call, snapshot(user, OPENAI.formatted(""), system)))
                .isEmpty();
        assertThat(Revocation.of(call, snapshot("local: {channels: [other]}", OPENAI.formatted(""), system)))
                .contains("channel_not_allowed");
        assertThat(Revocation.of(
                        call,
                        snapshot(
                                "local: {channels: [openai], proxy_key: pk_test_1}",
                                OPENAI.formatted(""),
                                "system: {cors: {origins: []}}")))
                .contains("key_removed");
    }

    private static String user(String channel) {
        return "zhangsan: {channels: [" + channel + "], keys: [{name: laptop, proxy_key: pk_test_1}]}";
    }

    private static String why(Snapshot now) {
        Call call = call();
        call.caller(new Caller("zhangsan", "Zhang San", "laptop"));
        call.heading("openai", "main");
        return Revocation.of(call, now).orElse(null);
    }

    private static Call call() {
        RequestHead head = new RequestHead(
                "GET",
                "/v1/realtime",
                Headers.NONE,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711),
                false);
        return new Call("call-1", head, Body.EMPTY, Runnable::run, new Call.Started(0, 0, 0));
    }

    private Snapshot snapshot(String user, String channel, String system) throws IOException, ConfigException {
        Files.writeString(directory.resolve("users.yaml"), "users:\n  " + user + "\n" + GROUPS);
        Files.writeString(directory.resolve("channels.yaml"), "channels:\n  " + channel + "\n  " + OTHER + "\n");
        if (!system.isEmpty()) {
            Files.writeString(directory.resolve("system.yaml"), system + "\n");
        }
        return ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH);
    }
}
