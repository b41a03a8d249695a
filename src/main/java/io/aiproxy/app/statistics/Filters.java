package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.usage.Dimension;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What counts: {@code user=zhangsan&user=lisi&model=gpt-5}. Every dimension is a parameter, as often as one likes. */
final class Filters {
    /** The parameters read here. */
    static final List<String> PARAMETERS =
            Arrays.stream(Dimension.values()).map(Filters::word).toList();

    private static final int MOST = 100;

    private Filters() {}

    /** The word of a dimension, in parameters and answers. */
    static String word(Dimension dimension) {
        return dimension.name().toLowerCase(Locale.ROOT);
    }

    /** An empty value is one too: {@code channel=} finds what went to no channel. */
    static Map<Dimension, Set<String>> of(Asked asked) throws Declined {
        Map<Dimension, Set<String>> filters = new EnumMap<>(Dimension.class);
        for (Dimension dimension : Dimension.values()) {
            List<String> values = asked.values(word(dimension));
            if (values.size() > MOST) {
                throw Asked.malformed(word(dimension), "at most " + MOST + " values");
            }
            if (!values.isEmpty()) {
                filters.put(dimension, new LinkedHashSet<>(values));
            }
        }
        return filters;
    }
}
