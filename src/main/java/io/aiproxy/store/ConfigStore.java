package io.aiproxy.store;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import java.util.List;

/**
 * Keeps the configuration and its versions. Every method blocks; all may be called by several threads, and other processes
 * may use the same store at the same time.
 */
public interface ConfigStore extends AutoCloseable {
    /** Where it keeps them, for people: never with a password. */
    String place();

    /**
     * The configuration as it is now, read and checked. What was changed behind the store's back (a file with an editor)
     * becomes a version first.
     *
     * @throws ConfigException with everything that is wrong with it
     * @throws StoreException when the store cannot be reached
     */
    Snapshot load() throws ConfigException, StoreException;

    /** The entries as they are now, good or not. */
    State state() throws StoreException;

    /**
     * Makes all changes or none. What comes out is checked as a whole first: nothing that could not be loaded is ever
     * written. When this returns, the change outlives a power cut.
     *
     * @param tag of the state from which the changes were made
     * @param note kept with the version
     * @return the version that was made; the present one if nothing changed
     * @throws ConfigException with everything that would be wrong
     * @throws StoreException CONFLICT when the state is another one by now
     */
    Version apply(String tag, List<Change> changes, Author author, String note) throws ConfigException, StoreException;

    /**
     * Versions that are kept, newest first.
     *
     * @param before only older ones; {@link Long#MAX_VALUE} for the newest
     * @param limit at most so many
     */
    List<Version> versions(long before, int limit) throws StoreException;

    /**
     * The entries of a version.
     *
     * @throws StoreException NOT_FOUND when it is not kept any more, or never was
     */
    Entries at(long version) throws StoreException;

    /**
     * Calls back soon after the configuration was changed by anybody, another process included, on a thread of its own,
     * until what is returned is closed.
     */
    AutoCloseable watch(Runnable onChange);

    @Override
    void close();
}
