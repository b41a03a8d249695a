package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The OpenResty gateway's {@code channels_config.json} and {@code api_keys.json}, and the YAML form of its configuration.
 */
final class AiproxyImport {
    private static final Set<String> NAMES = Set.of(
            "channels_config.json",
            "api_keys.json",
            "users.yaml",
            "channels.yaml",
            "system.yaml",
            "config.yaml",
            "users.yml",
            "channels.yml",
            "system.yml",
            "config.yml");

    private final Imports imports;
    private final Report report;
    private final Draft draft;
    private final AiproxyChannels channels;
    private final AiproxyUsers users;

    AiproxyImport(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        this.draft = imports.draft();
        this.channels = new AiproxyChannels(report, draft);
        this.users = new AiproxyUsers(report, draft, channels);
    }

    void run() throws ImportException {
        Map<Path, JsonNode> files = files();
        List<Map.Entry<Place, JsonNode>> later = new ArrayList<>();
        files.forEach((file, root) -> {
            Place top = Place.of(Sources.name(file));
            if (root.isArray()) {
                later.add(Map.entry(top, root));
                return;
            }
            Entry.of(root, top, report).ifPresent(fields -> {
                fields.map("channels")
                        .forEach((id, node) -> Entry.of(node, top.at("channels").at(id), report)
                                .ifPresent(channel -> channels.take(id, channel)));
                if (fields.has("users")) {
                    later.add(Map.entry(top.at("users"), root.get("users")));
                }
                if (fields.has("api_keys")) {
                    later.add(Map.entry(top.at("api_keys"), root.get("api_keys")));
                }
                fields.child("system").ifPresent(this::system);
                fields.done();
            });
        });
        later.forEach(entry -> users(entry.getKey(), entry.getValue())); // channels of all files come first
        users.finish();
        if (draft.users().isEmpty()) {
            report.note("No user could be taken: make keys with \"aiproxy key new\" and put them into users.yaml.");
        }
    }

    private void users(Place at, JsonNode node) {
        if (node.isArray()) {
            users.keys(imports.entries(Imports.elements(node), at));
        } else {
            node.properties().stream()
                    .filter(field -> !field.getKey().startsWith("_"))
                    .forEach(field -> Entry.of(field.getValue(), at.at(field.getKey()), report)
                            .ifPresent(user -> users.user(field.getKey(), user)));
        }
    }

    private void system(Entry system) {
        system.label("log_level").ifPresent(word -> {
            Optional<String> level = LogLevels.ours(word);
            level.ifPresent(known -> draft.system().put("log_level", known));
            if (level.isEmpty()) {
                report.looksWrong(system.at("log_level"), "is not a level that is known; info holds");
            } else {
                report.taken("system setting");
            }
        });
        system.number("max_connections", 0).ifPresent(most -> {
            draft.system().put("max_connections", most);
            report.taken("system setting");
        });
        system.without("config_reload_interval", "changes of the files are seen at once");
        system.done();
    }

    private Map<Path, JsonNode> files() throws ImportException {
        List<Path> wanted = new ArrayList<>(imports.sources().unused());
        for (String name : NAMES.stream().sorted().toList()) {
            imports.sources().named(name).filter(file -> !wanted.contains(file)).ifPresent(wanted::add);
        }
        Map<Path, JsonNode> files = new LinkedHashMap<>();
        for (Path file : wanted) {
            JsonNode root = imports.structure(file);
            if (root.isArray() || root.has("channels") || root.has("users") || root.has("system")) {
                files.put(file, root);
            } else {
                report.looksWrong(Place.file(Sources.name(file)), "has neither channels nor keys nor users; not taken");
            }
        }
        if (files.isEmpty()) {
            throw new ImportException("there is no channels_config.json or api_keys.json (nor channels.yaml or"
                    + " users.yaml) of that system in what was named");
        }
        return files;
    }
}
