package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is other in a users.yaml than in the one before: some users, the others being there in the same lines as before. They
 * need not be read again, and are left out of the {@link #text}, which is otherwise the whole document.
 *
 * @param known what was read before
 * @param layout of it
 * @param text the document without those who are the same
 * @param from the first user who may be another, counted from 0
 * @param to the first behind them who is the same
 */
record UserPatch(Known known, UserLayout layout, String text, int from, int to) {

    /** What is other in the document {@code now}; empty if it must be read as a whole. */
    static Optional<UserPatch> of(Known known, String now) {
        return known.layout()
                .filter(layout -> layout.count() == known.snapshot().users().size())
                .flatMap(layout -> of(known, layout, now));
    }

    private static Optional<UserPatch> of(Known known, UserLayout layout, String now) {
        String before = known.users();
        int same = sameAtBegin(before, now);
        int sameBehind = sameAtEnd(before, now, Math.min(before.length(), now.length()) - same);
        // whoever stands in front of the first difference is read too: what was put behind him might be his
        int from = layout.before(same) - 1;
        int changedTo = before.length() - sameBehind;
        int to = layout.before(changedTo);
        int oldEnd = layout.start(to);
        if (from < 0 || oldEnd < changedTo || to <= from) {
            return Optional.empty();
        }
        int end = oldEnd + now.length() - before.length();
        boolean wholeLines = end == now.length() || (end > 0 && now.charAt(end - 1) == '\n');
        int tail = layout.start(layout.count()) + now.length() - before.length();
        int left = layout.start(0) + end - layout.start(from) + now.length() - tail;
        if (!wholeLines || end < layout.start(from) || left > now.length() / 2) {
            return Optional.empty();
        }
        String text = now.substring(0, layout.start(0)) + now.substring(layout.start(from), end) + now.substring(tail);
        return Placeholders.in(text) ? Optional.empty() : Optional.of(new UserPatch(known, layout, text, from, to));
    }

    private static int sameAtBegin(String one, String other) {
        int most = Math.min(one.length(), other.length());
        int at = 0;
        while (at < most && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }

    private static int sameAtEnd(String one, String other, int most) {
        int count = 0;
        while (count < most && one.charAt(one.length() - 1 - count) == other.charAt(other.length() - 1 - count)) {
            count++;
        }
        return count;
    }

    /** The ids of all users in order, when these are the ids in {@link #text}; empty if one is another's already. */
    Optional<Set<String>> ids(Set<String> fresh) {
        Map<String, Integer> all = new LinkedHashMap<>();
        List<String> before = List.copyOf(known.snapshot().users().keySet());
        before.subList(0, from).forEach(id -> all.put(id, 0));
        fresh.forEach(id -> all.merge(id, 0, (one, other) -> 1));
        before.subList(to, before.size()).forEach(id -> all.merge(id, 0, (one, other) -> 1));
        return all.containsValue(1) ? Optional.empty() : Optional.of(all.keySet());
    }

    /**
     * All users.
     *
     * @param ids of all of them, in order
     * @param fresh those in {@link #text}
     * @return empty if a key is another's already, which is to be told
     */
    Optional<Map<String, UserConfig>> users(Set<String> ids, Map<String, UserConfig> fresh) {
        Map<String, UserConfig> before = known.snapshot().users();
        Set<KeyDigest> digests = new HashSet<>();
        fresh.values().forEach(user -> digests(user).forEach(digests::add));
        Map<String, UserConfig> all = new LinkedHashMap<>(ids.size() * 2);
        for (String id : ids) {
            UserConfig user = fresh.get(id);
            if (user == null) {
                user = before.get(id);
                if (user == null || digests(user).anyMatch(digests::contains)) {
                    return Optional.empty();
                }
            }
            all.put(id, user);
        }
        return Optional.of(Collections.unmodifiableMap(all));
    }

    private static Stream<KeyDigest> digests(UserConfig user) {
        return user.keys().stream()
                .flatMap(key -> Stream.concat(
                        Stream.of(key.digest()), key.previous().stream().map(KeyConfig.Previous::digest)));
    }

    /** Where all users stand; empty if those in {@link #text} do not stand as the others do. */
    Optional<UserLayout> layout(Optional<UserLayout> fresh, int count) {
        return fresh.filter(own -> own.count() == count && own.alike(layout)).map(own -> layout.with(from, to, own));
    }
}
