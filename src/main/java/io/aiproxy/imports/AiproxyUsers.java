package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Users and their keys of the OpenResty gateway: keys with a user each, or users with a key each. */
final class AiproxyUsers {
    /** A user while keys are being gathered. */
    private static final class Gathered {
        private final Map<String, Object> fields = new LinkedHashMap<>();
        private final Set<String> channels = new LinkedHashSet<>();
        private final List<Map<String, Object>> keys = new ArrayList<>();
        private final Ids names = new Ids();
    }

    private final Report report;
    private final Draft draft;
    private final AiproxyChannels channels;
    private final Map<String, Gathered> users = new LinkedHashMap<>();
    private final Map<String, Place> seen = new HashMap<>();

    AiproxyUsers(Report report, Draft draft, AiproxyChannels channels) {
        this.report = report;
        this.draft = draft;
        this.channels = channels;
    }

    /** {@code api_keys.json}. */
    void keys(List<Entry> entries) {
        for (Entry entry : entries) {
            Optional<String> user = entry.label("user");
            Optional<String> channel = entry.text("channel");
            Optional<String> id = channel.flatMap(channels::id);
            Optional<String> key = proxyKey(entry);
            if (user.isEmpty()) {
                report.looksWrong(entry.at("user"), "is missing; the key was given to a user \"unknown\"");
            }
            if (id.isEmpty()) {
                report.looksWrong(
                        entry.at("channel"),
                        (channel.isEmpty() ? "is missing" : "names no channel that was taken")
                                + "; the key is not taken");
            }
            boolean active = active(entry);
            Optional<String> description = entry.label("description");
            entry.without("quota_limit", "quotas of keys are not taken");
            entry.without("created_at", "when a key was made is not kept");
            entry.done();
            if (key.isPresent() && id.isPresent()) {
                Gathered owner = users.computeIfAbsent(user.orElse("unknown"), name -> new Gathered());
                owner.channels.add(id.get());
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("proxy_key", Values.secret(key.get()));
                fields.put("name", owner.names.name(description.orElse(id.get())));
                if (!active) {
                    fields.put("status", "disabled");
                }
                fields.put("channels", List.of(id.get()));
                owner.keys.add(fields);
                report.taken("key");
            }
        }
    }

    /** One of {@code users:} in YAML. */
    void user(String old, Entry entry) {
        Gathered user = new Gathered();
        entry.label("name").ifPresent(name -> user.fields.put("name", name));
        entry.label("department").ifPresent(department -> user.fields.put("department", department));
        entry.label("contact").ifPresent(contact -> user.fields.put("contact", contact));
        if (!active(entry)) {
            user.fields.put("status", "disabled");
        }
        List<JsonNode> named = entry.list("channels");
        for (int i = 0; i < named.size(); i++) {
            Optional<String> id = channels.id(named.get(i).asText(""));
            id.ifPresent(user.channels::add);
            if (id.isEmpty()) {
                report.looksWrong(entry.at("channels").at(i), "names no channel that was taken; left out");
            }
        }
        Optional<String> key = proxyKey(entry);
        entry.done();
        if (user.channels.isEmpty()) {
            report.looksWrong(entry.at("channels"), "no channel is left; the user is not taken");
        } else if (key.isPresent()) {
            user.keys.add(new LinkedHashMap<>(Map.of("proxy_key", Values.secret(key.get()))));
            users.merge(old, user, (first, second) -> {
                report.looksWrong(entry.place(), "a user of this name was taken already; this one is not");
                return first;
            });
            report.taken("key");
        }
    }

    /** Puts the users into the draft. */
    void finish() {
        users.forEach((old, user) -> {
            String id = draft.userIds().user(old);
            if (!id.equals(old) && !user.fields.containsKey("name")) {
                user.fields.put("name", old);
            }
            Map<String, Object> fields = new LinkedHashMap<>(user.fields);
            fields.put("channels", ordered(user.channels));
            if (user.keys.size() == 1 && user.keys.get(0).size() == 1) {
                fields.putAll(user.keys.get(0));
            } else {
                if (user.channels.size() == 1) {
                    user.keys.forEach(key -> key.remove("channels"));
                }
                fields.put("keys", user.keys);
            }
            draft.users().put(id, fields);
            report.taken("user");
        });
    }

    /** A list here is in order of priority, so channels with a priority of their own are put into that order. */
    private List<String> ordered(Set<String> ids) {
        List<String> ordered = new ArrayList<>(ids);
        boolean prioritized = ids.stream().anyMatch(id -> channels.priority(id).isPresent());
        if (prioritized && ids.size() > 1) {
            ordered.sort(Comparator.comparingInt(id -> channels.priority(id).orElse(100)));
            report.note("Users' channels stand in the order of the channels' priority, the lowest number first. If a"
                    + " high number meant first in the old system, turn them round in users.yaml.");
        }
        return ordered;
    }

    private Optional<String> proxyKey(Entry entry) {
        Optional<String> key = entry.text("proxy_key");
        Place at = entry.at("proxy_key");
        if (key.isEmpty()) {
            report.looksWrong(at, "is missing; not taken");
        } else if (!Values.proxyKey(key.get())) {
            report.looksWrong(
                    at, "must be at least 8 visible ASCII characters without spaces; not taken, make a new key");
            return Optional.empty();
        } else if (seen.putIfAbsent(key.get(), at) != null) {
            report.looksWrong(at, "is the same key as " + seen.get(key.get()) + ", which was taken; this one is not");
            return Optional.empty();
        } else if (Values.placeholder(key.get())) {
            report.looksWrong(at, "is a placeholder, which everybody knows; taken, make a new key");
        }
        return key;
    }

    private boolean active(Entry entry) {
        String status = entry.label("status").orElse("active").toLowerCase(Locale.ROOT);
        if (status.equals("active")) {
            return true;
        }
        report.looksWrong(
                entry.at("status"),
                status.equals("disabled")
                        ? "is disabled; taken as it is"
                        : "is neither active nor disabled; disabled was written");
        return false;
    }
}
