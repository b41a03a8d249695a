package io.aiproxy.config;

import java.net.URI;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code usage:}, {@code report:} and {@code tracing:} in system.yaml. */
final class BooksReader {
    private static final int MOST_TAGS = 16;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm", Locale.ROOT);

    private BooksReader() {}

    static BooksConfig usage(NodeReader system) {
        BooksConfig standard = BooksConfig.defaults();
        NodeReader usage = system.child("usage");
        List<Text> tags = usage.texts("tags");
        tags.forEach(tag -> Rules.checkHeaderName(tag.value(), tag));
        if (tags.size() > MOST_TAGS) {
            usage.problem("tags", "must be " + MOST_TAGS + " at most: each is stored with every call");
        }
        BooksConfig config = new BooksConfig(
                usage.flag("enabled", standard.enabled()),
                usage.duration("loss_window", standard.lossWindow()),
                usage.span("keep", standard.keep()),
                usage.span("keep_minutes", standard.keepMinutes()),
                usage.text("time_zone").flatMap(BooksReader::zone),
                tags.stream().map(tag -> tag.value().toLowerCase(Locale.ROOT)).toList(),
                usage.flag("estimate", standard.estimate()),
                usage.percent("processor_share", standard.processorShare()));
        usage.done();
        return config;
    }

    private static Optional<ZoneId> zone(Text text) {
        try {
            return Optional.of(ZoneId.of(text.value()));
        } catch (DateTimeException e) {
            text.problem("is no time zone, such as Asia/Shanghai, Europe/Berlin or UTC");
            return Optional.empty();
        }
    }

    static ReportConfig report(NodeReader system) {
        ReportConfig standard = ReportConfig.DEFAULT;
        NodeReader report = system.child("report");
        Map<String, ReportConfig.Format> words = NodeReader.words(ReportConfig.Format.class);
        Set<ReportConfig.Format> formats = EnumSet.noneOf(ReportConfig.Format.class);
        report.texts("formats").forEach(text -> formats.add(NodeReader.choice(text, words, ReportConfig.Format.PDF)));
        ReportConfig config = new ReportConfig(
                report.choice("every", ReportConfig.Every.class, standard.every()),
                report.text("at").map(BooksReader::time).orElse(standard.at()),
                formats.isEmpty() ? standard.formats() : List.copyOf(formats),
                report.label("to", standard.to()),
                report.integer("keep", 1, standard.keep()),
                report.choice("lang", ReportConfig.Lang.class, standard.lang()),
                report.text("font").map(Text::value));
        report.done();
        return config;
    }

    private static LocalTime time(Text text) {
        try {
            return LocalTime.parse(text.value(), TIME);
        } catch (DateTimeException e) {
            text.problem("is no time of day, such as \"06:00\"; in quotes");
            return ReportConfig.DEFAULT.at();
        }
    }

    static TracingConfig tracing(NodeReader system) {
        NodeReader tracing = system.child("tracing");
        Optional<URI> endpoint = tracing.text("endpoint").flatMap(Urls::http);
        TracingConfig config = new TracingConfig(
                endpoint,
                tracing.percent("sample", TracingConfig.OFF.sample()),
                tracing.label("service", TracingConfig.OFF.service()));
        tracing.done();
        return config;
    }
}
