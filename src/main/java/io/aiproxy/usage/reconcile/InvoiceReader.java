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
import java.util.Arrays;
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

    private static final char[] DELIMITERS = {',', '\t', ';'};

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
        CSVFormat csv = csv(delimiter(text, wanted));
        try (CSVParser first = CSVParser.parse(new StringReader(text), csv);
                CSVParser parser = CSVParser.parse(new StringReader(text), csv)) {
            Notation notation = wanted.isPresent() ? notation(first, wanted.get()) : Notation.USUAL;
            return new Reading(parser, zone, wanted, notation).read();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new InvoiceException("the file is no CSV that can be read: " + e.getMessage());
        }
    }

    /** How a file of no known format writes numbers and dates shows only when all of them have been looked at. */
    private static Notation notation(CSVParser parser, Columns wanted) throws InvoiceException {
        Evidence evidence = new Evidence();
        Map<String, Integer> columns = null;
        for (CSVRecord record : parser) {
            if (columns != null) {
                wanted.look(new Row(columns, record.toList(), Notation.USUAL), evidence);
            } else if (wanted.fits(names(record.toList()).keySet())) {
                columns = names(record.toList());
            }
        }
        return wanted.notation(evidence);
    }

    private static Map<String, Integer> names(List<String> cells) {
        Map<String, Integer> names = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            names.putIfAbsent(Row.name(cells.get(i)), i);
        }
        return names;
    }

    private static String text(byte[] file) {
        if (file.length > 1 && (file[0] & 0xFF) == 0xFF && (file[1] & 0xFF) == 0xFE) {
            return new String(file, 2, file.length - 2, StandardCharsets.UTF_16LE);
        }
        if (file.length > 1 && (file[0] & 0xFF) == 0xFE && (file[1] & 0xFF) == 0xFF) {
            return new String(file, 2, file.length - 2, StandardCharsets.UTF_16BE);
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

    private static CSVFormat csv(char delimiter) {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setIgnoreEmptyLines(true)
                .get();
    }

    /** The one by which a heading is found; others may occur in cells more often. */
    private static char delimiter(String text, Optional<Columns> wanted) {
        List<String> top = text.lines().limit(PREAMBLE).toList();
        for (char one : DELIMITERS) {
            if (hasHeading(String.join("\n", top), one, wanted)) {
                return one;
            }
        }
        char most = DELIMITERS[0]; // then all that is left is to show what is there
        for (char one : DELIMITERS) {
            most = count(top.get(0), one) > count(top.get(0), most) ? one : most;
        }
        return most;
    }

    private static boolean hasHeading(String top, char delimiter, Optional<Columns> wanted) {
        try (CSVParser parser = CSVParser.parse(new StringReader(top), csv(delimiter))) {
            for (CSVRecord record : parser) {
                if (format(names(record.toList()).keySet(), wanted).isPresent()) {
                    return true;
                }
            }
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            return false; // told when it is read
        }
        return false;
    }

    /** The format of a heading with these names. */
    private static Optional<Format> format(Set<String> names, Optional<Columns> wanted) {
        if (wanted.isPresent()) {
            return wanted.filter(columns -> columns.fits(names)).map(columns -> columns);
        }
        return Arrays.stream(Formats.values())
                .filter(known -> known.fits(names))
                .map(known -> (Format) known)
                .findFirst();
    }

    private static long count(String line, char wanted) {
        return line.chars().filter(c -> c == wanted).count();
    }

    /** One file being read. */
    private static final class Reading {
        private final CSVParser parser;
        private final Optional<ZoneId> zone;
        private final Optional<Columns> wanted;
        private final Notation notation;
        private final List<Line> lines = new ArrayList<>();
        private final List<BadRow> bad = new ArrayList<>();
        private final Set<String> currencies = new TreeSet<>();
        private Map<String, Integer> columns = Map.of();
        private List<String> shown = List.of();

        Reading(CSVParser parser, Optional<ZoneId> zone, Optional<Columns> wanted, Notation notation) {
            this.parser = parser;
            this.zone = zone;
            this.wanted = wanted;
            this.notation = notation;
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
            Map<String, Integer> names = names(cells);
            if (names.size() > columns.size()) {
                columns = names;
                shown = cells;
            }
            Optional<Format> found = InvoiceReader.format(names.keySet(), wanted);
            columns = found.isPresent() ? names : columns;
            return found;
        }

        private void take(CSVRecord record, Format format, ZoneId in) {
            Row row = new Row(columns, record.toList(), notation);
            if (row.isBlank() || row.isTotal()) {
                return;
            }
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
