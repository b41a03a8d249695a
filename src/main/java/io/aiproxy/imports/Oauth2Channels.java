package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.ServiceAccountKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Service account files of the OAuth2 proxy: each becomes a channel. */
final class Oauth2Channels {
    private static final String DOMAIN = "aiplatform.googleapis.com";

    private static final Pattern FILE = Pattern.compile("[\\p{L}\\p{N} ._@+/-]{1,200}");

    private final Imports imports;
    private final Report report;
    private final Map<String, Map<String, String>> ids = new LinkedHashMap<>();
    private final Map<String, Object> patience = new LinkedHashMap<>();
    private String refreshEarly = "";

    Oauth2Channels(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        // what the old proxy did when its settings said nothing
        patience.put("connect", "60s");
        patience.put("head", "300s");
        patience.put("first_byte", "300s");
        patience.put("idle", "300s");
    }

    void refreshEarly(String time) {
        refreshEarly = time.equals("300s") ? "" : time;
    }

    void patience(String kind, String time) {
        patience.put(kind, time);
    }

    /** The channel of a file; empty if it was not taken. */
    Optional<String> id(String service, String file) {
        return Optional.ofNullable(ids.getOrDefault(service, Map.of()).get(file));
    }

    /** The files of a service that were taken. */
    Set<String> files(String service) {
        return ids.getOrDefault(service, Map.of()).keySet();
    }

    /** Takes a service's files: those listed with their models, and those that only clients name. */
    void take(String service, List<JsonNode> listed, Place at, List<Oauth2Client> clients) throws ImportException {
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < listed.size(); i++) {
            JsonNode node = listed.get(i);
            Map<String, String> models = new LinkedHashMap<>();
            Optional<String> file;
            if (node.isTextual()) { // the older form
                file = Optional.of(node.asText().strip());
            } else {
                Optional<Entry> entry = Entry.of(node, at.at(i), report);
                file = entry.flatMap(fields -> fields.text("key_filename"));
                entry.ifPresent(fields -> models.putAll(models(fields)));
                entry.ifPresent(Entry::done);
            }
            if (file.isEmpty()) {
                report.looksWrong(at.at(i), "has no key_filename; not taken");
            } else if (!seen.add(file.get())) {
                report.looksWrong(at.at(i), "names a file for the second time; not taken");
            } else {
                channel(service, file.get(), models, at.at(i));
            }
        }
        for (Oauth2Client client : clients) {
            for (String file : client.files().getOrDefault(service, Map.of()).keySet()) {
                if (seen.add(file)) {
                    channel(service, file, Map.of(), client.at());
                }
            }
        }
    }

    /** Model to domain. */
    private Map<String, String> models(Entry entry) {
        Map<String, String> models = new LinkedHashMap<>();
        for (Entry model : imports.entries(entry.list("models"), entry.at("models"))) {
            Optional<String> name = model.text("model");
            Optional<String> domain = model.text("domain")
                    .map(text -> text.replaceFirst("^https?://", "").replaceFirst("/+$", ""))
                    .map(text -> text.toLowerCase(Locale.ROOT));
            boolean good = domain.isPresent() && domain.get().matches("[a-z0-9.-]+(:[0-9]{1,5})?");
            model.done();
            if (name.isEmpty() || !good) {
                report.looksWrong(model.place(), "needs a model and the host name of its domain; not taken");
            } else if (models.putIfAbsent(name.get(), domain.get()) != null) {
                report.looksWrong(model.place(), "is a model for the second time; the first counts");
            }
        }
        return models;
    }

    private void channel(String service, String file, Map<String, String> models, Place at) throws ImportException {
        Optional<byte[]> key = keyFile(file, at);
        if (key.isEmpty()) {
            return;
        }
        if (models.isEmpty()) {
            report.looksWrong(at, "says no models with their domains; " + DOMAIN + " was taken for all");
        }
        String name = Sources.name(Path.of(file));
        String stem = name.replaceFirst("\\.json$", "");
        boolean shared = imports.draft().channels().containsKey(stem);
        String id = imports.draft().channelIds().channel(shared ? stem + "-" + service : stem);
        if (imports.draft().copy("keys/" + name, key.get())) {
            report.taken("key file");
        }
        String domain = mostCommon(models);
        Map<String, Object> channel = new LinkedHashMap<>();
        channel.put("name", stem + " (" + (service.equals("claude") ? "Claude on Vertex AI" : "Gemini") + ")");
        channel.put("base_url", "https://" + domain);
        channel.put("dialect", "google");
        channel.put("auth", "bearer");
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("kind", "google-service-account");
        if (!refreshEarly.isEmpty()) {
            token.put("refresh_early", refreshEarly);
        }
        channel.put("token", Yaml.inline(token));
        Map<String, Object> credential = new LinkedHashMap<>();
        credential.put("name", stem);
        credential.put("key_file", "keys/" + name);
        channel.put("credentials", List.of(credential));
        if (!models.isEmpty()) {
            channel.put("models", new ArrayList<>(models.keySet()));
        }
        Map<String, String> elsewhere = new LinkedHashMap<>(models);
        elsewhere.values().removeIf(domain::equals);
        if (!elsewhere.isEmpty()) {
            channel.put("model_hosts", elsewhere);
        }
        channel.put("privacy", true);
        channel.put("timeouts", Yaml.inline(new LinkedHashMap<>(patience)));
        imports.draft().channels().put(id, channel);
        ids.computeIfAbsent(service, key1 -> new LinkedHashMap<>()).put(file, id);
        report.taken("channel");
    }

    /** The first of the most frequent ones. */
    private static String mostCommon(Map<String, String> models) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        models.values().forEach(domain -> counts.merge(domain, 1, Integer::sum));
        int most = counts.isEmpty() ? 0 : Collections.max(counts.values());
        return counts.keySet().stream()
                .filter(domain -> counts.getOrDefault(domain, 0) == most)
                .findFirst()
                .orElse(DOMAIN);
    }

    private Optional<byte[]> keyFile(String file, Place at) throws ImportException {
        if (!FILE.matcher(file).matches() || file.contains("..")) {
            report.looksWrong(at, "names no file; not taken");
            return Optional.empty();
        }
        Optional<Path> path = imports.sources().mentioned(Sources.name(Path.of(file)));
        if (path.isEmpty()) {
            report.looksWrong(
                    at,
                    "the key file " + file
                            + " is missing; its channel is not taken. Name its folder too, e.g. data/json");
            return Optional.empty();
        }
        imports.keyFile(path.get());
        Place where = Place.file(Sources.name(path.get()));
        List<String> problems = new ArrayList<>();
        try {
            ServiceAccountKey.check(
                    Sources.text(path.get()), problems::add, warning -> report.looksWrong(where, warning));
        } catch (ImportException e) {
            report.looksWrong(at, "its key file cannot be used, so its channel is not taken: " + e.getMessage());
            return Optional.empty();
        }
        if (!problems.isEmpty()) {
            report.looksWrong(where, problems.get(0) + "; its channel is not taken");
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(path.get()));
        } catch (IOException e) {
            throw new ImportException(
                    path.get() + " cannot be read: " + e.getClass().getSimpleName());
        }
    }
}
