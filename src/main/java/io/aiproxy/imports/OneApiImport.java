package io.aiproxy.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A list of channels from one-api or new-api: the JSON of their table {@code channels}, or an answer of their {@code
 * /api/channel} with the keys put in. Tokens, users and quotas are in their database and are not read.
 */
final class OneApiImport {
    /** Addresses of types that mean the same in both systems (one-api, relay/channeltype/url.go). */
    private static final Map<Integer, String> ADDRESSES = Map.ofEntries(
            Map.entry(1, "https://api.openai.com"),
            Map.entry(14, "https://api.anthropic.com"),
            Map.entry(16, "https://open.bigmodel.cn"),
            Map.entry(17, "https://dashscope.aliyuncs.com"),
            Map.entry(20, "https://openrouter.ai/api"),
            Map.entry(24, "https://generativelanguage.googleapis.com"),
            Map.entry(25, "https://api.moonshot.cn"),
            Map.entry(30, "http://localhost:11434"),
            Map.entry(31, "https://api.lingyiwanwu.com"));

    /** Types with another address in either system, or any: they must say it. Besides those above, these speak OpenAI's API. */
    private static final Set<Integer> WITH_ADDRESS = Set.of(3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 22, 29, 36, 43);

    private static final int AZURE = 3;
    private static final int ANTHROPIC = 14;
    private static final int ALI = 17;
    private static final int GEMINI = 24;
    private static final int OLLAMA = 30;

    private final Imports imports;
    private final Report report;
    private final Draft draft;
    private final Map<String, Integer> weights = new LinkedHashMap<>();
    private final Map<String, Integer> priorities = new LinkedHashMap<>();

    OneApiImport(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        this.draft = imports.draft();
    }

    void run() throws ImportException {
        List<Path> files = imports.sources().unused();
        if (files.isEmpty()) {
            files = List.of(imports.sources()
                    .named("channels.json")
                    .orElseThrow(() -> new ImportException("name the file with the exported channels (JSON)")));
        }
        for (Path file : files) {
            Place top = Place.of(Sources.name(file));
            JsonNode list = list(imports.structure(file));
            if (!list.isArray()) {
                report.looksWrong(top, "is no list of channels; not taken");
            }
            imports.entries(Imports.elements(list), top).forEach(this::channel);
        }
        order();
        groups();
        report.note("Tokens and users of one-api are in its database and were not read: make keys with"
                + " \"aiproxy key new\" and give their users channels in users.yaml.");
    }

    private static JsonNode list(JsonNode root) {
        JsonNode list = root;
        for (String key : new String[] {"data", "items", "channels"}) {
            list = list.isObject() && list.has(key) ? list.get(key) : list;
        }
        return list;
    }

    private void channel(Entry from) {
        int type = from.number("type", 0).orElse(1);
        String name = from.label("name").orElse("channel");
        Optional<String> base = from.text("base_url")
                .or(() -> Optional.ofNullable(ADDRESSES.get(type)))
                .flatMap(Values::baseUrl)
                .map(url -> type == AZURE && !url.contains("/openai") ? url + "/openai/v1" : url);
        List<String> keys = keys(from);
        boolean known = ADDRESSES.containsKey(type) || WITH_ADDRESS.contains(type);
        if (!known || base.isEmpty() || (keys.isEmpty() && type != OLLAMA)) {
            report.looksWrong(
                    from.place(),
                    !known
                            ? "type " + type + " is not imported; write the channel by hand"
                            : base.isEmpty() ? "has no base_url; not taken" : "has no key; not taken");
            return;
        }
        String id = draft.channelIds().channel(name);
        Map<String, Object> channel = new LinkedHashMap<>();
        channel.put("name", name);
        channel.put("base_url", base.get());
        if (type == ANTHROPIC) {
            channel.put("dialect", "anthropic");
        } else if (type == GEMINI) {
            channel.put("dialect", "google");
        }
        credentials(type, keys, channel);
        if (from.number("status", 0).orElse(1) != 1) {
            report.looksWrong(from.at("status"), "is not enabled; taken as disabled");
            channel.put("status", "disabled");
        }
        models(from, channel);
        if (type == ALI) {
            channel.put("path_rewrite", rewrites());
        }
        weights.put(id, Math.max(1, from.number("weight", 0).orElse(1)));
        priorities.put(id, from.number("priority", Integer.MIN_VALUE).orElse(0));
        rest(from);
        draft.channels().put(id, channel);
        report.taken("channel");
    }

    private List<String> keys(Entry from) {
        List<String> keys = new ArrayList<>();
        from.text("key").ifPresent(text -> text.lines()
                .map(String::strip)
                .filter(Values::credential)
                .forEach(keys::add));
        if (keys.stream().anyMatch(Values::placeholder)) {
            report.looksWrong(from.at("key"), "is a placeholder; put the provider's key into channels.yaml");
        }
        return keys;
    }

    private static void credentials(int type, List<String> keys, Map<String, Object> channel) {
        if (keys.isEmpty()) {
            channel.put("auth", "none");
        } else if (keys.size() == 1) {
            channel.put("api_key", Values.secret(keys.get(0)));
        } else {
            channel.put("strategy", "round-robin");
            channel.put("credentials", keys.stream().map(Values::secret).toList());
        }
        if (type == AZURE) {
            channel.put("auth", "api-key");
        }
    }

    private void models(Entry from, Map<String, Object> channel) {
        List<String> models = from.text("models").stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(model -> !model.isEmpty())
                .distinct()
                .toList();
        if (!models.isEmpty()) {
            channel.put("models", models);
        }
        Map<String, String> aliases = new LinkedHashMap<>();
        from.text("model_mapping").ifPresent(text -> {
            try {
                new JsonMapper()
                        .readTree(text)
                        .properties()
                        .forEach(field -> aliases.put(
                                field.getKey(), field.getValue().asText("").strip()));
            } catch (JsonProcessingException e) {
                report.looksWrong(from.at("model_mapping"), "is not JSON; not taken");
            }
        });
        aliases.entrySet()
                .removeIf(alias -> alias.getKey().isBlank() || alias.getValue().isEmpty());
        if (!aliases.isEmpty()) {
            channel.put("model_aliases", aliases);
        }
    }

    private static Map<String, Object> rewrites() {
        Map<String, Object> paths = new LinkedHashMap<>();
        for (String path : new String[] {"/v1/chat/completions", "/v1/embeddings"}) {
            paths.put(path, "/compatible-mode" + path);
        }
        return paths;
    }

    private void rest(Entry from) {
        // what the system itself counts and measures, and what names it there
        for (String own : new String[] {
            "id", "created_time", "test_time", "response_time", "balance", "balance_updated_time", "used_quota"
        }) {
            from.has(own);
        }
        from.text("group")
                .filter(group -> !group.equals("default"))
                .ifPresent(group -> report.noCounterpart(
                        from.at("group"), "groups of users are not taken; give users their channels in users.yaml"));
        from.withoutRest("has no counterpart");
    }

    /** There the highest number is tried first, here the lowest. */
    private void order() {
        List<Integer> distinct = new ArrayList<>(new TreeSet<>(priorities.values()).descendingSet());
        if (distinct.size() > 1) {
            priorities.forEach((id, priority) -> {
                if (draft.channels().get(id) instanceof Map<?, ?> channel) {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    channel.forEach((key, value) -> fields.put(String.valueOf(key), value));
                    fields.put("priority", distinct.indexOf(priority) + 1);
                    draft.channels().put(id, fields);
                }
            });
            report.note("Priorities were turned round: the lowest number is tried first here.");
        }
    }

    /** One group for each priority: channels of equal priority share the work by weight. */
    private void groups() {
        for (int priority : new TreeSet<>(priorities.values()).descendingSet()) {
            Map<String, Object> members = new LinkedHashMap<>();
            priorities.forEach((id, own) -> {
                if (own == priority) {
                    members.put(id, Yaml.inline(Map.of("weight", weights.getOrDefault(id, 1))));
                }
            });
            if (members.size() > 1) {
                Map<String, Object> group = new LinkedHashMap<>();
                group.put("channels", members);
                group.put("strategy", "weighted");
                String id =
                        draft.channelIds().channel("one-api-" + (draft.groups().size() + 1));
                draft.groups().put(id, group);
                report.taken("group");
            }
        }
    }
}
