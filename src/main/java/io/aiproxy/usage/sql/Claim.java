package io.aiproxy.usage.sql;

import io.aiproxy.usage.UsageRecord;

/** What speaks for a model's name: the later ones say more. */
enum Claim {
    /** A caller has named it, which anybody can do. */
    ASKED,
    /** A channel has worked under the name that the caller has given. Some take any name, and tell it back. */
    SERVED,
    /** The answer has named it, and the caller another one, or there is no name. */
    TOLD;

    /** What this call says for {@link UsageRecord#model()}. */
    static Claim of(UsageRecord record) {
        String answered = record.modelAnswered();
        if (record.model().isEmpty() || (!answered.isEmpty() && !answered.equals(record.modelAsked()))) {
            return TOLD;
        }
        boolean worked = !answered.isEmpty() || !record.usage().isNone();
        return worked && (record.webSocket() || record.status() < 400) ? SERVED : ASKED;
    }

    Claim or(Claim other) {
        return compareTo(other) < 0 ? other : this;
    }
}
