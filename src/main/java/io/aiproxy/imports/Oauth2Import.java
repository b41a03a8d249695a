package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The OAuth2 proxy for Gemini and Claude: {@code map-config.json} (older: with {@code map-client.json}), {@code
 * app_config.json} and the service account files that they name.
 */
final class Oauth2Import {
    /** The services, by the word that client tokens and keys in the files have for them. */
    static final List<String> SERVICES = List.of("gemini", "claude");

    private final Imports imports;
    private final Report report;
    private final Oauth2Channels channels;
    private final Oauth2Clients clients;

    Oauth2Import(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        this.channels = new Oauth2Channels(imports);
        this.clients = new Oauth2Clients(report, imports.draft(), channels);
    }

    void run() throws ImportException {
        Path config = file("map-config.json", root -> root.has("clients") || root.has(listKey("gemini")))
                .orElseThrow(() -> new ImportException("there is no map-config.json in what was named"));
        Optional<Path> statuses = file("map-client.json", Oauth2Import::hasStatuses);
        Optional<Path> settings = file("app_config.json", root -> root.has("token_refresh") || root.has("timeouts"));
        if (settings.isPresent()) {
            JsonNode root = imports.structure(settings.get());
            Optional<Entry> app = Entry.of(root, Place.of(Sources.name(settings.get())), report);
            app.ifPresent(this::settings);
        }
        Map<String, Boolean> enabled = statuses.isPresent() ? statuses(statuses.get()) : Map.of();
        Place top = Place.of(Sources.name(config));
        Optional<Entry> root = Entry.of(imports.structure(config), top, report);
        if (root.isEmpty()) {
            return;
        }
        List<JsonNode> written = root.get().list("clients");
        List<Entry> entries = imports.entries(written, top.at("clients"));
        List<Oauth2Client> read = new ArrayList<>();
        entries.forEach(entry -> clients.read(entry, enabled).ifPresent(read::add));
        for (String service : SERVICES) {
            channels.take(service, root.get().list(listKey(service)), root.get().at(listKey(service)), read);
        }
        root.get().done();
        clients.place(read);
        if (!root.get().has("clients")) {
            clients.withoutFiles(enabled);
        } else if (statuses.isPresent()) {
            clients.tellUnknown(enabled, Place.of(Sources.name(statuses.get())));
        }
    }

    static String listKey(String service) {
        return "key_filename_" + service;
    }

    private Optional<Path> file(String name, java.util.function.Predicate<JsonNode> fits) throws ImportException {
        Optional<Path> named = imports.sources().named(name);
        if (named.isPresent()) {
            return named;
        }
        for (Path given : imports.sources().unused()) {
            if (Sources.name(given).endsWith(".json") && fits.test(Sources.structure(given))) {
                imports.sources().use(given);
                return Optional.of(given);
            }
        }
        return Optional.empty();
    }

    private static boolean hasStatuses(JsonNode root) {
        return root.isObject()
                && !root.isEmpty()
                && root.properties().stream()
                        .allMatch(field -> field.getValue().asText("").matches("enable|disable"));
    }

    /** Token to whether it is enabled. The tokens are secrets, so a place is told by its number. */
    private Map<String, Boolean> statuses(Path file) throws ImportException {
        Map<String, Boolean> enabled = new LinkedHashMap<>();
        JsonNode root = imports.structure(file);
        int number = 0;
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            number++;
            String word = field.getValue().asText("");
            if (!word.equals("enable")
                    && !word.equals("disable")
                    && !field.getKey().startsWith("_")) {
                report.looksWrong(
                        new Place(Sources.name(file), "entry " + number), "is neither enable nor disable; disabled");
            }
            if (!field.getKey().startsWith("_")) {
                enabled.put(field.getKey(), word.equals("enable"));
            }
        }
        return enabled;
    }

    private void settings(Entry app) {
        app.child("token_refresh").ifPresent(refresh -> {
            refresh.seconds("early_refresh").ifPresent(early -> {
                channels.refreshEarly(early);
                report.taken("setting");
            });
            refresh.withoutRest("has no counterpart");
        });
        app.child("timeouts").ifPresent(timeouts -> {
            timeouts.seconds("proxy_connect").ifPresent(time -> channels.patience("connect", time));
            timeouts.seconds("proxy_read").ifPresent(time -> {
                for (String kind : List.of("head", "first_byte", "idle")) {
                    channels.patience(kind, time);
                }
            });
            timeouts.seconds("keepalive").ifPresent(this::keepAlive);
            timeouts.without("proxy_send", "sending is bounded by the time-outs head and total");
            timeouts.withoutRest("has no counterpart");
            report.taken("setting");
        });
        app.seconds("keepalive").ifPresent(this::keepAlive);
        app.label("log_level").flatMap(LogLevels::ours).ifPresent(level -> {
            imports.draft().system().put("log_level", level);
            report.taken("setting");
        });
        app.withoutRest("has no counterpart");
    }

    private void keepAlive(String time) {
        imports.draft().system().put("client", Yaml.inline(Map.of("keep_alive", time)));
        report.taken("setting");
    }
}
