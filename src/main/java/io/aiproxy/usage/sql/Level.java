package io.aiproxy.usage.sql;

/** How finely sums are kept. */
enum Level {
    /** For some days. */
    MINUTE("aiproxy_usage_minute"),
    /** For ever: the base of everything coarser. */
    QUARTER("aiproxy_usage_quarter"),
    /** The same time, and all calls of a currency together: few rows for whoever asks about everything. */
    WHOLE("aiproxy_usage_whole"),
    /** Of the books' time zone. */
    DAY("aiproxy_usage_day"),
    /** Of the books' time zone. */
    MONTH("aiproxy_usage_month");

    private final String table;

    Level(String table) {
        this.table = table;
    }

    String table() {
        return table;
    }
}
