package io.aiproxy.telemetry.tracing;

import io.aiproxy.config.TracingConfig;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Usage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Spans of calls that have ended: one for the call as its caller sees it, and one for every attempt that was sent. They are
 * sent in batches by the SDK's own thread; where the collector is away or slow the oldest wait, and new ones are dropped.
 */
final class Spans implements AutoCloseable {
    private static final String PATH = "/v1/traces";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long NANOS = 1_000_000L;
    /** The template of a path that is not known; the conventions then want no {@code http.route}. */
    private static final String UNKNOWN = "other";

    /** What went wrong behind a head that was good. */
    private static final Set<Ending> BROKEN =
            EnumSet.of(Ending.TRUNCATED, Ending.TIMED_OUT, Ending.CHANNEL_ERROR, Ending.GATEWAY_ERROR);

    private final Ids ids = new Ids();
    private final int sample;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /** @param config with an endpoint */
    Spans(TracingConfig config) {
        this.sample = config.sample();
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint(config.endpoint().orElseThrow()))
                .setTimeout(TIMEOUT)
                .build();
        this.provider = SdkTracerProvider.builder()
                .setIdGenerator(ids)
                .setSampler(Sampler.alwaysOn()) // what is not sampled never comes here
                .setResource(Resource.getDefault()
                        .merge(Resource.create(
                                Attributes.of(AttributeKey.stringKey("service.name"), config.service()))))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(Duration.ofSeconds(1))
                        .build())
                .build();
        this.tracer = provider.get("io.aiproxy");
    }

    /** OTLP's own path is added where only the collector's address is given (OTLP specification, endpoint URLs). */
    private static String endpoint(URI uri) {
        String path = uri.getPath();
        String text = uri.toString();
        return path == null || path.isEmpty() || path.equals("/")
                ? (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + PATH
                : text;
    }

    int sample() {
        return sample;
    }

    /** Called on the call's event loop: some microseconds. */
    void tell(CallTrace trace, Receipt receipt, long startedNanos) {
        CallTrace.Parent parent = trace.parent();
        TraceState state = Traceparent.state(parent.state());
        SpanBuilder builder = tracer.spanBuilder(name(receipt)).setSpanKind(SpanKind.SERVER);
        builder = parent.parentId().isEmpty()
                ? builder.setNoParent()
                : builder.setParent(context(SpanContext.createFromRemoteParent(
                        parent.traceId(), parent.parentId(), TraceFlags.getSampled(), state)));
        long epoch = receipt.startedMillis() * NANOS;
        SpanBuilder ready = builder.setStartTimestamp(epoch, TimeUnit.NANOSECONDS);
        Span span = ids.with(parent.traceId(), trace.spanId(), ready::startSpan);
        span.setAttribute(SpanNames.SCHEME, trace.secure() ? "https" : "http");
        describe(span, receipt);
        List<Attempt> attempts = receipt.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            OptionalInt sent = trace.indexOf(i);
            if (sent.isPresent()) {
                boolean last = i == attempts.size() - 1;
                Attempt attempt = attempts.get(i);
                long begun = epoch + (attempt.startedNanos() - startedNanos);
                long ended = last && attempt.failure().isEmpty()
                        ? epoch + receipt.durationNanos()
                        : epoch + (attempt.endedNanos() - startedNanos);
                SpanContext call = SpanContext.create(parent.traceId(), trace.spanId(), TraceFlags.getSampled(), state);
                Place place = new Place(call, trace.sent().get(sent.getAsInt()), last);
                attempt(place, receipt, attempt, new Time(begun, ended));
            }
        }
        span.end(epoch + receipt.durationNanos(), TimeUnit.NANOSECONDS);
    }

    private record Place(SpanContext call, CallTrace.Sent sent, boolean last) {}

    private record Time(long begun, long ended) {}

    private void attempt(Place place, Receipt receipt, Attempt attempt, Time time) {
        SpanBuilder builder = tracer.spanBuilder(name(receipt))
                .setSpanKind(SpanKind.CLIENT)
                .setParent(context(place.call()))
                .setStartTimestamp(time.begun(), TimeUnit.NANOSECONDS);
        Span span = ids.with(place.call().getTraceId(), place.sent().spanId(), builder::startSpan);
        span.setAttribute(SpanNames.CHANNEL, attempt.channel());
        span.setAttribute(SpanNames.CREDENTIAL, attempt.credential());
        span.setAttribute(SpanNames.METHOD, receipt.method());
        where(span, place.sent());
        model(span, receipt);
        if (place.last() && attempt.failure().isEmpty()) { // the answer that was read along is this attempt's
            answered(span, receipt);
        }
        if (place.sent().attempt() > 0) {
            span.setAttribute(SpanNames.RESEND, (long) place.sent().attempt());
        }
        if (attempt.status() > 0) {
            span.setAttribute(SpanNames.STATUS, (long) attempt.status());
        }
        String error = attempt.failure()
                .map(FailureKind::code)
                .orElse(attempt.status() >= 400 ? Integer.toString(attempt.status()) : "");
        boolean broke = place.last() && error.isEmpty() && BROKEN.contains(receipt.ending());
        failed(span, broke ? receipt.failure() : error);
        span.end(time.ended(), TimeUnit.NANOSECONDS);
    }

    private static void where(Span span, CallTrace.Sent sent) {
        span.setAttribute(SpanNames.SERVER, sent.origin().host());
        span.setAttribute(SpanNames.PORT, (long) sent.origin().port());
        span.setAttribute(SpanNames.URL, SpanNames.url(sent.origin(), sent.uri()));
    }

    private static Context context(SpanContext of) {
        return Context.root().with(Span.wrap(of));
    }

    private static String name(Receipt receipt) {
        String operation = SpanNames.operation(receipt.operation());
        if (operation.isEmpty()) {
            return receipt.method();
        }
        return receipt.model().isEmpty() ? operation : operation + " " + receipt.model();
    }

    /** A caller's own mistake is no error of a server (semantic conventions for HTTP spans, status): neither 4xx nor who left. */
    private static void describe(Span span, Receipt receipt) {
        span.setAttribute(SpanNames.METHOD, receipt.method());
        span.setAttribute(SpanNames.PATH, receipt.path());
        if (!receipt.template().equals(UNKNOWN)) {
            span.setAttribute(SpanNames.ROUTE, receipt.template());
        }
        span.setAttribute(SpanNames.STATUS, (long) receipt.status());
        span.setAttribute(SpanNames.CLIENT, receipt.client());
        span.setAttribute(SpanNames.REQUEST, receipt.id());
        span.setAttribute(SpanNames.ENDING, receipt.ending().tag());
        text(span, SpanNames.AGENT, receipt.userAgent());
        text(span, SpanNames.USER, receipt.userId());
        text(span, SpanNames.KEY, receipt.keyName());
        text(span, SpanNames.CHANNEL, receipt.channel());
        model(span, receipt);
        answered(span, receipt);
        if (receipt.firstByteNanos() >= 0) {
            span.setAttribute(SpanNames.FIRST_BYTE, receipt.firstByteNanos() / 1e9);
        }
        if (receipt.ending() != Ending.OK) {
            String error = receipt.failure().isEmpty() ? Integer.toString(receipt.status()) : receipt.failure();
            span.setAttribute(SpanNames.ERROR, error);
            if (receipt.status() >= 500 || (receipt.status() < 400 && BROKEN.contains(receipt.ending()))) {
                span.setStatus(StatusCode.ERROR);
            }
        }
    }

    private static void model(Span span, Receipt receipt) {
        text(span, SpanNames.OPERATION, SpanNames.operation(receipt.operation()));
        span.setAttribute(SpanNames.PROVIDER, SpanNames.provider(receipt.dialect()));
        text(span, SpanNames.REQUEST_MODEL, receipt.model());
    }

    private static void answered(Span span, Receipt receipt) {
        text(span, SpanNames.RESPONSE_MODEL, receipt.modelAnswered());
        receipt.usage().ifPresent(usage -> used(span, usage));
    }

    private static void used(Span span, Usage usage) {
        span.setAttribute(SpanNames.INPUT_TOKENS, usage.inputTokens());
        span.setAttribute(SpanNames.OUTPUT_TOKENS, usage.outputTokens());
        if (usage.cachedInputTokens() > 0) {
            span.setAttribute(SpanNames.CACHED_TOKENS, usage.cachedInputTokens());
        }
    }

    private static void failed(Span span, String error) {
        if (!error.isEmpty()) {
            span.setAttribute(SpanNames.ERROR, error);
            span.setStatus(StatusCode.ERROR);
        }
    }

    private static void text(Span span, AttributeKey<String> key, String value) {
        if (!value.isEmpty()) {
            span.setAttribute(key, value);
        }
    }

    @Override
    public void close() {
        provider.shutdown().join(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
