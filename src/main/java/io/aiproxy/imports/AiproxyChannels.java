package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Channels of the OpenResty gateway. */
final class AiproxyChannels {
    private final Report report;
    private final Draft draft;
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<String, Integer> priorities = new LinkedHashMap<>();

    AiproxyChannels(Report report, Draft draft) {
        this.report = report;
        this.draft = draft;
    }

    /** The new id of a channel; empty if there is none of that name. */
    Optional<String> id(String old) {
        return Optional.ofNullable(ids.get(old));
    }

    /** What the old file says of the channel's priority. */
    Optional<Integer> priority(String id) {
        return Optional.ofNullable(priorities.get(id));
    }

    void take(String old, Entry from) {
        Optional<String> base = from.text("base_url").flatMap(Values::baseUrl);
        if (base.isEmpty()) {
            report.looksWrong(
                    from.at("base_url"),
                    "is missing or no plain http(s) URL; the channel is not taken, nor what was meant for it");
            return;
        }
        if (ids.containsKey(old)) {
            report.looksWrong(from.place(), "is in another file already; that one was taken");
            return;
        }
        String id = draft.channelIds().channel(old);
        ids.put(old, id);
        if (!id.equals(old)) {
            report.note("Channel " + Place.shown(old) + " is called " + id + " here: its old name cannot be an id.");
        }
        Map<String, Object> channel = new LinkedHashMap<>();
        channel.put("name", from.label("name").orElse(old));
        channel.put("base_url", base.get());
        urls(from, URI.create(base.get()), channel);
        boolean usable = credential(from, channel, id);
        status(from, channel, usable);
        from.number("priority", 0).ifPresent(priority -> {
            channel.put("priority", priority);
            priorities.put(id, priority);
        });
        paths(from, "path_rewrite", channel);
        paths(from, "websocket_endpoints", channel);
        if (!from.flag("supports_websocket").orElse(true)) {
            channel.put("supports_websocket", false);
        }
        patience(from, channel);
        // the old gateway told the channel where a call came from
        channel.put("forwarding", "add");
        from.done();
        draft.channels().put(id, channel);
        report.taken("channel");
    }

    private void urls(Entry from, URI base, Map<String, Object> channel) {
        Optional<String> websocket = from.text("websocket_url").map(url -> url.replaceAll("/+$", ""));
        if (websocket.isPresent() && !websocket.get().matches("wss?://[A-Za-z0-9.\\[\\]:-]+(/[!-~&&[^?#]]*)?")) {
            report.looksWrong(from.at("websocket_url"), "is no plain ws(s) URL; not taken, base_url counts");
        } else {
            websocket.ifPresent(url -> channel.put("websocket_url", url));
        }
        Optional<String> host = from.text("host").map(name -> name.toLowerCase(Locale.ROOT));
        if (host.isPresent() && !host.get().matches("[a-z0-9._-]+(:[0-9]{1,5})?")) {
            report.looksWrong(from.at("host"), "is not a host name; not taken, that of base_url counts");
        } else {
            host.filter(name -> !name.equals(base.getRawAuthority().toLowerCase(Locale.ROOT)))
                    .ifPresent(name -> channel.put("host", name));
        }
        Optional<Boolean> ssl = from.flag("ssl");
        if (ssl.isPresent() && ssl.get() != base.getScheme().equals("https")) {
            report.looksWrong(from.at("ssl"), "contradicts base_url, whose " + base.getScheme() + " counts");
        }
    }

    /** Whether there is one that can be used. */
    private boolean credential(Entry from, Map<String, Object> channel, String id) {
        Optional<String> key = from.text("api_key");
        if (key.isEmpty() || !Values.credential(key.get())) {
            report.looksWrong(
                    from.at("api_key"),
                    (key.isEmpty() ? "is missing" : "cannot be sent in a header")
                            + "; the channel is written, but disabled: put its key in");
            channel.put(
                    "api_key", "YOUR_" + id.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_API_KEY_HERE");
            return false;
        }
        if (Values.placeholder(key.get())) {
            report.looksWrong(from.at("api_key"), "is a placeholder; put the provider's key into channels.yaml");
        }
        channel.put("api_key", Values.secret(key.get()));
        return true;
    }

    private void status(Entry from, Map<String, Object> channel, boolean usable) {
        String status = from.label("status").orElse("active").toLowerCase(Locale.ROOT);
        boolean active = status.equals("active");
        if (!active && !status.equals("disabled")) {
            report.looksWrong(from.at("status"), "is neither active nor disabled; disabled was written");
        } else if (!active) {
            report.looksWrong(from.at("status"), "is disabled; taken as it is");
        }
        if (!active || !usable) {
            channel.put("status", "disabled");
        }
    }

    private void paths(Entry from, String key, Map<String, Object> channel) {
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> path : from.map(key).entrySet()) {
            String to = path.getValue().asText("").strip();
            if (!path.getKey().matches("/[!-~&&[^?]]*") || !to.matches("/[!-~]*")) {
                report.looksWrong(
                        from.at(key).at(path.getKey()), "is no path to a path, each from a slash on; not taken");
            } else {
                paths.put(path.getKey(), to);
            }
        }
        if (!paths.isEmpty()) {
            channel.put(key, paths);
        }
    }

    private void patience(Entry from, Map<String, Object> channel) {
        from.seconds("timeout").ifPresent(time -> {
            Map<String, Object> times = new LinkedHashMap<>();
            times.put("head", time);
            times.put("idle", time);
            channel.put("timeouts", Yaml.inline(times));
            report.note("Time-outs of channels are in force here, which they were not in the old gateway: an answer"
                    + " whose head takes longer goes to the next channel or ends with 504. Reasoning models may need"
                    + " more than 30s; see timeouts in channels.yaml.");
        });
        from.number("max_retries", 0).ifPresent(count -> channel.put("max_retries", count));
    }
}
