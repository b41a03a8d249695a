package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Calls as traces at a collector that speaks OTLP over HTTP, and their context on its way to channels. */
@NeedsGateway
class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    @AutoClose
    private final FakeUpstream collector = FakeUpstream.start();

    @AutoClose
    private final FakeUpstream first = FakeUpstream.start();

    @AutoClose
    private final FakeUpstream second = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    private void start(String... tracing) {
        collector.onAny().reply(Reply.status(200).header("content-type", "application/x-protobuf"));
        first.onAny()
                .reply(Reply.json("{\"model\":\"gpt-4o-2024\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
                        + "\"completion_tokens\":5,\"total_tokens\":12}}"));
        second.onAny().reply(Calls.ok());
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", first, "retry: {max_retries: 0, backoff: 1ms}")
                .channel("beta", second)
                .user("zhangsan", GatewayRig.KEY, "alpha", "beta")
                .system(tracing));
    }

    private void startTraced() {
        start("tracing: {endpoint: \"" + collector.baseUrl() + "\"}");
    }

    private List<Span> await(int count) {
        return Awaitility.await().until(this::spans, spans -> spans.size() >= count);
    }

    private List<Span> spans() throws IOException {
        List<Span> all = new ArrayList<>();
        for (Recorded sent : collector.requests()) {
            assertThat(sent.path()).isEqualTo("/v1/traces");
            ExportTraceServiceRequest.parseFrom(sent.body())
                    .getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> all.addAll(scope.getSpansList())));
        }
        return all;
    }

    private static Span of(List<Span> spans, Span.SpanKind kind) {
        return spans.stream().filter(span -> span.getKind() == kind).findFirst().orElseThrow();
    }

    private static String hex(com.google.protobuf.ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private static Map<String, Object> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey,
                        at -> at.getValue().hasIntValue()
                                ? at.getValue().getIntValue()
                                : at.getValue().hasDoubleValue()
                                        ? at.getValue().getDoubleValue()
                                        : at.getValue().getStringValue()));
    }

    @Test
    void aCallAndItsAttemptGoOnWithTheCallersTrace() throws Exception {
        startTraced();

        Calls.post(
                rig,
                Calls.CHAT,
                Calls.BODY,
                GatewayRig.AUTH,
                "traceparent: 00-" + TRACE + "-" + PARENT + "-01",
                "tracestate: vendor=x");

        List<Span> spans = await(2);
        Span call = of(spans, Span.SpanKind.SPAN_KIND_SERVER);
        Span attempt = of(spans, Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(hex(call.getTraceId())).isEqualTo(TRACE);
        assertThat(hex(call.getParentSpanId())).isEqualTo(PARENT);
        assertThat(hex(attempt.getTraceId())).isEqualTo(TRACE);
        assertThat(attempt.getParentSpanId()).isEqualTo(call.getSpanId());
        assertThat(first.only().header("traceparent")).contains("00-" + TRACE + "-" + hex(attempt.getSpanId()) + "-01");
        assertThat(first.only().header("tracestate")).contains("vendor=x");
        assertThat(spans).extracting(Span::getTraceState).containsOnly("vendor=x");
        assertThat(call.getName()).isEqualTo("chat gpt-4o");
        assertThat(attributes(call))
                .containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.provider.name", "openai")
                .containsEntry("gen_ai.request.model", "gpt-4o")
                .containsEntry("gen_ai.usage.input_tokens", 7L)
                .containsEntry("gen_ai.usage.output_tokens", 5L)
                .containsEntry("http.response.status_code", 200L)
                .containsEntry("user.id", "zhangsan")
                .containsEntry("aiproxy.channel", "alpha");
        assertThat(attributes(call))
                .containsEntry("url.path", Calls.CHAT)
                .containsEntry("url.scheme", "http")
                .containsEntry("http.route", Calls.CHAT)
                .containsKey("aiproxy.time_to_first_byte")
                .doesNotContainKey("gen_ai.server.time_to_first_token");
        assertThat(attributes(attempt))
                .containsEntry("server.address", "localhost")
                .containsEntry("server.port", (long) first.port())
                .containsEntry("url.full", first.baseUrl() + Calls.CHAT)
                .containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.provider.name", "openai")
                .containsEntry("gen_ai.request.model", "gpt-4o")
                .containsEntry("gen_ai.response.model", "gpt-4o-2024")
                .containsEntry("gen_ai.usage.input_tokens", 7L)
                .containsEntry("gen_ai.usage.output_tokens", 5L);
        assertThat(call.getEndTimeUnixNano()).isGreaterThanOrEqualTo(attempt.getEndTimeUnixNano());
        assertThat(call.getStartTimeUnixNano()).isLessThanOrEqualTo(attempt.getStartTimeUnixNano());
        assertThat(spans.toString()).doesNotContain(GatewayRig.KEY, "你好");
    }

    @Test
    void everyAttemptIsASpanOfItsOwn() throws Exception {
        startTraced();
        first.reset();
        first.onAny().reply(Reply.status(500));

        assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH).status())
                .isEqualTo(200);

        List<Span> spans = await(3);
        Span call = of(spans, Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(call.getParentSpanId().isEmpty()).isTrue();
        assertThat(spans)
                .filteredOn(span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT)
                .hasSize(2)
                .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(call.getSpanId()))
                .extracting(span -> attributes(span).get("aiproxy.channel"))
                .containsExactlyInAnyOrder("alpha", "beta");
        assertThat(spans)
                .filteredOn(span -> "alpha".equals(attributes(span).get("aiproxy.channel")))
                .singleElement()
                .satisfies(span -> assertThat(attributes(span))
                        .as("it has used nothing")
                        .doesNotContainKeys("gen_ai.usage.input_tokens", "gen_ai.response.model"));
        assertThat(second.only().header("traceparent").orElseThrow())
                .startsWith("00-" + hex(call.getTraceId()))
                .isNotEqualTo(first.only().header("traceparent").orElseThrow());
    }

    @Test
    void whatIsInTheQueryIsNotTold() throws Exception {
        startTraced();

        Calls.post(
                rig,
                Calls.CHAT + "?signature=secret-of-the-caller&bare-value",
                Calls.BODY,
                GatewayRig.AUTH,
                "X-Forwarded-Proto: https");

        List<Span> spans = await(2);
        assertThat(attributes(of(spans, Span.SpanKind.SPAN_KIND_SERVER)))
                .containsEntry("url.path", Calls.CHAT)
                .containsEntry("url.scheme", "https");
        assertThat(attributes(of(spans, Span.SpanKind.SPAN_KIND_CLIENT)))
                .containsEntry("url.full", first.baseUrl() + Calls.CHAT + "?signature=REDACTED&REDACTED");
        assertThat(spans.toString()).doesNotContain("secret-of-the-caller", "bare-value");
    }

    @Test
    void aPathThatIsNotKnownIsNoRoute() throws Exception {
        startTraced();

        Calls.post(rig, "/v1/of/nobody/knows", Calls.BODY, GatewayRig.AUTH);

        assertThat(attributes(of(await(2), Span.SpanKind.SPAN_KIND_SERVER)))
                .containsEntry("url.path", "/v1/of/nobody/knows")
                .doesNotContainKey("http.route");
    }

    @Test
    void aCallThatIsRefusedIsTracedToo() throws Exception {
        startTraced();

        Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_nobody");

        Span call = await(1).get(0);
        assertThat(attributes(call)).containsEntry("error.type", "invalid_api_key");
        assertThat(call.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    }

    @Test
    void aStreamThatBreaksOffIsAnErrorOfTheAttemptToo() throws Exception {
        startTraced();
        first.reset();
        first.onAny().reply(Reply.sse().event("one").cut());

        String streamed = "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[]}";
        try (RawClient client = rig.client().post(Calls.CHAT, streamed, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).contains("one");
            assertThat(body.event()).contains("stream_truncated");
        }

        assertThat(await(2)).allSatisfy(span -> {
            assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
            assertThat(attributes(span)).containsEntry("error.type", "stream_truncated");
        });
    }

    @Test
    void whatTheCallerDoesNotSampleIsNotSentButPassedOn() throws Exception {
        startTraced();

        Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH, "traceparent: 00-" + TRACE + "-" + PARENT + "-00");
        Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH);

        List<Span> spans = await(2);
        assertThat(spans).noneSatisfy(span -> assertThat(hex(span.getTraceId())).isEqualTo(TRACE));
        assertThat(first.requests().get(0).header("traceparent").orElseThrow())
                .startsWith("00-" + TRACE)
                .endsWith("-00");
    }

    @Test
    void aBrokenTraceparentBeginsANewTrace() throws Exception {
        startTraced();

        Calls.post(
                rig,
                Calls.CHAT,
                Calls.BODY,
                GatewayRig.AUTH,
                "traceparent: 00-" + "0".repeat(32) + "-" + PARENT + "-01",
                "tracestate: vendor=x");

        assertThat(first.only().header("tracestate"))
                .as("of a trace that is not gone on with")
                .isEmpty();
        assertThat(hex(of(await(2), Span.SpanKind.SPAN_KIND_SERVER).getTraceId()))
                .isNotEqualTo("0".repeat(32));
    }

    @Test
    void withoutACollectorTheContextPassesAsItCame() throws Exception {
        start("log_level: info");

        Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH, "traceparent: 00-" + TRACE + "-" + PARENT + "-01");

        assertThat(first.only().header("traceparent")).contains("00-" + TRACE + "-" + PARENT + "-01");
    }

    @Test
    void aCollectorThatIsAwayHarmsNothing() throws Exception {
        start("tracing: {endpoint: \"http://127.0.0.1:" + FakeUpstream.refusingPort() + "\"}");

        for (int i = 0; i < 50; i++) {
            assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH).status())
                    .isEqualTo(200);
        }
    }
}
