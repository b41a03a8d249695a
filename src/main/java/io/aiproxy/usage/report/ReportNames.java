package io.aiproxy.usage.report;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.usage.Dimension;

/**
 * What people call that of which the books know the id alone, because ids stay when names change. Any thread; does not
 * block.
 */
@FunctionalInterface
public interface ReportNames {
    /** Knows nobody. */
    ReportNames NONE = (dimension, id) -> "";

    /** The name in the configuration; empty where it has none, and of dimensions whose values are names themselves. */
    String name(Dimension dimension, String id);

    /** The names in this configuration: those of now, whatever time a report is about. */
    static ReportNames of(Snapshot snapshot) {
        return (dimension, id) -> switch (dimension) {
            case USER -> {
                UserConfig user = snapshot.users().get(id);
                yield user == null ? "" : user.name();
            }
            case CHANNEL -> {
                ChannelConfig channel = snapshot.channels().get(id);
                yield channel == null ? "" : channel.name();
            }
            case GROUP -> {
                UserGroupConfig group = snapshot.userGroups().get(id);
                yield group == null ? "" : group.name();
            }
            default -> "";
        };
    }

    /** Whether values of this dimension are ids beside which there are names. */
    static boolean has(Dimension dimension) {
        return dimension == Dimension.USER || dimension == Dimension.CHANNEL || dimension == Dimension.GROUP;
    }
}
