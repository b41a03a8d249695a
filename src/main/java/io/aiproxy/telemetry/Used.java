package io.aiproxy.telemetry;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;

/**
 * What a call has used, as it stands in the books.
 *
 * @param channel id of the channel
 * @param usage what was used
 * @param source where that comes from
 * @param cost in billionths of the currency
 * @param currency three letters; empty when there is no price
 */
public record Used(String channel, Usage usage, UsageSource source, long cost, String currency) {}
