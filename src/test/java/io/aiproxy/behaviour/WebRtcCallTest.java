package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.providers.OpenAiRealtimeProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A WebRTC call from its offer to its end, with an HTTP client that takes the answer's word for where the call is. */
@NeedsGateway
class WebRtcCallTest {
    private static final String CALLS = "/v1/realtime/calls";
    private static final String SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

    @AutoClose
    private final FakeUpstream first = FakeUpstream.start();

    @AutoClose
    private final FakeUpstream second = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() {
        for (FakeUpstream upstream : new FakeUpstream[] {first, second}) {
            upstream.onAny().reply(Reply.json("{}"));
            OpenAiRealtimeProvider.on(upstream, Gate.closed());
        }
        second.expectCredential("Authorization", "Bearer " + RigConfig.keyOf("second"))
                .forbid("pk_test");
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", first)
                .channel("second", second)
                .channel("based", second.baseUrl() + "/base", "api_key: " + RigConfig.keyOf("second"))
                .user("zhangsan", GatewayRig.KEY, "first", "second", "based")
                .user("lisi", "pk_test_lisi", "first"));
    }

    private HttpResponse<String> post(URI uri, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + GatewayRig.KEY)
                .header("Content-Type", "application/sdp")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return client.send(
                headers.length == 0 ? request.build() : request.headers(headers).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Makes a call where the second provider makes it; where the client is told that it is. */
    private URI call(String target, String location, String... headers) throws Exception {
        String path = target.startsWith("/based") ? "/base" + CALLS : CALLS;
        second.on(path)
                .reply(Reply.status(201)
                        .header("Location", location)
                        .header("Content-Type", "application/sdp")
                        .body(SDP));
        HttpResponse<String> answer = post(URI.create(rig.baseUrl() + target), SDP, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo(SDP);
        return answer.uri().resolve(answer.headers().firstValue("Location").orElseThrow());
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({
        "/v1/realtime/calls, /v1/realtime/calls/rtc_1",
        "/v1/realtime/calls, UPSTREAM/v1/realtime/calls/rtc_1",
        "/v1/realtime/calls?model=gpt-realtime, /v1/realtime/calls/rtc_1",
        "/second/v1/realtime/calls, /v1/realtime/calls/rtc_1",
        "/second/v1/realtime/calls?model=gpt-realtime, UPSTREAM/v1/realtime/calls/rtc_1",
        "/based/v1/realtime/calls, /base/v1/realtime/calls/rtc_1",
        "/based/v1/realtime/calls, UPSTREAM/base/v1/realtime/calls/rtc_1",
    })
    void what_a_client_follows_literally_leads_to_the_call(String target, String location) throws Exception {
        String[] headers = target.startsWith("/v1") ? new String[] {"x-aiproxy-channel", "second"} : new String[0];
        URI call = call(target, location.replace("UPSTREAM", second.baseUrl()), headers);
        assertThat(call.getAuthority()).isEqualTo("127.0.0.1:" + rig.port());
        HttpResponse<String> answer = post(URI.create(call + "/hangup"), "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String prefix = target.startsWith("/based") ? "/base" : "";
        assertThat(second.last().target()).isEqualTo(prefix + CALLS + "/rtc_1/hangup");
        assertThat(first.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"call_id=rtc_1", "model=gpt-realtime&call_id=rtc_1", "call_id=rtc%5F1"})
    void a_sideband_socket_goes_where_the_call_is(String query) throws Exception {
        call(CALLS, CALLS + "/rtc_1", "x-aiproxy-channel", "second");
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?" + query, GatewayRig.AUTH)) {
            assertThat(socket.text()).contains("session.created");
            socket.text("{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"}}");
            assertThat(socket.text()).contains("session.updated");
        }
        assertThat(second.last().target()).isEqualTo("/v1/realtime?" + query);
        assertThat(first.requests()).isEmpty();
        assertThat(second.leaks()).isEmpty();
    }

    @Test
    void all_about_a_call_goes_where_the_call_is() throws Exception {
        URI call = call(CALLS, CALLS + "/rtc_1", "x-aiproxy-channel", "second");
        for (String verb : new String[] {"accept", "refer", "reject", "hangup"}) {
            assertThat(post(URI.create(call + "/" + verb), "{}").statusCode()).isEqualTo(200);
        }
        assertThat(second.requests())
                .extracting(Recorded::path)
                .endsWith(
                        CALLS + "/rtc_1/accept",
                        CALLS + "/rtc_1/refer",
                        CALLS + "/rtc_1/reject",
                        CALLS + "/rtc_1/hangup");
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void whoever_may_not_use_the_channel_of_a_call_does_not_get_there() throws Exception {
        call(CALLS, CALLS + "/rtc_1", "x-aiproxy-channel", "second");
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?call_id=rtc_1", "api-key: pk_test_lisi")) {
            assertThat(socket.text()).contains("session.created");
        }
        assertThat(first.last().target()).isEqualTo("/v1/realtime?call_id=rtc_1");
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void a_call_is_known_after_a_restart() throws Exception {
        call(CALLS, CALLS + "/rtc_1", "x-aiproxy-channel", "second");
        rig.stop();
        rig.boot();
        sideband();
        assertThat(second.last().target()).isEqualTo("/v1/realtime?call_id=rtc_1");
    }

    private void sideband() throws IOException {
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?call_id=rtc_1", GatewayRig.AUTH)) {
            assertThat(socket.text()).contains("session.created");
        }
    }
}
