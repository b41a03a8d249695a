package io.aiproxy.config;

import io.aiproxy.config.Known.People;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * The way from users.yaml, channels.yaml, prices.yaml, system.yaml and admin.yaml to a {@link Snapshot}: parse, bind,
 * validate everything, and either all of it is good or all its problems are told at once; but a price that cannot be used is
 * left out with a warning. Reads files, so it is never called on an event loop.
 */
public final class ConfigLoader {
    static final String USERS = "users.yaml";
    private static final String CHANNELS = "channels.yaml";
    private static final String SYSTEM = "system.yaml";
    private static final String ADMIN = "admin.yaml";
    private static final String PRICES = "prices.yaml";

    /** Characters that take longer to parse than a thread takes to start, by far: some hundred users. */
    private static final int LONG = 64 << 10;

    /** Top-level keys and their files. */
    private static final Map<String, String> HOMES = Map.of(
            "users",
            USERS,
            "user_groups",
            USERS,
            "channels",
            CHANNELS,
            "groups",
            CHANNELS,
            "model_aliases",
            CHANNELS,
            "system",
            SYSTEM,
            "admin_tokens",
            ADMIN,
            PriceReader.KEY,
            PRICES);

    private final Path directory;
    /** Documents that stand in for files of the same name. */
    private final Map<String, String> given;

    /** Those; of users.yaml only what is other than before where that is known. */
    private final Map<String, String> documents;

    /** Files that are being read already, by name. */
    private final Map<String, CompletableFuture<YamlFile.Read>> begun = new HashMap<>();

    private final Problems problems = new Problems();
    private final Placeholders placeholders;
    private final Function<String, @Nullable String> environment;
    private final EgressReader egress;
    private final Source.Keys keys;
    /** What was read before, if users are the same as then, or the same but for {@link #patch}. */
    private final Optional<Known> known;

    private final Optional<UserPatch> patch;
    private Optional<UserLayout> layout = Optional.empty();

    private ConfigLoader(
            Path directory,
            Map<String, String> documents,
            Function<String, @Nullable String> environment,
            Source.Keys keys,
            Optional<Known> known) {
        this.directory = directory;
        this.given = documents;
        this.placeholders = new Placeholders(directory, environment, problems);
        this.environment = environment;
        this.egress = new EgressReader(environment);
        this.keys = keys;
        String users = documents.get(USERS);
        Optional<Known> same = known.filter(before -> before.saysTheSame(users));
        this.patch = same.isPresent() ? Optional.empty() : known.flatMap(before -> before.patch(users));
        this.known = same.or(() -> patch.map(UserPatch::known));
        this.documents =
                patch.isEmpty() ? documents : with(documents, patch.get().text());
    }

    private static Map<String, String> with(Map<String, String> documents, String users) {
        Map<String, String> others = new HashMap<>(documents);
        others.put(USERS, users);
        return others;
    }

    /** Whether somebody has begun a configuration here: then the demo must not start, however broken it is. */
    public static boolean present(Path configDir) {
        return Files.exists(configDir.resolve(USERS)) || Files.exists(configDir.resolve(CHANNELS));
    }

    /**
     * Reads the configuration. Warnings about what works but should not stay so are logged, once it is known to be good.
     *
     * @param configDir where the files are; paths in values are relative to it
     * @param environment looks environment variables up
     * @param version of the snapshot, if it becomes one
     * @param now when that is
     * @throws ConfigException with everything that is wrong
     */
    public static Snapshot load(
            Path configDir, Function<String, @Nullable String> environment, long version, Instant now)
            throws ConfigException {
        return load(configDir, Map.of(), environment, version, now);
    }

    /**
     * As {@link #load(Path, Function, long, Instant)}, of documents that are not, or not yet, the directory's files.
     *
     * @param documents the text of each by its file name, e.g. {@code users.yaml}; a file that is not named here is read
     *     from the directory
     */
    public static Snapshot load(
            Path configDir,
            Map<String, String> documents,
            Function<String, @Nullable String> environment,
            long version,
            Instant now)
            throws ConfigException {
        return new ConfigReader(configDir, environment).load(documents, version, now);
    }

    /** As above, without a word about warnings, and what did not change since {@code known} is taken over from it. */
    static Loaded load(
            Path configDir,
            Map<String, String> documents,
            Function<String, @Nullable String> environment,
            Optional<Known> known)
            throws ConfigException {
        return new ConfigLoader(configDir, documents, environment, new Source.Keys(), known).read();
    }

    /**
     * Why prices of these documents would be left out; tells nobody else.
     *
     * @throws ConfigException with everything else that is wrong
     */
    public static List<Problem> pricesLeftOut(
            Path configDir, Map<String, String> documents, Function<String, @Nullable String> environment)
            throws ConfigException {
        return load(configDir, documents, environment, Optional.empty())
                .prices()
                .leftOut();
    }

    /** As above, and {@code keys} gathers which keys exist and which of them were used. */
    static Loaded load(Path configDir, Function<String, @Nullable String> environment, Source.Keys keys)
            throws ConfigException {
        return new ConfigLoader(configDir, Map.of(), environment, keys, Optional.empty()).read();
    }

    /** A good configuration without a date. */
    record Loaded(
            Map<String, UserConfig> users,
            Map<String, UserGroupConfig> userGroups,
            Map<String, ChannelConfig> channels,
            Map<String, GroupConfig> groups,
            Map<String, String> modelAliases,
            Map<String, AdminTokenConfig> adminTokens,
            PriceTable prices,
            SystemConfig system,
            List<Path> files,
            List<String> warnings,
            Optional<UserLayout> layout) {
        Snapshot at(long version, Instant now) {
            return new Snapshot(
                    version,
                    now,
                    users,
                    userGroups,
                    channels,
                    groups,
                    modelAliases,
                    adminTokens,
                    prices,
                    system,
                    false,
                    files);
        }
    }

    private Loaded read() throws ConfigException {
        if (known.isEmpty()) {
            readAhead(USERS); // the largest, as a rule
        }
        Optional<NodeReader> file = root(problems, CHANNELS, true, "channels", "groups", "model_aliases");
        Optional<Map<String, Value>> written = entries(file, "channels");
        Map<String, ChannelConfig> channels = bound(written, (id, at) -> ChannelBinder.bind(id, at, egress));
        Map<String, Value> groupsWritten = optionalEntries(file, "groups");
        GroupReader groupReader = new GroupReader(written.map(Map::keySet), groupsWritten.keySet());
        Map<String, GroupConfig> groups = bound(Optional.of(groupsWritten), groupReader::bind);
        Map<String, String> aliases = AliasReader.read(optionalEntries(file, "model_aliases"), channels.values());
        GrantReader grants = new GrantReader(
                written.map(all -> GrantReader.priorities(all.keySet(), channels)),
                GroupReader.named(groupsWritten.keySet(), groups));
        Optional<People> same = known.filter(before -> before.holdsWith(channels, groups))
                .flatMap(before -> samePeople(before, grants))
                .filter(People::takenOver);
        if (same.isEmpty() && patch.isPresent()) {
            return anew();
        }
        People people = same.orElseGet(() -> people(grants));
        Map<String, AdminTokenConfig> tokens = bound(
                Optional.of(optionalEntries(optional(problems, ADMIN, "admin_tokens"), "admin_tokens")),
                new AdminBinder()::bind);
        PriceTable prices = prices(people.system().money(), written.map(Map::keySet));
        if (same.isPresent() && problems.told() > 0) {
            // whatever is told must be told without the users' secrets, which have not been read
            return anew();
        }
        problems.throwIfAny();
        return new Loaded(
                people.users(),
                people.userGroups(),
                channels,
                groups,
                aliases,
                tokens,
                prices,
                people.system(),
                problems.files(),
                problems.warnings(),
                people.layout());
    }

    private Loaded anew() throws ConfigException {
        return new ConfigLoader(directory, given, environment, keys, Optional.empty()).read();
    }

    /** What users.yaml says, and system.yaml, which names some of them. */
    private People people(GrantReader grants) {
        Optional<NodeReader> file = root(problems, USERS, true, "users", "user_groups");
        Optional<Map<String, Value>> written = entries(file, "users");
        UserGroups userGroups = new UserGroups(optionalEntries(file, "user_groups"), grants);
        SystemConfig system = system(written.map(Map::keySet));
        UserBinder binder =
                new UserBinder(grants, userGroups, system.anonymous().user());
        return new People(bound(written, binder::bind), userGroups.configs(), system, false, layout);
    }

    /** Those of before, but for the few who have changed; empty if they must all be read. */
    private Optional<People> samePeople(Known before, GrantReader grants) {
        if (patch.isEmpty()) {
            return Optional.of(before.people(this::sameSystem));
        }
        Optional<NodeReader> file = root(problems, USERS, true, "users", "user_groups");
        Map<String, Value> written = entries(file, "users").orElse(Map.of());
        Optional<UserLayout> all = patch.get().layout(layout, written.size());
        Optional<Set<String>> ids = all.flatMap(whole -> patch.get().ids(written.keySet()));
        if (ids.isEmpty()) {
            return Optional.empty();
        }
        UserGroups userGroups = new UserGroups(optionalEntries(file, "user_groups"), grants);
        SystemConfig system = system(ids);
        UserBinder binder =
                new UserBinder(grants, userGroups, system.anonymous().user());
        Map<String, UserConfig> fresh = bound(Optional.of(written), binder::bind);
        return patch.get()
                .users(ids.get(), fresh)
                .map(users -> new People(users, userGroups.configs(), system, before.sameAnonymous(system), all));
    }

    /** The system's configuration beside users who are the same as before. */
    private SystemConfig sameSystem(Set<String> users) {
        problems.file(directory.resolve(USERS));
        return system(Optional.of(users));
    }

    /** Their problems are gathered apart, and become warnings. */
    private PriceTable prices(MoneyConfig money, Optional<Set<String>> channels) {
        Problems own = new Problems();
        PriceReader reader = new PriceReader(money, channels, own);
        PriceTable table = reader.table(optional(own, PRICES, PriceReader.KEY));
        table.leftOut().forEach(problem -> problems.warn(problem + consequence(problem, table)));
        own.warnings().forEach(problems::warn);
        return table;
    }

    private static String consequence(Problem problem, PriceTable table) {
        if (!table.readable()) {
            return "; no price can be read until this is mended";
        }
        return problem.field().startsWith(PriceReader.KEY + ".") ? "; the price is left out until this is mended" : "";
    }

    private static <T> Map<String, T> bound(
            Optional<Map<String, Value>> entries, BiFunction<String, Value, Optional<T>> binder) {
        Map<String, Value> written = entries.orElse(Map.of());
        Map<String, T> bound = new LinkedHashMap<>(written.size() * 2);
        for (Map.Entry<String, Value> entry : written.entrySet()) {
            Optional<T> good = binder.apply(entry.getKey(), entry.getValue());
            if (good.isPresent()) {
                bound.put(entry.getKey(), good.get());
            }
        }
        return Collections.unmodifiableMap(bound);
    }

    /** The entries under a key that the file must have; empty, with the problem told, if there is no such mapping. */
    private static Optional<Map<String, Value>> entries(Optional<NodeReader> root, String key) {
        Optional<Value> value = root.flatMap(fields -> fields.value(key));
        if (root.isPresent() && value.isEmpty()) {
            root.get()
                    .problem(
                            key,
                            "is missing or empty; expected \"" + key + ":\" and its entries below, or \"" + key
                                    + ": {}\" for none");
        }
        Map<String, Value> entries = value.map(Value::entries).orElse(Map.of()); // tells if it is no mapping
        return value.filter(Value::isMap).map(at -> entries);
    }

    /** As above, of a key that need not be there. */
    private static Map<String, Value> optionalEntries(Optional<NodeReader> root, String key) {
        return root.flatMap(fields -> fields.value(key)).map(Value::entries).orElse(Map.of());
    }

    private SystemConfig system(Optional<Set<String>> users) {
        return optional(problems, SYSTEM, "system")
                .flatMap(fields -> fields.value("system"))
                .flatMap(Value::fields)
                .map(fields -> SystemBinder.bind(fields, users))
                .orElseGet(SystemConfig::defaults);
    }

    /** Has a document parsed on a thread of its own, beside others, if it is so long that this pays. */
    private void readAhead(String name) {
        String text = documents.get(name);
        if (text == null || text.length() < LONG) {
            return;
        }
        begun.put(name, CompletableFuture.supplyAsync(yaml(name)::read, task -> {
            Thread thread = new Thread(task, "aiproxy-read-config");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private YamlFile yaml(String name) {
        return new YamlFile(directory.resolve(name), Optional.ofNullable(documents.get(name)));
    }

    /** The mapping of a file that need not exist. */
    private Optional<NodeReader> optional(Problems to, String name, String key) {
        Path file = directory.resolve(name);
        problems.file(file); // it may come into being
        return documents.containsKey(name) || Files.exists(file) ? root(to, name, false, key) : Optional.empty();
    }

    /** The file's mapping; {@code own} are the keys that it may have, the first of which is its own. */
    private Optional<NodeReader> root(Problems to, String name, boolean required, String... own) {
        Path file = directory.resolve(name);
        Source source = new Source(file, directory, to, placeholders, keys);
        int before = to.count();
        CompletableFuture<YamlFile.Read> read = begun.get(name);
        YamlFile.Read found = read == null ? yaml(name).read() : read.join();
        Optional<Node> node = found.root(to);
        if (name.equals(USERS) && found.plain()) {
            String text = documents.getOrDefault(name, ""); // of a file itself nobody asks a second time
            layout = text.isEmpty() ? Optional.empty() : node.flatMap(users -> UserLayout.of(users, text));
        }
        Value root = node.map(n -> new Value(source, n, Place.ROOT, "")).orElse(null);
        if (root == null || root.isNull()) {
            if (required && to.count() == before) {
                to.add(file, null, "", "is empty; expected \"" + own[0] + ":\"");
            }
            return Optional.empty();
        }
        Optional<NodeReader> fields = root.fields();
        fields.ifPresent(reader -> {
            List<String> known = List.of(own);
            known.forEach(reader::value);
            HOMES.forEach((key, home) -> {
                if (!known.contains(key)) {
                    reader.refuse(key, "belongs into " + home);
                }
            });
            reader.done();
        });
        return fields;
    }
}
