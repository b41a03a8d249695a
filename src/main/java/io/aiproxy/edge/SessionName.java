package io.aiproxy.edge;

import io.aiproxy.config.GroupConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.dialects.SessionKeys;

/** Which session a call belongs to, as a group's configuration has it told: by a header, otherwise by a field of the body. */
final class SessionName {
    private SessionName() {}

    /** The name, unique among users, who must not move each other's sessions; empty when the call names none. */
    static String of(Call call, GroupConfig.Session session) {
        String name = session.header().map(call.head().headers()::get).orElse("");
        if (name.isBlank()) {
            name = SessionKeys.read(call.body(), session.fields());
        }
        Caller caller = call.caller();
        return name.isBlank() || caller == null ? "" : caller.userId() + '\n' + name.strip();
    }
}
