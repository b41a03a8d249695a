package io.aiproxy.edge;

import io.aiproxy.config.RequestRule;
import io.aiproxy.core.Body;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Percent;
import io.aiproxy.core.Wildcard;
import io.aiproxy.dialects.BodyEdits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A channel's request rules, prepared once per configuration. Which of them match is decided by the caller's request as it
 * arrived; what they change is what the channel would be sent, in their order: a later rule sees what an earlier one made.
 */
final class Rules {
    private static final Rules NONE = new Rules(List.of());

    private final List<Rule> rules;

    private Rules(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * One rule.
     *
     * @param paths of which one has to match; empty: any path does
     * @param headers which all have to match
     * @param remove names of header fields
     * @param set header fields
     * @param query changes of the query, in order
     * @param changesBody whether {@code body} does anything
     * @param streamOptions whether what it does concerns {@code stream_options}
     * @param body changes of a JSON body
     */
    private record Rule(
            List<Wildcard> paths,
            List<Map.Entry<String, Wildcard>> headers,
            List<String> remove,
            List<Map.Entry<String, String>> set,
            List<QueryEdit> query,
            boolean changesBody,
            boolean streamOptions,
            BodyEdits body) {

        static Rule of(RequestRule rule) {
            List<QueryEdit> query = new ArrayList<>();
            rule.removeQuery().forEach(name -> query.add(QueryEdit.remove(name)));
            rule.setQuery().forEach((name, value) -> query.add(QueryEdit.set(name, value)));
            return new Rule(
                    rule.match().paths().stream().map(Wildcard::of).toList(),
                    rule.match().headers().entrySet().stream()
                            .map(header -> Map.entry(header.getKey(), Wildcard.of(header.getValue())))
                            .toList(),
                    List.copyOf(rule.removeHeaders()),
                    rule.setHeaders().entrySet().stream()
                            .map(header -> Map.entry(header.getKey().toLowerCase(Locale.ROOT), header.getValue()))
                            .toList(),
                    List.copyOf(query),
                    rule.changesBody(),
                    Stream.of(
                                    rule.removeBody(),
                                    rule.setBody().keySet(),
                                    rule.defaultBody().keySet())
                            .flatMap(Collection::stream)
                            .anyMatch(Rule::leadsToStreamOptions),
                    BodyEdits.of(rule.removeBody(), rule.setBody(), rule.defaultBody()));
        }

        private static boolean leadsToStreamOptions(String path) {
            String first = path.split("\\.", 2)[0];
            return first.equals("stream_options") || first.equals("*");
        }

        boolean matches(String path, String decoded, Headers fields) {
            return (paths.isEmpty() || paths.stream().anyMatch(p -> p.matches(path) || p.matches(decoded)))
                    && headers.stream().allMatch(header -> fields.all(header.getKey()).stream()
                            .anyMatch(value -> header.getValue().matches(value.strip())));
        }
    }

    /** The rules that match one request; what they change in it. */
    static final class Matched {
        private static final Matched NOTHING = new Matched(List.of());

        private final List<Rule> rules;
        private final boolean changesBody;

        private Matched(List<Rule> rules) {
            this.rules = rules;
            this.changesBody = rules.stream().anyMatch(Rule::changesBody);
        }

        /** Whether {@link #headers} would change anything. */
        boolean isEmpty() {
            return rules.isEmpty();
        }

        /**
         * Changes the header fields that are sent.
         *
         * @param removed names that go from the caller's; added to
         * @param set fields that are set after that, the later of a name counting; changed
         */
        void headers(List<String> removed, List<Map.Entry<String, String>> set) {
            for (Rule rule : rules) {
                for (String name : rule.remove) {
                    removed.add(name);
                    set.removeIf(field -> field.getKey().equalsIgnoreCase(name));
                }
                set.addAll(rule.set);
            }
        }

        /** The names of all fields that {@link #headers} removes. */
        List<String> removed() {
            return rules.stream().flatMap(rule -> rule.remove.stream()).toList();
        }

        /** The target with the changes of its query; the same object when there are none. */
        String query(String target) {
            String changed = target;
            for (Rule rule : rules) {
                for (QueryEdit edit : rule.query) {
                    changed = edit.apply(changed);
                }
            }
            return changed;
        }

        /** Whether a JSON body has to be read; reading a large one takes its time. */
        boolean changesBody() {
            return changesBody;
        }

        /** Whether {@link #body} decides about {@code stream_options}. */
        boolean speaksOfStreamOptions() {
            return changesBody && rules.stream().anyMatch(Rule::streamOptions);
        }

        /** The changed JSON body; the same object when nothing changes. Any thread. */
        Body body(Body body) {
            Body changed = body;
            for (Rule rule : rules) {
                if (rule.changesBody) {
                    changed = rule.body.apply(changed);
                }
            }
            return changed;
        }
    }

    static Rules of(List<RequestRule> rules) {
        return rules.isEmpty() ? NONE : new Rules(rules.stream().map(Rule::of).toList());
    }

    /**
     * The rules that match.
     *
     * @param target path and query of the caller's request, without the channel's prefix
     * @param headers the caller's
     */
    Matched matching(String target, Headers headers) {
        if (rules.isEmpty()) {
            return Matched.NOTHING;
        }
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String decoded = Percent.decode(path);
        List<Rule> matching = rules.stream()
                .filter(rule -> rule.matches(path, decoded, headers))
                .toList();
        return matching.isEmpty() ? Matched.NOTHING : new Matched(matching);
    }
}
