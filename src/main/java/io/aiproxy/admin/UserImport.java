package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Problem;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code POST users/import}: many users at once, all or none, with a report for each line. */
final class UserImport {
    private final ConfigStore store;
    private final Writer writer;
    private final ProxyKeys keys;
    private final Hooks hooks;

    UserImport(ConfigStore store, Writer writer, ProxyKeys keys, Hooks hooks) {
        this.store = store;
        this.writer = writer;
        this.keys = keys;
        this.hooks = hooks;
    }

    List<Operation> operations() {
        return List.of(new Operation("POST", "users/import", Operation.Right.OPERATE, "user.import", this::run));
    }

    /**
     * What becomes of a line.
     *
     * @param number in the text, from 1
     * @param outcome {@code created}, {@code updated} or {@code unchanged}
     * @param newKey the key that was made; empty where none was
     */
    private record Line(long number, String id, String outcome, JsonNode user, String newKey) {
        Change change() {
            return new Change(Kind.USER, id, Optional.of(user));
        }
    }

    private AdminAnswer run(Ask ask) throws ConfigException, StoreException {
        ask.params().only(Set.of("dry_run"));
        boolean trial = ask.params().flag("dry_run");
        List<Csv.Row> rows = UserTable.read(ask.csv());
        List<Line> latest = new ArrayList<>();
        try {
            if (trial) {
                Entries now = store.state().entries();
                latest.addAll(lines(ask.who(), rows, now));
                hooks.check(with(now, latest));
            } else {
                writer.write(ask, rows.size() + " users imported", now -> {
                    Etags.check(ask, Optional.of(Etags.of(now.tag())));
                    latest.clear(); // asked again when another change came before
                    latest.addAll(lines(ask.who(), rows, now.entries()));
                    return new Writer.Drafted<>(
                            latest.stream().map(Line::change).toList(), "");
                });
            }
        } catch (ConfigException e) {
            throw Refusal.invalid(
                    e.problems().stream().map(problem -> wrong(problem, latest)).toList());
        }
        return Answers.json(200, report(latest, trial));
    }

    private static Entries with(Entries now, List<Line> lines) {
        Map<Kind, Map<String, JsonNode>> all = new EnumMap<>(now.byKind());
        Map<String, JsonNode> users = new LinkedHashMap<>(now.of(Kind.USER));
        lines.forEach(line -> users.put(line.id, line.user));
        all.put(Kind.USER, users);
        return new Entries(all);
    }

    private List<Line> lines(Who who, List<Csv.Row> rows, Entries now) {
        List<Line> lines = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<Refusal.Wrong> wrongs = new ArrayList<>();
        for (Csv.Row row : rows) {
            String id = row.cells().getOrDefault("id", "");
            if (id.isBlank()) {
                wrongs.add(new Refusal.Wrong(pointer(row.line(), "id"), "is missing; every line needs the user's id"));
            } else if (!seen.add(id)) {
                wrongs.add(new Refusal.Wrong(pointer(row.line(), "id"), "stands in an earlier line already"));
            } else {
                lines.add(
                        line(who, row, id, Optional.ofNullable(now.of(Kind.USER).get(id))));
            }
        }
        if (!wrongs.isEmpty()) {
            throw Refusal.invalid(wrongs);
        }
        return lines;
    }

    private Line line(Who who, Csv.Row row, String id, Optional<JsonNode> old) {
        Shape.checkId(id);
        ObjectNode user = UserTable.merged(old.orElse(MissingNode.getInstance()), row);
        String given = row.cells().getOrDefault(UserTable.KEY, "");
        String made = "";
        if (!given.isEmpty()) {
            user.remove("keys");
            user.put("proxy_key", given);
        } else if (old.isEmpty()) {
            made = ProxyKeys.make(ProxyKeys.BEGINNING);
            user.putArray("keys").add(keys.item("default", made));
        }
        JsonNode kept = given.isEmpty() ? user : keys.kept(user, old.orElse(MissingNode.getInstance()));
        Privilege.check(who, Kind.USER, id, old, kept);
        String outcome = old.isEmpty() ? "created" : old.get().equals(kept) ? "unchanged" : "updated";
        return new Line(row.line(), id, outcome, kept, made);
    }

    private static String pointer(long line, String column) {
        return "/" + line + (column.isEmpty() ? "" : "/" + column);
    }

    /** The line that it is about, and the column as far as it is known. */
    private static Refusal.Wrong wrong(Problem problem, List<Line> lines) {
        String message = problem.message();
        for (Line line : lines) {
            String start = Kind.USER.key() + "." + line.id;
            if (problem.field().equals(start) || problem.field().startsWith(start + ".")) {
                String rest = problem.field().substring(start.length());
                String column = rest.isEmpty() ? "" : rest.substring(1).split("[.\\[]", 2)[0];
                return new Refusal.Wrong(pointer(line.number, column), message);
            }
        }
        return new Refusal.Wrong("", problem.field().isEmpty() ? message : problem.field() + ": " + message);
    }

    private static ObjectNode report(List<Line> lines, boolean trial) {
        ObjectNode report = Json.object().put("dry_run", trial);
        for (String outcome : List.of("created", "updated", "unchanged")) {
            report.put(
                    outcome,
                    lines.stream().filter(line -> line.outcome.equals(outcome)).count());
        }
        ArrayNode all = report.putArray("lines");
        for (Line line : lines) {
            ObjectNode one =
                    all.addObject().put("line", line.number).put("id", line.id).put("outcome", line.outcome);
            if (!trial && !line.newKey.isEmpty()) {
                one.put("proxy_key", line.newKey);
            }
        }
        return report;
    }
}
