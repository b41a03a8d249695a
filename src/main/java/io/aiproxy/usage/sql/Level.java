package io.aiproxy.usage.sql;

/** How finely sums are kept. */
enum Level {
    /** For some days. */
    MINUTE("aiproxy_usage_minute"),
    /** For ever: the base of everything coarser. */
    QUARTER("aiproxy_usage_quarter"),
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
