package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * LiteLLM's {@code config.yaml}: deployments of one account become a channel with {@code models} and {@code
 * model_aliases}, all channels a group with the router's strategy. What LiteLLM keeps in its database (keys, teams,
 * budgets) is not in the file.
 */
final class LitellmImport {
    private static final Map<String, String> STRATEGIES = Map.of(
            "simple-shuffle", "weighted",
            "least-busy", "least-in-flight",
            "latency-based-routing", "latency");
    private static final String NEAREST = "least-in-flight";

    private final Imports imports;
    private final Report report;
    private final Draft draft;
    private final LitellmChannels channels;

    LitellmImport(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        this.draft = imports.draft();
        this.channels = new LitellmChannels(report, draft);
    }

    void run() throws ImportException {
        Path file = file();
        Place top = Place.of(Sources.name(file));
        Optional<Entry> read = Entry.of(imports.structure(file), top, report);
        if (read.isEmpty()) {
            return;
        }
        Entry root = read.get();
        Optional<Entry> router = root.child("router_settings");
        router.flatMap(settings -> settings.number("num_retries", 0)).ifPresent(channels::retries);
        List<JsonNode> models = root.list("model_list");
        imports.entries(models, top.at("model_list")).forEach(channels::deployment);
        channels.finish();
        group(strategy(router));
        router.ifPresent(settings -> settings.withoutRest(
                "not taken; see retry in system.yaml and health in" + " channels.yaml for what there is"));
        general(root);
        root.child("litellm_settings").ifPresent(settings -> settings.withoutRest("has no counterpart"));
        root.map("environment_variables")
                .keySet()
                .forEach(name -> report.noCounterpart(
                        root.at("environment_variables").at(name),
                        "set the variable in the gateway's environment; values stay out of our files"));
        root.withoutRest("has no counterpart");
        report.note(
                "LiteLLM translates every request from OpenAI's API; this gateway does not. Callers of Anthropic and"
                        + " Gemini models use those APIs (/v1/messages, /v1beta/models/…) with the same proxy key.");
        report.note("LiteLLM's keys are in its database, not in the file, so users.yaml is empty: make keys with"
                + " \"aiproxy key new\" and give their users channels: [litellm].");
    }

    private Path file() throws ImportException {
        List<Path> given = imports.sources().unused();
        if (!given.isEmpty()) {
            return given.get(0);
        }
        Optional<Path> named = imports.sources().one("the configuration", file -> {
            String name = Sources.name(file);
            return name.matches("(litellm[-_.]?)?config\\.ya?ml");
        });
        return named.orElseThrow(() -> new ImportException("there is no config.yaml in what was named"));
    }

    private String strategy(Optional<Entry> router) {
        Optional<String> word = router.flatMap(settings -> settings.text("routing_strategy"));
        if (word.isEmpty()) {
            return "weighted";
        }
        String strategy = STRATEGIES.get(word.get());
        if (strategy == null) {
            router.ifPresent(settings -> report.noCounterpart(
                    settings.at("routing_strategy"), "there is none of that kind; " + NEAREST + " was written"));
            return NEAREST;
        }
        report.taken("routing strategy");
        return strategy;
    }

    private void group(String strategy) {
        if (draft.channels().isEmpty()) {
            return;
        }
        Map<String, Object> members = new LinkedHashMap<>();
        draft.channels().keySet().forEach(id -> members.put(id, Yaml.inline(Map.of("weight", channels.weight(id)))));
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("channels", members);
        group.put("strategy", strategy);
        draft.groups().put(draft.channelIds().channel("litellm"), group);
        report.taken("group");
    }

    private void general(Entry root) {
        root.child("general_settings").ifPresent(settings -> {
            settings.without(
                    "master_key",
                    "not taken: there is no key for everything here; whoever used it gets a"
                            + " user with a key in users.yaml (\"aiproxy key new\")");
            settings.without("database_url", "there is no database; keys and users stand in users.yaml");
            settings.withoutRest("has no counterpart");
        });
    }
}
