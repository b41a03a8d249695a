package io.aiproxy.usage.sql;

import io.aiproxy.usage.UsageRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What calls have in common, and what statistics are grouped and filtered by. All of it fits into the columns.
 *
 * @param userKey {@code user/key}, or empty where there is neither
 */
record Facts(
        String user,
        String userKey,
        List<String> groups,
        String channel,
        String model,
        String dialect,
        String operation,
        String ending,
        String failure,
        String currency) {
    private static final int DIGEST_BYTES = 16;

    /** What decides on a record's facts, as the record says it. */
    private record Said(
            String user,
            String key,
            List<String> groups,
            String channel,
            String model,
            String dialect,
            String operation,
            String ending,
            String failure,
            String currency) {
        static Said by(UsageRecord record) {
            return new Said(
                    record.user(),
                    record.key(),
                    record.groups(),
                    record.channel(),
                    record.model(),
                    record.dialect(),
                    record.operation(),
                    record.ending(),
                    record.failure(),
                    record.currency());
        }
    }

    /** Of each of them, in their order; those that are the same are one object. */
    static Facts[] each(List<UsageRecord> records) {
        Map<Said, Facts> known = new HashMap<>();
        Facts[] facts = new Facts[records.size()];
        for (int i = 0; i < facts.length; i++) {
            UsageRecord record = records.get(i);
            facts[i] = known.computeIfAbsent(Said.by(record), said -> of(record));
        }
        return facts;
    }

    static Facts of(UsageRecord record) {
        String user = Texts.fit(record.user(), Texts.NAME);
        String key = Texts.fit(record.key(), Texts.NAME);
        return new Facts(
                user,
                user.isEmpty() && key.isEmpty() ? "" : user + "/" + key,
                record.groups().stream()
                        .map(group -> Texts.fit(group, Texts.NAME))
                        .toList(),
                Texts.fit(record.channel(), Texts.NAME),
                Texts.fit(record.model(), Texts.NAME),
                Texts.fit(record.dialect(), Texts.WORD),
                Texts.fit(record.operation(), Texts.WORD),
                Texts.fit(record.ending(), Texts.WORD),
                Texts.fit(record.failure(), Texts.WORD),
                Texts.fit(record.currency(), Texts.CURRENCY));
    }

    /** What all calls of a currency have in common. */
    static Facts whole(String currency) {
        return new Facts("", "", List.of(), "", "", "", "", "", "", currency);
    }

    /** The same with another model. */
    Facts withModel(String other) {
        return new Facts(user, userKey, groups, channel, other, dialect, operation, ending, failure, currency);
    }

    /** The key's name alone. */
    static String key(String user, String userKey) {
        return userKey.isEmpty() ? "" : userKey.substring(user.length() + 1);
    }

    /** Of all of it, as hexadecimal digits. */
    String digest() {
        MessageDigest digest = sha256();
        for (String text : List.of(user, userKey, channel, model, dialect, operation, ending, failure, currency)) {
            update(digest, text);
        }
        groups.forEach(group -> update(digest, group));
        return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) { // every Java platform must have it (MessageDigest's Javadoc)
            throw new IllegalStateException(e);
        }
    }
}
