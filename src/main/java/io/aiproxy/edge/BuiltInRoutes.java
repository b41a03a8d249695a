package io.aiproxy.edge;

import java.util.List;

/** Which routes are inside the program. */
final class BuiltInRoutes {
    /** All of them, below {@code routes/} and without {@link RouteFiles#SUFFIX}, in the order of their names. */
    static final List<String> NAMES = List.of(
            "demo/channel",
            "errors/anthropic",
            "errors/dashscope",
            "errors/generic",
            "errors/google",
            "errors/openai",
            "jobs/backup",
            "jobs/health-probe",
            "jobs/report",
            "ops/admin-audit",
            "ops/admin-channel-groups",
            "ops/admin-channels",
            "ops/admin-explain",
            "ops/admin-limits",
            "ops/admin-mappings",
            "ops/admin-me",
            "ops/admin-model-aliases",
            "ops/admin-openapi",
            "ops/admin-prices",
            "ops/admin-reload",
            "ops/admin-statistics",
            "ops/admin-system",
            "ops/admin-tokens",
            "ops/admin-usage",
            "ops/admin-user-groups",
            "ops/admin-users",
            "ops/admin-versions",
            "ops/dashboard",
            "ops/health",
            "ops/metrics",
            "ops/ready",
            "ops/stats",
            "ops/status",
            "proxy/http",
            "proxy/websocket");

    private BuiltInRoutes() {}
}
