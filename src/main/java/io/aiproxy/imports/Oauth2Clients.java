package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Clients of the OAuth2 proxy become users, and each client's share of service accounts a group of channels. */
final class Oauth2Clients {
    private final Report report;
    private final Draft draft;
    private final Oauth2Channels channels;
    private final Set<String> tokens = new HashSet<>();

    Oauth2Clients(Report report, Draft draft, Oauth2Channels channels) {
        this.report = report;
        this.draft = draft;
        this.channels = channels;
    }

    /** Reads a client; empty, and told, if it cannot be one here. */
    Optional<Oauth2Client> read(Entry entry, Map<String, Boolean> statuses) {
        Optional<String> token = entry.text("client_token");
        Optional<Boolean> enable = entry.flag("enable");
        String name = entry.label("name").or(() -> entry.label("description")).orElse("");
        String service = entry.label("service_type").orElse("google");
        Map<String, Map<String, Integer>> files = new LinkedHashMap<>();
        for (String word : Oauth2Import.SERVICES) {
            String key = Oauth2Import.listKey(word);
            files.put(word, weights(entry.list(key), entry.at(key)));
        }
        entry.done();
        if (!service.equals("google")) {
            report.looksWrong(entry.at("service_type"), "is not google; taken as if it were");
        }
        if (token.isEmpty() || !Values.proxyKey(token.get())) {
            report.looksWrong(
                    entry.at("client_token"),
                    token.isEmpty()
                            ? "is missing; the client is not taken"
                            : "must be at least 8 visible ASCII characters; the client is not taken");
            return Optional.empty();
        }
        if (!tokens.add(token.get())) {
            report.looksWrong(entry.at("client_token"), "is another client's too; this client is not taken");
            return Optional.empty();
        }
        if (Values.placeholder(token.get())) {
            report.looksWrong(entry.at("client_token"), "is a placeholder, which everybody knows; make a new key");
        }
        if (Oauth2Import.SERVICES.stream().noneMatch(word -> token.get().startsWith(word + "-"))) {
            report.looksWrong(
                    entry.at("client_token"), "begins neither with gemini- nor with claude-; it reaches both here");
        }
        boolean enabled = enable.orElse(true) && statuses.getOrDefault(token.get(), true);
        if (!enabled) {
            report.looksWrong(entry.place(), "is not enabled; taken as disabled");
        }
        return Optional.of(new Oauth2Client(token.get(), name, enabled, entry.place(), files));
    }

    private Map<String, Integer> weights(List<JsonNode> nodes, Place at) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            Optional<String> file;
            int weight = 1;
            if (nodes.get(i).isTextual()) { // the older form
                file = Optional.of(nodes.get(i).asText().strip());
            } else {
                Optional<Entry> entry = Entry.of(nodes.get(i), at.at(i), report);
                file = entry.flatMap(fields -> fields.text("key_filename"));
                weight = entry.flatMap(fields -> fields.number("key_weight", 0)).orElse(1);
                entry.ifPresent(Entry::done);
            }
            if (file.isEmpty()) {
                report.looksWrong(at.at(i), "has no key_filename; not taken");
            } else if (weights.putIfAbsent(file.get(), weight) != null) {
                report.looksWrong(at.at(i), "names a file for the second time; not taken");
            } else if (weight == 0) {
                report.looksWrong(at.at(i).at("key_weight"), "is 0, so the channel gets no new calls; taken as it is");
            }
        }
        return weights;
    }

    /** Puts users and groups into the draft, once the channels are there. */
    void place(List<Oauth2Client> clients) {
        int number = 0;
        for (Oauth2Client client : clients) {
            number++;
            String id = draft.userIds().user(client.name().isEmpty() ? "client-" + number : client.name());
            List<String> groups = new ArrayList<>();
            client.files().forEach((service, weights) -> group(id, service, weights, client.at())
                    .ifPresent(groups::add));
            if (groups.isEmpty()) {
                report.looksWrong(client.at(), "no service account of it could be taken; the client is not taken");
            } else {
                user(id, client.token(), client.enabled(), groups);
            }
        }
    }

    private Optional<String> group(String user, String service, Map<String, Integer> weights, Place at) {
        Map<String, Object> members = new LinkedHashMap<>();
        weights.forEach((file, weight) -> {
            Optional<String> channel = channels.id(service, file);
            channel.ifPresent(id -> members.put(id, Yaml.inline(Map.of("weight", weight))));
            if (channel.isEmpty()) {
                report.looksWrong(at.at(Oauth2Import.listKey(service)), "names " + file + ", which was not taken");
            }
        });
        if (members.isEmpty()) {
            return Optional.empty();
        }
        String id = draft.channelIds().channel(user + "-" + service);
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("channels", members);
        group.put("strategy", "weighted");
        group.put("key_prefixes", List.of(service + "-"));
        draft.groups().put(id, group);
        report.taken("group");
        return Optional.of(id);
    }

    private void user(String id, String token, boolean enabled, List<String> channels) {
        Map<String, Object> user = new LinkedHashMap<>();
        if (!enabled) {
            user.put("status", "disabled");
        }
        user.put("channels", channels);
        user.put("proxy_key", Values.secret(token));
        draft.users().put(id, user);
        report.taken("user");
        report.taken("key");
    }

    /** The oldest form: tokens without files of their own; their prefix says which service they are for. */
    void withoutFiles(Map<String, Boolean> statuses) {
        Map<String, String> groups = new LinkedHashMap<>();
        for (String service : Oauth2Import.SERVICES) {
            Map<String, Integer> all = new LinkedHashMap<>();
            channels.files(service).forEach(file -> all.put(file, 1));
            group("all", service, all, Place.file("map-config.json")).ifPresent(id -> groups.put(service, id));
        }
        if (!statuses.isEmpty() && !groups.isEmpty()) {
            report.note("The clients of map-client.json name no service accounts, so each may use all of them.");
            statuses.forEach((token, enabled) -> {
                if (Values.proxyKey(token)) {
                    String id = draft.userIds().user("client-" + (draft.users().size() + 1));
                    user(id, token, enabled, new ArrayList<>(groups.values()));
                } else {
                    report.looksWrong(
                            Place.file("map-client.json"), "has a token shorter than 8 characters; not taken");
                }
            });
        }
    }

    /** Tells tokens that have a status but no client. */
    void tellUnknown(Map<String, Boolean> statuses, Place at) {
        int number = 0;
        for (String token : statuses.keySet()) {
            number++;
            if (!tokens.contains(token)) {
                report.looksWrong(
                        new Place(at.file(), "entry " + number), "is no client of map-config.json; not taken");
            }
        }
    }
}
