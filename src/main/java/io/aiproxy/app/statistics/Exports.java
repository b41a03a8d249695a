package io.aiproxy.app.statistics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.File;
import io.aiproxy.admin.UsageDesk.Topic;
import io.aiproxy.config.ReportConfig;
import io.aiproxy.core.Ending;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordJson;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.report.Language;
import io.aiproxy.usage.report.ReportNames;
import io.aiproxy.usage.report.ReportQuery;
import io.aiproxy.usage.report.ReportWriter;
import io.aiproxy.usage.report.ReportWriters;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code statistics/export}: statistics as a file for people, or single records for programs. */
final class Exports {
    private static final Set<String> FORMATS = Set.of("csv", "xlsx", "pdf", "json", "ndjson");
    private static final String RECORDS = "records";
    private static final Set<String> SUBJECTS =
            Set.of("summary", "users", "channels", "models", "operations", "groups", "errors", "keys", RECORDS);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);
    /** Records are read in pages of so many: what a slow client holds up is memory, and nobody's cursor. */
    private static final int PAGE = 1000;

    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonMapper MAPPER = new JsonMapper();

    private Exports() {}

    /** Looks at the question at once; what is wrong with it is told, and not found in a file that breaks off. */
    static File file(Asked asked, Open open, Guard guard) throws Declined, BooksException {
        String format = asked.word("format", FORMATS, "csv");
        String subject = asked.word("of", SUBJECTS, "users");
        asked.only(parameters(format));
        boolean records = subject.equals(RECORDS);
        if (records != format.equals("ndjson")) {
            throw Asked.malformed(
                    "format", records ? "ndjson for of=records" : "csv, xlsx, pdf or json; ndjson is for of=records");
        }
        if (records) {
            return records(asked, open, guard);
        }
        Topic topic = Topic.valueOf(subject.toUpperCase(Locale.ROOT));
        Sheet sheet = StatisticsPages.sheet(topic, asked, open);
        return format.equals("json")
                ? json(topic, asked, sheet, open)
                : report(format, asked, failed(topic, sheet), open, guard);
    }

    /** Only what has an effect is taken. */
    private static List<String> parameters(String format) {
        List<String> known = new ArrayList<>(List.of("format", "of"));
        known.addAll(Filters.PARAMETERS);
        known.addAll(Span.PARAMETERS);
        switch (format) {
            case "ndjson" -> known.remove("granularity");
            case "json" -> known.addAll(List.of("by", "latency", "sort", "top"));
            default -> known.addAll(List.of("by", "latency", "lang", "title", "records", "bom"));
        }
        return known;
    }

    /** How a failure of the books is told. */
    @FunctionalInterface
    interface Guard {
        Declined told(BooksException failure);
    }

    /** A report about errors leaves out what went well. */
    private static Sheet failed(Topic topic, Sheet sheet) {
        if (topic != Topic.ERRORS || sheet.filters().containsKey(Dimension.ENDING)) {
            return sheet;
        }
        Map<Dimension, Set<String>> filters = new EnumMap<>(Dimension.class);
        filters.putAll(sheet.filters());
        filters.put(
                Dimension.ENDING,
                Arrays.stream(Ending.values())
                        .filter(ending -> ending != Ending.OK)
                        .map(Ending::tag)
                        .collect(Collectors.toSet()));
        return sheet.filtered(filters);
    }

    private static File report(String format, Asked asked, Sheet sheet, Open open, Guard guard)
            throws Declined, BooksException {
        sheet.check(open.books());
        StatisticsQuery statistics = new StatisticsQuery(
                sheet.span().from(),
                sheet.span().to(),
                sheet.span().zone(),
                sheet.span().granularity(),
                sheet.by(),
                sheet.filters(),
                sheet.latencies());
        ReportQuery query = new ReportQuery(
                statistics,
                asked.text("title").orElse(""),
                language(asked),
                open.now(),
                asked.integer("records", 0, ReportQuery.MOST_RECORDS, 0),
                asked.flag("bom"),
                ReportNames.of(open.snapshot()));
        ReportWriter writer = ReportWriters.of(ReportConfig.Format.valueOf(format.toUpperCase(Locale.ROOT)));
        return new File(writer.mediaType(), writer.fileName(query), out -> {
            try {
                writer.write(query, open.books(), out);
            } catch (BooksException e) {
                throw guard.told(e);
            }
        });
    }

    private static Language language(Asked asked) throws Declined {
        return Language.of(asked.text("lang").orElse("en")).orElseThrow(() -> Asked.malformed("lang", "en or zh"));
    }

    /** The same document as the page's, with all rows. */
    private static File json(Topic topic, Asked asked, Sheet sheet, Open open) throws Declined, BooksException {
        ObjectNode document = StatisticsPages.document(sheet, open);
        List<Row> rows = StatisticsPages.rows(topic, asked, sheet, open);
        View view = new View(sheet, open.names());
        String name = "aiproxy-" + topic.name().toLowerCase(Locale.ROOT) + days(sheet.span()) + ".json";
        return new File("application/json", name, out -> {
            try (JsonGenerator json = JSON.createGenerator(new Unclosed(out))) {
                json.setCodec(MAPPER);
                json.writeStartObject();
                for (var field : document.properties()) {
                    json.writeObjectField(field.getKey(), field.getValue());
                }
                json.writeArrayFieldStart("rows");
                for (Row row : rows) {
                    json.writeTree(view.row(row));
                }
                json.writeEndArray();
                json.writeEndObject();
            }
        });
    }

    private static String days(Span span) {
        return "-" + DAY.format(span.from().atZone(span.zone())) + "-"
                + DAY.format(span.to().atZone(span.zone()).minusNanos(1));
    }

    /** Every record on a line of its own, newest first. */
    private static File records(Asked asked, Open open, Guard guard) throws Declined {
        Span span = Span.of(asked, open.defaults(Granularity.TOTAL));
        RecordPages.Wanted wanted = new RecordPages.Wanted(span, Filters.of(asked), PAGE);
        return new File("application/x-ndjson", "aiproxy-records" + days(span) + ".ndjson", out -> {
            try {
                lines(wanted, open.books(), out);
            } catch (BooksException e) {
                throw guard.told(e);
            }
        });
    }

    private static void lines(RecordPages.Wanted wanted, Books books, OutputStream out)
            throws BooksException, IOException {
        Optional<RecordQuery.Mark> behind = Optional.empty();
        List<UsageRecord> page;
        do {
            page = books.records(wanted.query(behind, PAGE));
            for (UsageRecord record : page) {
                out.write(RecordJson.bytes(record));
                out.write('\n');
                behind = Optional.of(new RecordQuery.Mark(record.startedMillis(), record.id()));
            }
        } while (page.size() == PAGE);
    }

    /** Whoever is done with JSON closes what it was written to; here that is not the end of the answer. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() {
            // see above
        }
    }
}
