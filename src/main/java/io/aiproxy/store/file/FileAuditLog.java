package io.aiproxy.store.file;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.Author;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One JSON object per line in {@code audit/audit-YYYY-MM.jsonl}, a file for each month (UTC) that is only ever appended to,
 * readable by its owner alone. A line that a power cut has torn is left out, and never spoils the one after it.
 */
public final class FileAuditLog implements AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("audit-([0-9]{4}-[0-9]{2})\\.jsonl");
    private static final String LOCK = "audit.lock";

    private final Path directory;
    private final Ticker ticker;

    /** @param dataDir where the gateway writes; nothing is touched before the first event */
    public FileAuditLog(Path dataDir) {
        this(dataDir, Ticker.SYSTEM);
    }

    FileAuditLog(Path dataDir, Ticker ticker) {
        this.directory = dataDir.resolve("audit");
        this.ticker = ticker;
    }

    @Override
    @SuppressWarnings("try") // a lock is held, not used
    public void append(AuditEvent event) throws StoreException {
        YearMonth month = YearMonth.from(event.at().atOffset(ZoneOffset.UTC));
        Path file = directory.resolve("audit-" + month + ".jsonl");
        try {
            Durable.directory(directory);
            try (StoreLock one = StoreLock.take(directory.resolve(LOCK), ticker)) {
                append(file, JSON.writeValueAsString(json(event)));
            }
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE, "The audit log cannot be written: " + Durable.why(e), e);
        }
    }

    private void append(Path file, String line) throws IOException {
        boolean fresh = !Files.exists(file);
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, options, Durable.secret())) {
            long end = out.size();
            ByteBuffer bytes = ByteBuffer.wrap(
                    (torn(out, end) ? "\n" + line + "\n" : line + "\n").getBytes(StandardCharsets.UTF_8));
            for (long at = end; bytes.hasRemaining(); ) {
                at += out.write(bytes, at);
            }
            out.force(true);
        }
        if (fresh) {
            Durable.sync(directory);
        }
    }

    /** Whether the last line has no end, because a power cut or a full disk took it. */
    private static boolean torn(FileChannel file, long end) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return end > 0 && file.read(last, end - 1) == 1 && last.get(0) != '\n';
    }

    /** An event as a line of such a file, without its end. */
    public static String line(AuditEvent event) {
        return json(event).toString();
    }

    private static ObjectNode json(AuditEvent event) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("at", event.at().toString());
        json.put("author", event.author().name());
        json.put("from", event.author().from());
        json.put("action", event.action());
        json.put("target", event.target());
        json.put("outcome", event.outcome());
        event.before().ifPresent(before -> json.set("before", before));
        event.after().ifPresent(after -> json.set("after", after));
        return json;
    }

    @Override
    public List<AuditEvent> find(Query query) throws StoreException {
        List<AuditEvent> found = new ArrayList<>();
        int skipped = 0;
        try {
            for (Path file : months(query)) {
                try (LinesBackward lines = new LinesBackward(file)) {
                    Optional<String> line = lines.next();
                    while (line.isPresent() && found.size() < query.limit()) {
                        Optional<AuditEvent> event = event(line.get()).filter(one -> fits(one, query));
                        if (event.isPresent() && skipped++ >= query.offset()) {
                            found.add(event.get());
                        }
                        line = lines.next();
                    }
                }
            }
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE, "The audit log cannot be read: " + Durable.why(e), e);
        }
        return found;
    }

    /** Files of the months that the query touches, newest first. */
    private List<Path> months(Query query) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> touches(file.getFileName().toString(), query))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static boolean touches(String name, Query query) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return false;
        }
        try {
            YearMonth month = YearMonth.parse(matcher.group(1));
            Instant begin = month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            Instant end = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            return begin.isBefore(query.to()) && end.isAfter(query.from());
        } catch (DateTimeException noMonth) {
            return false;
        }
    }

    /** What a line says; empty for one that is damaged. */
    private static Optional<AuditEvent> event(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            if (json == null || !json.path("action").isTextual()) {
                return Optional.empty();
            }
            return Optional.of(new AuditEvent(
                    Instant.parse(json.path("at").asText()),
                    new Author(json.path("author").asText(), json.path("from").asText()),
                    json.path("action").asText(),
                    json.path("target").asText(),
                    json.path("outcome").asText(),
                    Optional.ofNullable(json.get("before")),
                    Optional.ofNullable(json.get("after"))));
        } catch (JacksonException | DateTimeException damaged) {
            return Optional.empty();
        }
    }

    private static boolean fits(AuditEvent event, Query query) {
        String action = query.action();
        boolean kind = action.endsWith(".")
                ? event.action().startsWith(action)
                : action.isEmpty() || event.action().equals(action);
        return kind
                && !event.at().isBefore(query.from())
                && event.at().isBefore(query.to())
                && (query.author().isEmpty() || event.author().name().equals(query.author()))
                && (query.target().isEmpty() || event.target().equals(query.target()));
    }

    @Override
    public void close() {
        // every event is on the disk when append returns
    }
}
