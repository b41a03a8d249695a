package io.aiproxy.usage;

import io.aiproxy.config.PriceConfig.Charges;
import io.aiproxy.config.PriceConfig.Per;
import io.aiproxy.core.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one of each thing costs, in billionths of the booking currency and exactly: amounts are multiplied and added without
 * loss, and their sum is rounded once, half to even. Immutable.
 */
final class UnitPrices {
    /** A thousand million of the currency: nothing costs more, and several of it still fit into a long. */
    static final long MOST = 1_000_000_000_000_000_000L;

    private static final int BILLION_ZEROS = 9;
    private static final int MOST_SCALE = 18;

    private final BigDecimal[] exact;
    /** The same as whole numbers of 1/{@code divisor}; null where these do not fit. */
    private final long @Nullable [] whole;

    private final long divisor;

    // What is paid for; together these are a call, and no two of them contain the same.
    private static final int INPUT = 0;
    private static final int CACHED_INPUT = 1;
    private static final int CACHED_AUDIO_INPUT = 2;
    private static final int CACHE_WRITE = 3;
    private static final int CACHE_WRITE_HOUR = 4;
    private static final int AUDIO_INPUT = 5;
    private static final int IMAGE_INPUT = 6;
    private static final int OUTPUT = 7;
    private static final int REASONING = 8;
    private static final int AUDIO_OUTPUT = 9;
    private static final int IMAGE = 10;
    private static final int REQUEST = 11;
    private static final int SECOND = 12;
    private static final int CHARACTER = 13;
    private static final int PARTS = 14;

    private UnitPrices(BigDecimal[] exact) {
        this.exact = exact;
        int scale = 0;
        for (BigDecimal price : exact) {
            scale = Math.max(scale, price.scale());
        }
        this.whole = scale > MOST_SCALE ? null : whole(exact, scale);
        this.divisor =
                whole == null ? 1 : BigDecimal.ONE.scaleByPowerOfTen(scale).longValueExact();
    }

    /**
     * Of prices as they are written.
     *
     * @param per for how many tokens those of tokens are
     * @param rate how much of the booking currency one of theirs is
     */
    static UnitPrices of(Charges charges, Per per, BigDecimal rate) {
        Optional<BigDecimal> input = charges.input();
        Optional<BigDecimal> cached = charges.cachedInput().or(() -> input);
        Optional<BigDecimal> written = charges.cacheWrite().or(() -> input);
        Optional<BigDecimal> output = charges.output();
        BigDecimal[] exact = new BigDecimal[PARTS];
        exact[INPUT] = token(input, per, rate);
        exact[CACHED_INPUT] = token(cached, per, rate);
        exact[CACHED_AUDIO_INPUT] = token(charges.cachedAudioInput().or(() -> cached), per, rate);
        exact[CACHE_WRITE] = token(written, per, rate);
        exact[CACHE_WRITE_HOUR] = token(charges.cacheWriteHour().or(() -> written), per, rate);
        exact[AUDIO_INPUT] = token(charges.audioInput().or(() -> input), per, rate);
        exact[IMAGE_INPUT] = token(charges.imageInput().or(() -> input), per, rate);
        exact[OUTPUT] = token(output, per, rate);
        exact[REASONING] = token(charges.reasoning().or(() -> output), per, rate);
        exact[AUDIO_OUTPUT] = token(charges.audioOutput().or(() -> output), per, rate);
        exact[IMAGE] = token(charges.image(), Per.ONE, rate);
        exact[REQUEST] = token(charges.request(), Per.ONE, rate);
        exact[SECOND] = token(charges.second(), Per.ONE, rate);
        exact[CHARACTER] = token(charges.character(), Per.ONE, rate);
        return new UnitPrices(exact);
    }

    private static BigDecimal token(Optional<BigDecimal> price, Per per, BigDecimal rate) {
        BigDecimal billionths =
                price.orElse(BigDecimal.ZERO).multiply(rate).scaleByPowerOfTen(BILLION_ZEROS - per.zeros());
        return billionths.signum() == 0 ? BigDecimal.ZERO : billionths.stripTrailingZeros();
    }

    private static long @Nullable [] whole(BigDecimal[] exact, int scale) {
        long[] whole = new long[exact.length];
        for (int i = 0; i < exact.length; i++) {
            try {
                whole[i] = exact[i].scaleByPowerOfTen(scale).longValueExact();
            } catch (ArithmeticException tooLarge) {
                return null;
            }
        }
        return whole;
    }

    /** What this costs, in billionths of the booking currency, {@link #MOST} at most. */
    long of(Usage usage) {
        long[] counts = counts(usage);
        long[] prices = whole;
        if (prices != null) {
            try {
                long sum = 0;
                for (int i = 0; i < counts.length; i++) {
                    sum = Math.addExact(sum, Math.multiplyExact(counts[i], prices[i]));
                }
                return Math.min(MOST, rounded(sum));
            } catch (ArithmeticException tooLarge) {
                // below it is not
            }
        }
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < counts.length; i++) {
            sum = sum.add(exact[i].multiply(BigDecimal.valueOf(counts[i])));
        }
        BigDecimal rounded = sum.setScale(0, RoundingMode.HALF_EVEN);
        return rounded.min(BigDecimal.valueOf(MOST)).longValueExact();
    }

    private long rounded(long sum) {
        long quotient = sum / divisor;
        long twice = 2 * (sum % divisor); // the divisor is 10^18 at most, so this fits
        boolean up = twice > divisor || (twice == divisor && (quotient & 1) == 1);
        return up ? quotient + 1 : quotient;
    }

    /**
     * How much there is of each part. What a total contains is taken out of it, the cached part first; should a provider
     * tell of parts that are together more than their total, the total counts.
     */
    private static long[] counts(Usage usage) {
        long[] counts = new long[PARTS];
        long input = Math.max(0, usage.inputTokens());
        input -= take(counts, CACHED_INPUT, usage.cachedInputTokens(), input);
        input -= take(counts, CACHE_WRITE, usage.cacheWriteTokens(), input);
        part(counts, CACHED_INPUT, CACHED_AUDIO_INPUT, usage.cachedAudioInputTokens());
        part(counts, CACHE_WRITE, CACHE_WRITE_HOUR, usage.cacheWriteHourTokens());
        input -= take(counts, AUDIO_INPUT, uncached(usage.audioInputTokens(), usage.cachedAudioInputTokens()), input);
        input -= take(counts, IMAGE_INPUT, uncached(usage.imageInputTokens(), usage.cachedImageInputTokens()), input);
        counts[INPUT] = input;
        long output = Math.max(0, usage.outputTokens());
        output -= take(counts, REASONING, usage.reasoningTokens(), output);
        output -= take(counts, AUDIO_OUTPUT, usage.audioOutputTokens(), output);
        counts[OUTPUT] = output;
        counts[IMAGE] = Math.max(0, usage.images());
        counts[SECOND] = Math.max(0, usage.seconds());
        counts[CHARACTER] = Math.max(0, usage.characters());
        counts[REQUEST] = 1;
        return counts;
    }

    /** A part of a part is paid for at its own price. */
    private static void part(long[] counts, int whole, int part, long told) {
        counts[whole] -= take(counts, part, told, counts[whole]);
    }

    /** Cached sound and pictures are among what is cached already. */
    private static long uncached(long all, long cached) {
        return all - Math.max(0, cached);
    }

    private static long take(long[] counts, int part, long told, long left) {
        long taken = Math.min(Math.max(0, told), left);
        counts[part] = taken;
        return taken;
    }
}
