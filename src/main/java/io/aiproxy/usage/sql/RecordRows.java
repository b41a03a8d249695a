package io.aiproxy.usage.sql;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.sql.Dimensions.Place;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of single calls. Each method works within the caller's transaction. */
@SuppressWarnings("EnumOrdinal") // an array with a place for each field, which is never kept
final class RecordRows {
    private static final int CHUNK = 500;

    private static final UsageField[] USAGE = UsageField.values();

    /** What few calls have used. */
    private static final UsageField[] SELDOM = {
        UsageField.CACHE_WRITE_TOKENS,
        UsageField.AUDIO_INPUT_TOKENS,
        UsageField.AUDIO_OUTPUT_TOKENS,
        UsageField.IMAGE_INPUT_TOKENS,
        UsageField.CHARACTERS,
        UsageField.SECONDS,
        UsageField.IMAGES,
        UsageField.CACHE_WRITE_HOUR_TOKENS,
        UsageField.CACHED_AUDIO_INPUT_TOKENS,
        UsageField.CACHED_IMAGE_INPUT_TOKENS,
    };

    /** What there is to say of every call. */
    private static final String[] USUAL = {
        "started",
        "id",
        "dimension",
        "ended",
        "credential",
        "template",
        "method",
        "model_asked",
        "answered",
        "web_socket",
        "status",
        "successful",
        "attempts",
        "bytes_in",
        "bytes_out",
        "first_byte",
        "duration",
        "overhead",
        "input_tokens",
        "output_tokens",
        "cached_input_tokens",
        "reasoning_tokens",
        "source",
        "cost",
        "priced",
        "unpriced",
        "client",
        "config_version"
    };

    /** The same, and what there is to say of few. */
    private static final String[] COLUMNS = Stream.of(
                    Arrays.stream(USUAL), Arrays.stream(SELDOM).map(UsageField::word), Stream.of("tags", "work"))
            .flatMap(columns -> columns)
            .toArray(String[]::new);

    private static final int ANSWERED_NONE = 0;
    private static final int ANSWERED_COUNTED = 1;
    private static final int ANSWERED_ASKED = 2;

    /** A longer batch takes memory and saves nothing. */
    private static final int ROWS = 250;

    private static String insert(String[] columns) {
        return "INSERT INTO aiproxy_usage_record (" + Statements.columns(columns) + ") VALUES ("
                + Statements.marks(columns.length) + ")";
    }

    /** A whole record, in the order in which {@link #read} takes it apart. */
    static final String SELECT = "SELECT r.started, r.id, r.ended, d.user_id, d.user_key, d.user_groups, d.channel,"
            + " r.credential, d.dialect, d.operation, r.template, r.method, d.model, r.model_asked, r.answered, r.web_socket,"
            + " r.status, d.ending, d.failure, r.attempts, r.bytes_in, r.bytes_out, r.first_byte, r.duration, r.overhead,"
            + " " + Statements.columns("r.", Arrays.stream(USAGE).map(UsageField::word)) + ","
            + " r.source, r.cost, d.currency, r.priced, r.tags, r.client, r.config_version, r.work"
            + " FROM aiproxy_usage_record r JOIN aiproxy_usage_dimension d ON d.id = r.dimension";

    private RecordRows() {}

    /** What makes a record this one and no other. */
    record Key(long started, String id) {}

    /** Of each of these records, whether it is not here yet; one that comes twice is missing once. */
    static boolean[] missing(Connection connection, List<UsageRecord> records) throws SQLException {
        Set<Key> there = new HashSet<>();
        List<Long> times = records.stream()
                .map(UsageRecord::startedMillis)
                .distinct()
                .sorted()
                .toList();
        for (int i = 0; i < times.size(); i += CHUNK) {
            there(connection, times.subList(i, Math.min(times.size(), i + CHUNK)), there);
        }
        boolean[] missing = new boolean[records.size()];
        for (int i = 0; i < missing.length; i++) {
            UsageRecord record = records.get(i);
            missing[i] = there.add(new Key(record.startedMillis(), Texts.id(record.id())));
        }
        return missing;
    }

    private static void there(Connection connection, List<Long> times, Set<Key> there) throws SQLException {
        int size = times.size() == 1 ? 1 : CHUNK; // few statements, compiled once
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT started, id FROM aiproxy_usage_record WHERE started IN (" + Statements.marks(size) + ")")) {
            Binder binder = new Binder(select);
            for (int i = 0; i < size; i++) {
                binder.number(times.get(Math.min(i, times.size() - 1)));
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    there.add(new Key(rows.getLong(1), rows.getString(2)));
                }
            }
        }
    }

    /** Inserts records. */
    static final class Insert implements AutoCloseable {
        private final Connection connection;
        private final Rows usual;
        private @Nullable Rows full;

        Insert(Connection connection) throws SQLException {
            this.connection = connection;
            this.usual = new Rows(connection.prepareStatement(insert(USUAL)));
        }

        /** @param place of its facts */
        void add(UsageRecord record, Place place) throws SQLException {
            boolean usually = isUsual(record);
            Rows rows = usually ? usual : full();
            bind(rows.binder, record, place);
            if (!usually) {
                rest(rows.binder, record);
            }
            rows.added();
        }

        private Rows full() throws SQLException {
            Rows known = full;
            if (known == null) {
                known = new Rows(connection.prepareStatement(insert(COLUMNS)));
                full = known;
            }
            return known;
        }

        void execute() throws SQLException {
            usual.execute();
            if (full != null) {
                full.execute();
            }
        }

        @Override
        public void close() throws SQLException {
            try {
                usual.statement.close();
            } finally {
                if (full != null) {
                    full.statement.close();
                }
            }
        }
    }

    /** A statement, and the rows that wait to be inserted by it. */
    private static final class Rows {
        private final PreparedStatement statement;
        private final Binder binder;
        private int waiting;

        Rows(PreparedStatement statement) {
            this.statement = statement;
            this.binder = new Binder(statement);
        }

        void added() throws SQLException {
            binder.row();
            if (++waiting == ROWS) {
                execute();
            }
        }

        void execute() throws SQLException {
            if (waiting > 0) {
                statement.executeBatch();
                waiting = 0;
            }
        }
    }

    /** Whether there is nothing to say in the columns behind the usual ones. */
    private static boolean isUsual(UsageRecord record) {
        long seldom = 0;
        for (int i = 0; i < SELDOM.length; i++) {
            seldom |= SELDOM[i].of(record.usage());
        }
        return seldom == 0 && record.tags().isEmpty() && record.work().isEmpty();
    }

    /** What {@code answered} says: none, the one that counts, or, where that is a collective name, the one asked for. */
    private static int answered(UsageRecord record, boolean own) {
        return record.modelAnswered().isEmpty() ? ANSWERED_NONE : own ? ANSWERED_COUNTED : ANSWERED_ASKED;
    }

    private static void bind(Binder row, UsageRecord record, Place place) throws SQLException {
        boolean own = !place.model().equals(Models.OTHER) || record.model().equals(Models.OTHER);
        row.number(record.startedMillis())
                .text(Texts.id(record.id()))
                .number(place.id())
                .number(record.endedMillis())
                .text(Texts.fit(record.credential(), Texts.NAME))
                .text(Texts.fit(record.template(), Texts.PATH))
                .text(Texts.fit(record.method(), Texts.METHOD))
                .text(
                        own && record.modelAsked().equals(record.model())
                                ? null
                                : Texts.fit(record.modelAsked(), Texts.NAME))
                .number(answered(record, own))
                .flag(record.webSocket())
                .number(record.status())
                .flag(Measure.successful(record))
                .number(record.attempts())
                .number(record.bytesIn())
                .number(record.bytesOut())
                .number(record.firstByteMicros())
                .number(record.durationMicros())
                .number(record.overheadMicros())
                .rare(record.usage().inputTokens())
                .rare(record.usage().outputTokens())
                .rare(record.usage().cachedInputTokens())
                .rare(record.usage().reasoningTokens())
                .number(number(record.source()))
                .rare(record.cost())
                .flag(record.priced())
                .flag(Measure.unpriced(record))
                .text(Texts.fit(record.client(), Texts.ADDRESS))
                .number(record.configVersion());
    }

    private static void rest(Binder row, UsageRecord record) throws SQLException {
        for (int i = 0; i < SELDOM.length; i++) {
            row.rare(SELDOM[i].of(record.usage()));
        }
        row.text(record.tags().isEmpty() ? null : Texts.json(record.tags()))
                .text(record.work().isEmpty() ? null : Texts.work(record.work()));
    }

    /** The record of a row of {@link #SELECT}. */
    static UsageRecord read(Cells row) throws SQLException {
        long started = row.number();
        String id = row.text();
        long ended = row.number();
        String user = row.text();
        String key = Facts.key(user, row.text());
        List<String> groups = Texts.list(row.text());
        String channel = row.text();
        String credential = row.text();
        String dialect = row.text();
        String operation = row.text();
        String template = row.text();
        String method = row.text();
        String model = row.text();
        String asked = row.text(model);
        return new UsageRecord(
                id,
                started,
                ended,
                user,
                key,
                groups,
                channel,
                credential,
                dialect,
                operation,
                template,
                method,
                asked,
                answered(row.small(), asked, model),
                row.flag(),
                row.small(),
                row.text(),
                row.text(),
                row.small(),
                row.number(),
                row.number(),
                row.number(),
                row.number(),
                row.number(),
                usage(row),
                source(row.small()),
                row.number(),
                row.text(),
                row.flag(),
                tags(row),
                row.text(),
                row.number(),
                row.text());
    }

    private static String answered(int said, String asked, String model) {
        return switch (said) {
            case ANSWERED_NONE -> "";
            case ANSWERED_ASKED -> asked;
            default -> model;
        };
    }

    private static Usage usage(Cells row) throws SQLException {
        long[] numbers = new long[USAGE.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = row.number();
        }
        return UsageField.usage(field -> numbers[field.ordinal()]);
    }

    private static UsageSource source(int index) {
        return switch (index) {
            case 0 -> UsageSource.PROVIDER;
            case 1 -> UsageSource.ESTIMATED;
            default -> UsageSource.NONE;
        };
    }

    private static int number(UsageSource source) {
        return switch (source) {
            case PROVIDER -> 0;
            case ESTIMATED -> 1;
            case NONE -> 2;
        };
    }

    private static Map<String, String> tags(Cells row) throws SQLException {
        return Texts.pairs(row.text());
    }
}
