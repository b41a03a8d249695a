package io.aiproxy.usage.reconcile;

import io.aiproxy.usage.reconcile.Invoice.BadRow;
import io.aiproxy.usage.reconcile.Invoice.Line;
import io.aiproxy.usage.reconcile.Invoice.Measure;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads invoices. What they are written in and as is told by looking at them. */
public final class InvoiceReader {
    /** What Chinese Excel writes; a superset of GBK and GB2312. */
    private static final Charset CHINESE = Charset.forName("GB18030");

    private static final int PREAMBLE = 20;

    private InvoiceReader() {}

    /** Reads a known format; {@code zone} is the one its days begin in, where it is not the format's own. */
    public static Invoice read(byte[] file, Optional<ZoneId> zone) throws InvoiceException {
        return read(file, zone, Optional.empty());
    }

    /** Reads any CSV by its columns. */
    public static Invoice read(byte[] file, Columns columns) throws InvoiceException {
        return read(file, Optional.empty(), Optional.of(columns));
    }

    private static Invoice read(byte[] file, Optional<ZoneId> zone, Optional<Columns> wanted) throws InvoiceException {
        String text = text(file);
        if (text.isBlank()) {
            throw new InvoiceException("the file is empty");
        }
        CSVFormat csv = CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter(text))
                .setIgnoreEmptyLines(true)
                .get();
        try (CSVParser parser = CSVParser.parse(new StringReader(text), csv)) {
            return new Reading(parser, zone, wanted).read();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new InvoiceException("the file is no CSV that can be read: " + e.getMessage());
        }
    }

    private static String text(byte[] file) {
        if (file.length > 1 && (file[0] & 0xFF) == 0xFF && (file[1] & 0xFF) == 0xFE) {
            return new String(file, 2, file.length - 2, StandardCharsets.UTF_16LE);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return new String(file, CHINESE);
        }
    }

    /** The one that occurs most in the first line that has any. */
    private static char delimiter(String text) {
        String first = text.lines()
                .limit(PREAMBLE)
                .max((a, b) -> Long.compare(count(a), count(b)))
                .orElse("");
        char best = ',';
        for (char one : new char[] {'\t', ';'}) {
            if (count(first, one) > count(first, best)) {
                best = one;
            }
        }
        return best;
    }

    private static long count(String line) {
        return Math.max(count(line, ','), count(line, '\t'));
    }

    private static long count(String line, char wanted) {
        return line.chars().filter(c -> c == wanted).count();
    }

    /** One file being read. */
    private static final class Reading {
        private final CSVParser parser;
        private final Optional<ZoneId> zone;
        private final Optional<Columns> wanted;
        private final List<Line> lines = new ArrayList<>();
        private final List<BadRow> bad = new ArrayList<>();
        private final Set<String> currencies = new TreeSet<>();
        private Map<String, Integer> columns = Map.of();
        private List<String> shown = List.of();

        Reading(CSVParser parser, Optional<ZoneId> zone, Optional<Columns> wanted) {
            this.parser = parser;
            this.zone = zone;
            this.wanted = wanted;
        }

        Invoice read() throws InvoiceException {
            Format format = null;
            ZoneId in = ZoneId.of("UTC");
            int before = 0;
            for (CSVRecord record : parser) {
                if (format == null) {
                    format = format(record.toList()).orElse(null);
                    in = format == null ? in : zone.orElse(format.zone());
                    if (format == null && ++before >= PREAMBLE) {
                        break;
                    }
                } else {
                    take(record, format, in);
                }
            }
            if (format == null) {
                throw unknown();
            }
            if (currencies.size() > 1) {
                throw new InvoiceException("the invoice is in several currencies (" + String.join(", ", currencies)
                        + "); make a file of each");
            }
            Set<Measure> measures = format.measures(columns.keySet());
            String currency = currencies.stream().findFirst().orElse("");
            String name = format instanceof Formats known ? known.title() : format.name();
            return new Invoice(
                    name, in, measures, currency, format.looseModels(), List.copyOf(lines), List.copyOf(bad));
        }

        /** The format whose heading this row is; some files have lines before it. */
        private Optional<Format> format(List<String> cells) {
            Map<String, Integer> names = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                names.putIfAbsent(Row.name(cells.get(i)), i);
            }
            if (names.size() > columns.size()) {
                columns = names;
                shown = cells;
            }
            if (wanted.isPresent()) {
                return wanted.get().fits(names.keySet()) ? taken(names, wanted.get()) : Optional.empty();
            }
            for (Format known : Formats.values()) {
                if (known.fits(names.keySet())) {
                    return taken(names, known);
                }
            }
            return Optional.empty();
        }

        private Optional<Format> taken(Map<String, Integer> names, Format format) {
            columns = names;
            return Optional.of(format);
        }

        private void take(CSVRecord record, Format format, ZoneId in) {
            Row row = new Row(columns, record.toList());
            try {
                Optional<Line> line = format.line(row, in);
                line.ifPresent(lines::add);
                String currency = format.currency(row).toUpperCase(Locale.ROOT);
                if (line.isPresent() && !currency.isEmpty()) {
                    currencies.add(currency);
                }
            } catch (Row.Bad e) {
                bad.add(new BadRow(parser.getCurrentLineNumber(), String.valueOf(e.getMessage())));
            }
        }

        private InvoiceException unknown() {
            String there = shown.stream().map(String::strip).collect(Collectors.joining(", "));
            if (wanted.isPresent()) {
                return new InvoiceException("there is no column "
                        + wanted.get().missing(columns.keySet()).orElse("") + "; there are: " + there);
            }
            return new InvoiceException("this is none of the invoices that are known; name its columns with --columns"
                    + " date=…,model=…,input=…,output=…,cost=…; there are: " + there);
        }
    }
}
