package io.aiproxy.usage.report;

import io.aiproxy.usage.Dimension;

/** Words of reports. */
enum Label {
    REPORT("Usage report", "用量报告"),
    PERIOD("Period", "统计周期"),
    TIME_ZONE("Time zone", "时区"),
    MADE("Made", "生成时间"),
    FILTER("Only", "筛选"),
    FIGURE("Figure", "指标"),
    VALUE("Value", "数值"),
    KEY_FIGURES("Key figures", "关键指标"),
    REQUESTS("Requests", "请求数"),
    SUCCESSFUL("Successful", "成功请求"),
    SUCCESS_RATE("Success rate", "成功率"),
    TOKENS("Tokens", "Token 总数"),
    INPUT_TOKENS("Input tokens", "输入 Token"),
    CACHED_TOKENS("Of them cached", "其中缓存命中"),
    OUTPUT_TOKENS("Output tokens", "输出 Token"),
    REASONING_TOKENS("Of them reasoning", "其中推理"),
    CHARACTERS("Characters", "字符数"),
    SECONDS("Seconds of audio", "音频秒数"),
    IMAGES("Images", "图片数"),
    COST("Cost", "费用"),
    ACTIVE_USERS("Active users", "活跃用户"),
    MEDIAN("Median duration", "响应时间中位数"),
    P95("95 % within", "95 % 响应时间"),
    ESTIMATED("Estimated", "估算请求"),
    UNPRICED("Without a price", "无价格请求"),
    DATE("Date", "日期"),
    TIME("Time", "时间"),
    SUMMARY("Summary", "汇总"),
    BY_HOUR("By hour", "按小时"),
    BY_DAY("By day", "按日"),
    BY_MONTH("By month", "按月"),
    BY_USER("By user", "按用户"),
    BY_CHANNEL("By channel", "按通道"),
    BY_MODEL("By model", "按模型"),
    DETAILS("Details", "明细"),
    CALLS("Calls", "调用记录"),
    TOP("Top", "前"),
    TOTAL("Total", "合计"),
    OTHERS("others", "其他"),
    NOBODY("(none)", "（无）"),
    NOTHING("No calls were booked in this period.", "本周期内没有调用记录。"),
    NOTES("Notes", "说明"),
    PAGE("Page", "第"),
    NOTE_ESTIMATED(
            "of the requests have usage that was estimated, because the provider did not tell it.",
            "的请求因供应商未返回用量而采用估算值。"),
    NOTE_UNPRICED(
            "requests used something that has no price; the cost is higher than shown.", "个请求没有对应的价格，实际费用高于所示金额。"),
    NOTE_CURRENCIES("Costs are in several currencies and are never added up across them.", "费用涉及多种货币，不同货币之间不作合计。"),
    NOTE_MORE("More rows are in the XLSX and CSV reports.", "更多明细请见 XLSX 与 CSV 报告。"),
    USER("User", "用户"),
    KEY("Key", "密钥"),
    GROUP("Group", "用户组"),
    CHANNEL("Channel", "通道"),
    USER_NAME("User name", "用户名称"),
    CHANNEL_NAME("Channel name", "通道名称"),
    GROUP_NAME("Group name", "用户组名称"),
    MODEL("Model", "模型"),
    DIALECT("Dialect", "协议"),
    OPERATION("Operation", "操作"),
    ENDING("Ending", "结束方式"),
    FAILURE("Failure", "错误码"),
    CURRENCY("Currency", "货币"),
    STATUS("Status", "状态码"),
    DURATION("Duration, s", "耗时（秒）"),
    SOURCE("Source of usage", "用量来源"),
    ID("Request id", "请求 ID");

    private final String english;
    private final String chinese;

    Label(String english, String chinese) {
        this.english = english;
        this.chinese = chinese;
    }

    /** The word in this language. */
    String in(Language language) {
        return language == Language.CHINESE ? chinese : english;
    }

    /** The word for a dimension. */
    static Label of(Dimension dimension) {
        return valueOf(dimension.name());
    }

    /** The word for the names of what has an id; only where {@link ReportNames#has}. */
    static Label named(Dimension dimension) {
        return valueOf(dimension.name() + "_NAME");
    }
}
