package io.aiproxy.config;

import java.net.URI;
import java.util.Optional;

/**
 * Traces for OpenTelemetry, {@code tracing:} in system.yaml.
 *
 * @param endpoint where they are sent, OTLP over HTTP, e.g. {@code http://127.0.0.1:4318}. Default: nowhere, none are made
 * @param sample percent of the calls that are traced when the caller does not say (W3C {@code traceparent}). Default: 100
 * @param service the service's name in traces. Default: {@code aiproxy}
 */
public record TracingConfig(Optional<URI> endpoint, int sample, String service) {
    /** None are made. */
    public static final TracingConfig OFF = new TracingConfig(Optional.empty(), 100, "aiproxy");
}
