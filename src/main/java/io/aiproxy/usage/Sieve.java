package io.aiproxy.usage;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.sql.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a record that the books refuse for good, because their database cannot hold it, from stopping all records behind it. Of a
 * batch that has failed some times, halves are added, and halves of halves: what fails alone while records behind it are
 * taken, and fails again after that, is put aside in a file. Where none is behind it, a plain record is tried out in its stead. As
 * long as that one is not taken either the books may just be down, and it is waited. For the loader's thread alone.
 */
final class Sieve {
    private static final Logger LOG = LoggerFactory.getLogger(Sieve.class);

    /** Where refused records are, beside the journal's directory; one JSON object in each line. */
    private static final String FILE = "refused-records.jsonl";

    /** Nothing of it can be refused by a database that takes any record. */
    private static final UsageRecord PLAIN = new UsageRecord(
            "tried-out",
            0,
            0,
            "",
            "",
            List.of(),
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            false,
            0,
            "",
            "",
            0,
            0,
            0,
            0,
            0,
            0,
            Usage.NONE,
            UsageSource.NONE,
            0,
            "",
            false,
            Map.of(),
            "",
            0,
            "");

    /** With the pauses between them these are some seconds. */
    private static final int TRIES = 4;

    private final Books books;
    private final Watches watches;
    private final Counts counts;
    private final Path file;
    private int failures;

    /** @param journal the journal's directory */
    Sieve(Books books, Watches watches, Counts counts, Path journal) {
        this.books = books;
        this.watches = watches;
        this.counts = counts;
        this.file = journal.toAbsolutePath().resolveSibling(FILE);
    }

    /** Whether a batch that has failed is to be read again, because records that have come since may tell why. */
    boolean wantsMore() {
        return failures >= TRIES;
    }

    /**
     * Adds a batch, perhaps without some of its records.
     *
     * @param records those that are refused for good are taken out
     * @param from where the books are
     * @param upTo where they will be
     * @throws BooksException when that is to be tried again; some of the records may have been added
     */
    void add(List<UsageRecord> records, Books.Position from, Books.Position upTo) throws BooksException {
        try {
            if (failures >= TRIES) {
                records.removeAll(refused(records, from));
            }
            books.add(records, upTo);
            failures = 0;
        } catch (BooksException | RuntimeException e) {
            failures++;
            throw e;
        }
    }

    private List<UsageRecord> refused(List<UsageRecord> records, Books.Position from) throws BooksException {
        books.position(from.journal()); // a database that is away says so at once, and not for each piece
        Search search = new Search(books, from, records.size());
        search.piece(records);
        List<UsageRecord> refused = search.refused();
        if (!refused.isEmpty()) {
            putAside(refused);
            String why = "the books in " + books.place() + " refuse them (" + search.why() + "); they are in " + file
                    + ", to be added with 'aiproxy usage import-records' once the cause is gone";
            LOG.error(
                    "Books: {} records are put aside, the first is of call {}: {}",
                    refused.size(),
                    refused.get(0).id(),
                    why);
            counts.refused.add(refused.size());
            watches.refused(refused.size(), why);
        }
        return refused;
    }

    private void putAside(List<UsageRecord> refused) throws BooksException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (UsageRecord record : refused) {
            lines.writeBytes(RecordJson.bytes(record));
            lines.write('\n');
        }
        try {
            if (!Files.exists(file)) {
                PrivateFiles.create(file);
            }
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
        } catch (IOException e) {
            throw new BooksException(
                    "records that the books refuse cannot be put aside in " + file + ": " + PrivateFiles.why(e)
                            + "; let the gateway write there",
                    true,
                    e);
        }
    }

    /** A search for the records that are refused. */
    private static final class Search {
        private final Books books;
        private final Books.Position from;
        /** So many failures behind each other may lead from a batch to two records in it; more: the books are down. */
        private final int most;

        private int inRow;
        private List<UsageRecord> suspects = new ArrayList<>();
        private final List<UsageRecord> failed = new ArrayList<>();
        private @Nullable Exception last;
        private String why = "";

        Search(Books books, Books.Position from, int records) {
            this.books = books;
            this.from = from;
            this.most = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(records)) + 4;
        }

        /** Adds what can be added of these. */
        void piece(List<UsageRecord> piece) throws BooksException {
            if (added(piece)) {
                failed.addAll(suspects);
                suspects = new ArrayList<>();
                inRow = 0;
            } else if (++inRow > most) {
                throw failure();
            } else if (piece.size() == 1) {
                suspects.add(piece.get(0));
            } else {
                int half = piece.size() / 2;
                piece(piece.subList(0, half));
                piece(piece.subList(half, piece.size()));
            }
        }

        private boolean added(List<UsageRecord> piece) {
            try {
                books.add(piece, from);
                return true;
            } catch (BooksException | RuntimeException e) {
                last = e;
                return false;
            }
        }

        /** Whether the books take a record at all, and what they take stays. */
        private boolean able() {
            Exception refusal = last;
            try {
                books.tryOut(PLAIN);
                books.add(List.of(), from);
                return true;
            } catch (BooksException | RuntimeException e) {
                last = refusal; // what is wrong with the record itself may say more
                LOG.debug("Books: they refuse a plain record too", e);
                return false;
            }
        }

        /** Those of which it is certain. */
        List<UsageRecord> refused() throws BooksException {
            if (!suspects.isEmpty()) { // behind them nothing was taken
                if (!able()) {
                    throw failure();
                }
                failed.addAll(suspects);
            }
            List<UsageRecord> refused = new ArrayList<>();
            for (UsageRecord record : failed) {
                if (!added(List.of(record))) {
                    refused.add(record);
                    why = String.valueOf(last == null ? null : last.getMessage());
                }
            }
            return refused;
        }

        /** What the books have said last. */
        String why() {
            return why;
        }

        private BooksException failure() {
            Exception e = last;
            return e instanceof BooksException told
                    ? told
                    : new BooksException(String.valueOf(e), true, e == null ? new IllegalStateException() : e);
        }
    }
}
