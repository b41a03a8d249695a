package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.usage.RecordQuery.Mark;
import io.aiproxy.usage.UsageRecord;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Where a page of records ended, as a word that only this gateway reads. */
final class Cursor {
    private static final char BETWEEN = '.';

    private Cursor() {}

    static String behind(UsageRecord last) {
        String text = Long.toString(last.startedMillis(), 36) + BETWEEN + last.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Optional<Mark> of(Asked asked) throws Declined {
        Optional<String> cursor = asked.text("cursor");
        if (cursor.isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor.get()), StandardCharsets.UTF_8);
            int point = text.indexOf(BETWEEN);
            if (point > 0) {
                return Optional.of(new Mark(Long.parseLong(text.substring(0, point), 36), text.substring(point + 1)));
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw Asked.malformed("cursor", "what an answer before has given as next_cursor");
    }
}
