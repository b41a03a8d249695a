package io.aiproxy.telemetry;

import io.aiproxy.config.LimitConfig;
import io.micrometer.core.instrument.Counter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of limits; a row appears when its limit is met for the first time. Any thread. */
final class LimitMeters {
    private final MeterRegistrar registrar;
    private final Map<Rejection, Counter> rejections = new ConcurrentHashMap<>();

    private record Rejection(LimitConfig.Quantity quantity, String scope, boolean shadow) {}

    LimitMeters(MeterRegistrar registrar) {
        this.registrar = registrar;
    }

    void rejected(LimitConfig.Quantity quantity, String scope, boolean shadow) {
        rejections
                .computeIfAbsent(
                        new Rejection(quantity, scope, shadow),
                        of -> registrar.counter(
                                Meters.LIMIT_REJECTIONS,
                                word(of.quantity()),
                                of.scope(),
                                Boolean.toString(of.shadow())))
                .increment();
    }

    void nearing(LimitConfig.Quantity quantity, String scope) {
        registrar.counter(Meters.LIMIT_WARNINGS, word(quantity), scope).increment();
    }

    private static String word(LimitConfig.Quantity quantity) {
        return quantity.name().toLowerCase(Locale.ROOT);
    }
}
