package io.aiproxy.imports;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The configuration that an import puts together. */
final class Draft {
    private static final String KEEP =
            "It holds secrets: keep it readable by its owner only, and out of version control.";

    private final Map<String, Object> users = new LinkedHashMap<>();
    private final Map<String, Object> channels = new LinkedHashMap<>();
    private final Map<String, Object> groups = new LinkedHashMap<>();
    private final Map<String, Object> system = new LinkedHashMap<>();
    private final Map<String, Object> prices = new LinkedHashMap<>();
    private final Map<String, byte[]> copies = new TreeMap<>();
    private final Ids channelIds = new Ids();
    private final Ids userIds = new Ids();

    /** Ids of channels and groups. */
    Ids channelIds() {
        return channelIds;
    }

    /** Ids of users. */
    Ids userIds() {
        return userIds;
    }

    /** Users by id, as they will stand in users.yaml. */
    Map<String, Object> users() {
        return users;
    }

    /** Channels by id, as they will stand in channels.yaml. */
    Map<String, Object> channels() {
        return channels;
    }

    /** Groups by id, as they will stand in channels.yaml. */
    Map<String, Object> groups() {
        return groups;
    }

    /** Prices by model, as they will stand in prices.yaml; with these nothing else is written. */
    Map<String, Object> prices() {
        return prices;
    }

    /** What will stand in system.yaml, if there is anything. */
    Map<String, Object> system() {
        return system;
    }

    /** A file that is copied as it is; whether it is a new one. */
    boolean copy(String name, byte[] content) {
        return copies.put(name, content) == null;
    }

    /** All files, by name; the same for the same sources, byte for byte. */
    Map<String, byte[]> files(Kind kind, String from) {
        String origin = "Made by \"aiproxy import " + kind.word() + "\" from " + from + ".\n";
        Map<String, byte[]> files = new LinkedHashMap<>();
        if (!prices.isEmpty()) {
            String what = "What models cost, in USD for a million tokens.\n" + origin
                    + "Every key of this file: docs/reference/config.md";
            files.put("prices.yaml", text(what, Map.of("prices", prices)));
            return files;
        }
        files.put(
                "users.yaml",
                text(
                        "Who may call, with which key, and where to.\n" + origin + KEEP
                                + "\nEvery key of this file: docs/reference/config.md",
                        Map.of("users", users)));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("channels", channels);
        if (!groups.isEmpty()) {
            root.put("groups", groups);
        }
        files.put(
                "channels.yaml",
                text(
                        "The accounts at AI platforms.\n" + origin + KEEP
                                + "\nEvery key of this file: docs/reference/config.md",
                        root));
        if (!system.isEmpty()) {
            files.put("system.yaml", text("What holds for the whole gateway.\n" + origin, Map.of("system", system)));
        }
        files.putAll(copies);
        return files;
    }

    private static byte[] text(String head, Map<String, ?> root) {
        return Yaml.file(head, root).getBytes(StandardCharsets.UTF_8);
    }
}
