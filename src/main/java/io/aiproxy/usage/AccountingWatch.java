package io.aiproxy.usage;

import io.aiproxy.core.Receipt;

/** Somebody who wants to know how booking goes: limits, alerts. What is of no interest need not be written. */
public interface AccountingWatch {
    /**
     * A call has its record: now its usage is known as well as it ever will be. Within a second after the call, also while the
     * disk takes nothing. Called on the accounting thread, once per call; must not block and must not throw.
     */
    default void settled(Receipt receipt, UsageRecord record) {}

    /**
     * Calls will be missing in the books. Told once a minute while it goes on; must not throw.
     *
     * @param calls how many since it was told last
     * @param why what an administrator can do about it
     */
    default void lost(long calls, String why) {}

    /**
     * The books refuse records for good; they were put aside in a file. On the thread that has noticed it; must not throw.
     *
     * @param records how many
     * @param why what an administrator can do about it
     */
    default void refused(long records, String why) {}

    /**
     * Something does not work that will be tried again. Told when it begins, on the thread that has noticed it; must not throw.
     *
     * @param part {@code journal} or {@code books}
     * @param text what an administrator can do about it
     */
    default void troubled(String part, String text) {}

    /** It works again. */
    default void recovered(String part) {}
}
