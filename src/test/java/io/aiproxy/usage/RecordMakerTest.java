package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a record says a call costs of which nothing is known to have been used. */
class RecordMakerTest {
    private static UsageRecord record(Optional<Usage> usage, long price) {
        Pricing pricing = sale -> {
            assertThat(sale.usage().isNone()).isTrue();
            return new Pricing.Price(price, "USD", true);
        };
        return new RecordMaker(() -> pricing, Optional.empty())
                .plain(Records.receipt("a", usage, UsageSource.NONE, Optional.empty()));
    }

    /** Moderations, searches and whatever else is sold by the call. */
    @Test
    void aCallThatWasAnsweredHasThePriceOfARequest() {
        UsageRecord record = record(Optional.empty(), 10_000_000);
        assertThat(record.cost()).isEqualTo(10_000_000);
        assertThat(record.currency()).isEqualTo("USD");
        assertThat(record.priced()).isTrue();
        assertThat(record.source()).isEqualTo(UsageSource.NONE);
    }

    @Test
    void whereThatHasNoneNothingIsSaidOfPrices() {
        assertThat(record(Optional.empty(), 0).priced()).isFalse();
    }

    @Test
    void whatHasFailedCostsNothing() {
        UsageRecord record = record(Optional.of(Usage.NONE), 10_000_000);
        assertThat(record.cost()).isZero();
        assertThat(record.priced()).isFalse();
    }
}
