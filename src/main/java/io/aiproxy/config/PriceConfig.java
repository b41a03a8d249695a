package io.aiproxy.config;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * What a model costs, an entry under {@code prices:} in prices.yaml, for instance
 * {@code {model: "gpt-4o*", input: 2.50, cached_input: 1.25, output: 10}}. Of all entries that fit a call the most specific
 * one counts (a channel by its id before a pattern, then the longest model), and of those that are alike in this the one
 * with the latest {@code valid_from} that is not after the beginning of the call. An entry that cannot be used is left out
 * with a warning, and all others count.
 *
 * @param id a name of your choice
 * @param channel the channel's id, or a pattern with {@code *}. Default: {@code "*"}, any
 * @param model the model's name, or a pattern with {@code *}. The model that the answer names is looked up first, then the
 *     one that was asked for
 * @param currency three letters; another than {@code system.money.currency} needs a rate there. Default:
 *     {@code system.money.currency}
 * @param per for how many tokens the prices of tokens are: {@code 1M} (default), {@code 1K} or {@code 1}
 * @param validFrom the first moment at which it holds: a date (in UTC) or a timestamp with offset. Default: always
 * @param charges the prices
 * @param tiers other prices for calls with more input, e.g. {@code [{above: 200000, input: 2.50, output: 15}]}; of several
 *     that fit the one with most input counts, for all of the call. Default: none
 */
public record PriceConfig(
        String id,
        String channel,
        String model,
        String currency,
        Per per,
        Optional<Instant> validFrom,
        Charges charges,
        List<Tier> tiers) {
    /** So many tokens that a price is for. */
    public enum Per {
        ONE("1", 0),
        THOUSAND("1K", 3),
        MILLION("1M", 6);

        private final String word;
        private final int zeros;

        Per(String word, int zeros) {
            this.word = word;
            this.zeros = zeros;
        }

        /** As it is written. */
        public String word() {
            return word;
        }

        /** How many zeros the number has. */
        public int zeros() {
            return zeros;
        }
    }

    /**
     * Prices. Every token is paid for once: cached input is not paid as input besides, reasoning not as output besides.
     * What has no price of its own and no other that stands in for it costs nothing.
     *
     * @param input tokens of the input
     * @param output tokens of the output
     * @param cachedInput tokens of the input that were read from a cache. Default: as {@code input}
     * @param cacheWrite tokens of the input that were written to a cache. Default: as {@code input}
     * @param cacheWriteHour tokens of the input that were written to a cache that keeps them for an hour. Default: as
     *     {@code cache_write}
     * @param reasoning tokens of the output that were reasoning. Default: as {@code output}
     * @param audioInput tokens of the input that were audio. Default: as {@code input}
     * @param cachedAudioInput tokens of audio that were read from a cache. Default: as {@code cached_input}
     * @param audioOutput tokens of the output that were audio. Default: as {@code output}
     * @param imageInput tokens of the input that were images. Default: as {@code input}
     * @param image each image that was made
     * @param request each call that was answered
     * @param second each second of audio recognised or made
     * @param character each character of speech synthesis
     */
    public record Charges(
            Optional<BigDecimal> input,
            Optional<BigDecimal> output,
            Optional<BigDecimal> cachedInput,
            Optional<BigDecimal> cacheWrite,
            Optional<BigDecimal> cacheWriteHour,
            Optional<BigDecimal> reasoning,
            Optional<BigDecimal> audioInput,
            Optional<BigDecimal> cachedAudioInput,
            Optional<BigDecimal> audioOutput,
            Optional<BigDecimal> imageInput,
            Optional<BigDecimal> image,
            Optional<BigDecimal> request,
            Optional<BigDecimal> second,
            Optional<BigDecimal> character) {
        /** No price at all. */
        static final Charges NONE = none(Optional.empty());

        private static Charges none(Optional<BigDecimal> no) {
            return new Charges(no, no, no, no, no, no, no, no, no, no, no, no, no, no);
        }

        /** These, and where nothing is said here, the others. */
        public Charges or(Charges others) {
            BinaryOperator<Optional<BigDecimal>> first = (mine, other) -> mine.isPresent() ? mine : other;
            return new Charges(
                    first.apply(input, others.input),
                    first.apply(output, others.output),
                    first.apply(cachedInput, others.cachedInput),
                    first.apply(cacheWrite, others.cacheWrite),
                    first.apply(cacheWriteHour, others.cacheWriteHour),
                    first.apply(reasoning, others.reasoning),
                    first.apply(audioInput, others.audioInput),
                    first.apply(cachedAudioInput, others.cachedAudioInput),
                    first.apply(audioOutput, others.audioOutput),
                    first.apply(imageInput, others.imageInput),
                    first.apply(image, others.image),
                    first.apply(request, others.request),
                    first.apply(second, others.second),
                    first.apply(character, others.character));
        }
    }

    /**
     * Prices for calls with much input.
     *
     * @param above it holds for calls with more tokens of input than this, cached ones included
     * @param charges the prices; what is not given is as in the entry itself
     */
    public record Tier(long above, Charges charges) {}
}
