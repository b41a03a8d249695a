package io.aiproxy.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * How usage is booked, {@code usage:} in system.yaml.
 *
 * @param enabled whether calls are booked at all. Default: true
 * @param lossWindow how much of what callers have got may be missing in the books when the process is killed: records are
 *     written to the journal at least this often. {@code 0}: before the answer ends, which delays the end of every answer
 *     by a write to the disk. Default: 100ms
 * @param keep how long the record of each call is kept; sums by hour, day and month stay. Default: 90d
 * @param keepMinutes how long sums by minute are kept. Default: 7d
 * @param timeZone the zone in which days and months begin. Default: the machine's
 * @param tags request header fields whose values become tags of the record, e.g. {@code [x-team, x-project]}; lower case
 *     after loading. Default: none
 * @param estimate whether tokens are estimated from the text where the provider has told nothing. Default: true
 * @param processorShare percent of one processor that bringing records from the journal into the books takes while more comes
 *     than that is enough for; more, up to all of it, when the books are behind by over two minutes or 512 MiB. 100: as fast as
 *     it can. Default: 2
 */
public record BooksConfig(
        boolean enabled,
        Duration lossWindow,
        Duration keep,
        Duration keepMinutes,
        Optional<ZoneId> timeZone,
        List<String> tags,
        boolean estimate,
        int processorShare) {
    /** What holds where nothing is said. */
    public static BooksConfig defaults() {
        return new BooksConfig(
                true,
                Duration.ofMillis(100),
                Duration.ofDays(90),
                Duration.ofDays(7),
                Optional.empty(),
                List.of(),
                true,
                2);
    }

    /** The zone in which days and months begin. */
    public ZoneId zone() {
        return timeZone.orElseGet(ZoneId::systemDefault);
    }
}
