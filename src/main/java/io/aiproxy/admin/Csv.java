package io.aiproxy.admin;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * Tables as text (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula gets an apostrophe before it, which
 * goes again when the table comes back.
 */
final class Csv {
    private static final String FORMULA = "=+-@\t\r";

    private Csv() {}

    /**
     * A row by the names of its columns.
     *
     * @param line where it begins in the text, from 1
     * @param cells only those that the row has
     */
    record Row(long line, Map<String, String> cells) {}

    static String write(List<String> head, List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
            printer.printRecord(head);
            for (List<String> row : rows) {
                printer.printRecord(row.stream().map(Csv::guarded).toList());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // a text takes everything
        }
        return text.toString();
    }

    private static String guarded(String cell) {
        return !cell.isEmpty() && FORMULA.indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
    }

    private static String plain(String cell) {
        return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
                ? cell.substring(1)
                : cell;
    }

    /** Reads a table with a first line of names, all of which must be known. */
    static List<Row> read(byte[] bytes, List<String> columns) {
        String text = text(bytes);
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setIgnoreEmptyLines(true)
                .setIgnoreSurroundingSpaces(true)
                .get();
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            List<String> names = parser.getHeaderNames();
            if (names.isEmpty() || !columns.containsAll(names)) {
                throw Refusal.malformed("The first line must name the columns, some of: " + String.join(",", columns));
            }
            List<Row> rows = new ArrayList<>();
            for (CSVRecord row : parser) {
                if (row.size() > names.size()) {
                    throw Refusal.malformed("Line " + parser.getCurrentLineNumber() + " has more cells than columns.");
                }
                Map<String, String> cells = new java.util.LinkedHashMap<>();
                row.toMap().forEach((name, cell) -> cells.put(name, plain(cell)));
                rows.add(new Row(parser.getCurrentLineNumber(), cells));
            }
            return rows;
        } catch (IOException | IllegalArgumentException | IllegalStateException | java.io.UncheckedIOException e) {
            throw Refusal.malformed("The body is no table of comma-separated values (RFC 4180).");
        }
    }

    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (Json.sound(text)) {
                return text.startsWith("\uFEFF") ? text.substring(1) : text;
            }
        } catch (CharacterCodingException e) {
            // told below
        }
        throw Refusal.malformed("The body is not UTF-8 text.");
    }
}
