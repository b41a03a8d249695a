package io.aiproxy.behaviour;

import io.aiproxy.app.Settings;
import io.aiproxy.app.Stores;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Secret;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.GatewayStarter;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The admin API of a gateway under test: tokens of every role, where the configuration is kept, requests. */
final class Admin {
    static final String ADMIN = "aat_test_admin_0123456789";
    static final String OPERATOR = "aat_test_operator_0123456789";
    static final String VIEWER = "aat_test_viewer_0123456789";
    static final String ROOT = "/api/v1/";

    private Admin() {}

    /** Where the configuration is kept. */
    enum Kept {
        FILES,
        SQLITE;

        /** Starts a gateway whose configuration is kept there. */
        GatewayRig start(RigConfig config, Path directory) throws Exception {
            return this == FILES ? files(config) : database(config, sqlite(directory), true);
        }

        /** As above, started by somebody else: with books, say. */
        GatewayRig start(RigConfig config, Path directory, GatewayStarter starter) throws Exception {
            GatewayRig rig = this == FILES
                    ? prepared(config, Optional.empty())
                    : prepared(config, Optional.of(sqlite(directory)));
            return booted(rig, starter);
        }
    }

    /** A database in this directory. */
    static Settings.Database sqlite(Path directory) {
        return new Settings.Database("jdbc:sqlite:" + directory.resolve("aiproxy.db"), "", Secret.of(""));
    }

    /** A gateway on files, which can be administered. */
    static GatewayRig files(RigConfig config) {
        GatewayRig rig = GatewayRig.prepare(config, settings -> settings);
        rig.write("config/admin.yaml", tokens());
        return booted(rig);
    }

    /**
     * A gateway on a database, which can be administered.
     *
     * @param fill whether the configuration goes into the database first
     */
    static GatewayRig database(RigConfig config, Settings.Database of, boolean fill) throws Exception {
        GatewayRig rig = GatewayRig.prepare(config, settings -> settings.withDatabase(of));
        rig.write("config/admin.yaml", tokens());
        if (fill) {
            fill(rig.home(), of);
        }
        return booted(rig);
    }

    private static GatewayRig prepared(RigConfig config, Optional<Settings.Database> of) throws Exception {
        GatewayRig rig = GatewayRig.prepare(
                config, settings -> of.map(settings::withDatabase).orElse(settings));
        rig.write("config/admin.yaml", tokens());
        if (of.isPresent()) {
            fill(rig.home(), of.get());
        }
        return rig;
    }

    private static GatewayRig booted(GatewayRig rig) {
        try {
            rig.boot();
            return rig;
        } catch (RuntimeException e) {
            rig.close();
            throw e;
        }
    }

    private static GatewayRig booted(GatewayRig rig, GatewayStarter starter) {
        try {
            rig.boot(starter);
            return rig;
        } catch (RuntimeException e) {
            rig.close();
            throw e;
        }
    }

    private static void fill(Path home, Settings.Database of) throws Exception {
        Path config = home.resolve("config");
        List<Change> all = new ArrayList<>();
        try (Stores from = Stores.open(Optional.empty(), config, home.resolve("from"), System::getenv);
                Stores to = Stores.open(Optional.of(of), config, home.resolve("to"), System::getenv)) {
            for (Kind kind : Kind.values()) {
                from.config()
                        .state()
                        .entries()
                        .of(kind)
                        .forEach((id, body) -> all.add(new Change(kind, id, Optional.of(body))));
            }
            to.config().apply(to.config().state().tag(), all, new Author("test", ""), "begin");
        }
    }

    /** admin.yaml with a token of each role. */
    static String tokens() {
        return "admin_tokens:\n" + entry("root", ADMIN, "admin") + entry("helper", OPERATOR, "operator")
                + entry("guest", VIEWER, "viewer");
    }

    private static String entry(String id, String token, String role) {
        return "  " + id + ": {sha256: \"" + KeyDigest.of(token).hex() + "\", role: " + role + "}\n";
    }

    /** Asks as the administrator. */
    static Calls.Result get(GatewayRig rig, String path, String... headers) throws IOException {
        return as(new Sender(rig, ADMIN), "GET", path, "", headers);
    }

    /** Sends JSON as the administrator. */
    static Calls.Result send(GatewayRig rig, String method, String path, String body, String... headers)
            throws IOException {
        return as(new Sender(rig, ADMIN), method, path, body, headers);
    }

    /**
     * Who sends.
     *
     * @param rig to which gateway
     * @param token with which token or key; empty: none
     */
    record Sender(GatewayRig rig, String token) {}

    /**
     * Sends a request on a connection of its own.
     *
     * @param path below {@link #ROOT}
     * @param headers a content type, if it is not JSON, and others
     */
    static Calls.Result as(Sender sender, String method, String path, String body, String... headers)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>(List.of(headers));
        if (!sender.token().isEmpty()) {
            lines.add("Authorization: Bearer " + sender.token());
        }
        if (bytes.length > 0) {
            lines.add("Content-Length: " + bytes.length);
            if (lines.stream().noneMatch(line -> line.startsWith("Content-Type"))) {
                lines.add("Content-Type: application/json");
            }
        }
        try (RawClient client = sender.rig().client()) {
            client.head(method + " " + ROOT + path, lines.toArray(String[]::new));
            client.send(bytes);
            RawClient.Answer answer = client.answer(method);
            return new Calls.Result(answer.head(), answer.text());
        }
    }
}
