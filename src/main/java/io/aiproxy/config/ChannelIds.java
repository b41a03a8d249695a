package io.aiproxy.config;

import java.util.Locale;

/** Which words may be ids of channels, for those who make configurations. */
public final class ChannelIds {
    private ChannelIds() {}

    /** Whether {@code /id/…} is a path of its own at the gateway, so that no channel can have this id. */
    public static boolean reserved(String id) {
        return Rules.RESERVED.contains(id.toLowerCase(Locale.ROOT));
    }
}
