/** Traces for OpenTelemetry, made from receipts when calls have ended. The only place that knows its SDK. */
@NullMarked
package io.aiproxy.telemetry.tracing;

import org.jspecify.annotations.NullMarked;
