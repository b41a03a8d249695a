package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;

/**
 * What a limit counts with, one object per limit and owner. A counter lives as long as its name: a new configuration with
 * another amount goes on with the same counts.
 *
 * @param name of the owner and what is counted, e.g. {@code user/zhangsan/requests/60s}; the same in every instance
 * @param limit how much
 */
public record Counter(String name, LimitConfig limit) {}
