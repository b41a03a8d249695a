package io.aiproxy.usage;

import java.time.Duration;

/**
 * How much of a processor the books may take from calls. The journal is there so that the books need not keep up with a burst;
 * but the further they are behind, the larger the share becomes: evenly, from where {@code some} is behind until {@code much} is,
 * and from there on all of a processor.
 *
 * @param usual part of one processor, above 0, 1 at most
 * @param some up to where the usual share is enough
 * @param much from where on nothing is left to calls
 * @param longest no rest is longer than this
 */
public record Share(double usual, Backlog some, Backlog much, Duration longest) {
    private static final long MIB = 1L << 20;

    /** Enough to keep two percent after a quarter of a second of work, which is what the largest batch takes. */
    private static final Duration LONGEST = Duration.ofSeconds(15);

    /**
     * What is not in the books.
     *
     * @param bytes of the journal
     * @param age how long the oldest call has been waiting
     */
    public record Backlog(long bytes, Duration age) {}

    /** What fits a gateway, with this usual share. */
    public static Share usual(double share) {
        return new Share(
                share,
                new Backlog(512 * MIB, Duration.ofMinutes(2)),
                new Backlog(2048 * MIB, Duration.ofMinutes(10)),
                LONGEST);
    }

    /** The part of a processor that may be taken while so much is behind. */
    double of(Backlog behind) {
        double bytes = part(behind.bytes, some.bytes, much.bytes);
        double age = part(behind.age.toMillis(), some.age.toMillis(), much.age.toMillis());
        return usual + (1 - usual) * Math.max(bytes, age);
    }

    private static double part(long value, long some, long much) {
        if (value <= some) {
            return 0;
        }
        return value < much ? (double) (value - some) / (double) (much - some) : 1;
    }

    /** Nanoseconds from the beginning of work that took {@code worked} nanoseconds of a processor until more may be done. */
    long cycle(long worked, Backlog behind) {
        double cycle = worked / of(behind);
        return (long) Math.min(cycle, worked + (double) longest.toNanos());
    }
}
