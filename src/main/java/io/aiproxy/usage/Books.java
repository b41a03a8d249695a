package io.aiproxy.usage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Where usage is kept for good. Every method may block; any thread, {@link #add} from one thread at a time per journal. */
public interface Books extends AutoCloseable {
    /**
     * A place in a journal, up to which its records are in the books.
     *
     * @param journal the journal's id, one per instance of the gateway
     * @param segment number of the file
     * @param offset behind the last record, in bytes from the beginning of the file
     */
    record Position(String journal, long segment, long offset) {}

    /** Up to where the records of this journal are here; empty if none is. */
    Optional<Position> position(String journal) throws BooksException;

    /**
     * Adds records and the sums made of them, and moves the journal's position, all or nothing. A record that is here
     * already (same start and id) is left out.
     */
    void add(List<UsageRecord> records, Position upTo) throws BooksException;

    /**
     * Does all that {@link #add} does for a record that is new, and takes it back: nothing of it stays. Whoever wants to know
     * whether the books refuse one record or take none at all tries with another one.
     *
     * @throws BooksException as {@link #add} would
     */
    void tryOut(UsageRecord record) throws BooksException;

    /**
     * Sums. Rows come in order of time, then of their values.
     *
     * @throws BooksException also when the question cannot be answered from what is kept, e.g. by minute for last year
     */
    List<StatisticsRow> statistics(StatisticsQuery query) throws BooksException;

    /** Records, newest first. */
    List<UsageRecord> records(RecordQuery query) throws BooksException;

    /** All records of a time in order of their start, one after the other, without holding all of them. */
    void each(Instant from, Instant to, Consumer<UsageRecord> consumer) throws BooksException;

    /** Deletes records that began before {@code records} and sums by minute before {@code minutes}, in small steps. */
    void purge(Instant records, Instant minutes) throws BooksException;

    /**
     * Makes all sums of this time again from the records; only where records of all of it are kept.
     *
     * @return how many records they were made from
     */
    long rebuild(Instant from, Instant to) throws BooksException;

    /** What is wrong with it at the moment, for people; empty when all is well. Does not block. */
    Optional<String> trouble();

    /** Where it is, for people: without a password. */
    String place();

    @Override
    void close();
}
