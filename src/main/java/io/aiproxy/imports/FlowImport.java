package io.aiproxy.imports;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Flow proxy: {@code secrets.json} is one channel with a credential for each entry; {@code .env} has its settings. */
final class FlowImport {
    private static final String BASE_URL = "https://flow.ciandt.com/flow-llm-proxy";
    private static final List<String> REQUIRED = List.of("clientId", "clientSecret", "tenant");
    private static final String PORT = "8899";

    private final Imports imports;
    private final Report report;
    private final Draft draft;

    /** An entry and how often it stands there. */
    private record Share(Map<String, String> secrets, String name, int times) {}

    FlowImport(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        this.draft = imports.draft();
    }

    void run() throws ImportException {
        DotEnv settings = settings();
        Optional<String> elsewhere = settings.take("FLOW_PROXY_SECRETS_FILE");
        Path secrets = secrets(elsewhere);
        List<Share> shares =
                shares(imports.entries(Imports.elements(imports.structure(secrets)), Place.of(Sources.name(secrets))));
        if (shares.isEmpty()) {
            report.looksWrong(Place.of(Sources.name(secrets)), "has no entry that could be taken");
            return;
        }
        draft.channels().put(draft.channelIds().channel("flow"), channel(shares, patience(settings)));
        report.taken("channel");
        callers(settings);
        logging(settings);
        for (String name : settings.rest()) {
            if (name.startsWith("FLOW_PROXY_")) {
                report.noCounterpart(settings.at(name), "has no counterpart");
            }
        }
    }

    private DotEnv settings() throws ImportException {
        Optional<Path> file = imports.sources()
                .one(
                        "settings",
                        path -> Sources.name(path).equals(".env")
                                || Sources.name(path).endsWith(".env"));
        if (file.isEmpty()) {
            return DotEnv.read(".env", "", report);
        }
        imports.source(file.get());
        return DotEnv.read(Sources.name(file.get()), Sources.text(file.get()), report);
    }

    private Path secrets(Optional<String> elsewhere) throws ImportException {
        List<Path> given = imports.sources().unused();
        if (!given.isEmpty()) {
            return given.get(0);
        }
        String name = elsewhere.orElse("secrets.json");
        Path path = Path.of(name);
        if (path.isAbsolute() && Files.isRegularFile(path)) {
            return path;
        }
        return imports.sources()
                .named(Sources.name(path))
                .orElseThrow(() -> new ImportException("there is no " + Sources.name(path)
                        + " in what was named; name the file with the array of {clientId, clientSecret, tenant}"));
    }

    private List<Share> shares(List<Entry> entries) {
        Map<Map<String, String>, Share> shares = new LinkedHashMap<>();
        Ids names = new Ids();
        for (Entry entry : entries) {
            Map<String, String> secrets = new LinkedHashMap<>();
            for (String key : REQUIRED) {
                Optional<String> value = entry.text(key);
                value.ifPresent(text -> secrets.put(key, text));
                if (value.isEmpty()) {
                    report.looksWrong(entry.at(key), "is missing; the entry is not taken");
                } else if (Values.placeholder(value.get())) {
                    report.looksWrong(entry.at(key), "is a placeholder; put the real value into channels.yaml");
                }
            }
            Optional<String> name = entry.label("name");
            entry.without("agent", "is not part of the token");
            entry.without("appToAccess", "is not part of the token");
            entry.done();
            if (secrets.size() == REQUIRED.size()) {
                Share before = shares.get(secrets);
                String own =
                        before != null ? before.name() : names.name(name.orElse("credential-" + (shares.size() + 1)));
                shares.put(secrets, new Share(secrets, own, before == null ? 1 : before.times() + 1));
                report.taken("entry");
            }
        }
        return new ArrayList<>(shares.values());
    }

    private Map<String, Object> channel(List<Share> shares, String patience) {
        Map<String, Object> channel = new LinkedHashMap<>();
        channel.put("name", "Flow LLM proxy");
        channel.put("base_url", BASE_URL);
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("kind", "jwt");
        token.put("preset", "flow");
        channel.put("token", Yaml.inline(token));
        channel.put("strategy", "weighted"); // in turn, and repeated entries as often as they stood there
        List<Object> credentials = new ArrayList<>();
        for (Share share : shares) {
            Map<String, Object> credential = new LinkedHashMap<>();
            credential.put("name", share.name());
            share.secrets().forEach((key, value) -> credential.put(key, Values.secret(value)));
            if (share.times() > 1) {
                credential.put("weight", share.times());
                report.note("Repeated entries became one credential with a weight: " + share.name() + " has weight "
                        + share.times() + ".");
            }
            credentials.add(credential);
        }
        channel.put("credentials", credentials);
        Map<String, Object> times = new LinkedHashMap<>();
        times.put("head", patience);
        times.put("first_byte", patience);
        times.put("idle", patience);
        channel.put("timeouts", Yaml.inline(times));
        channel.put("rules", Yaml.noted("As the old proxy did for Anthropic's clients.", List.of(anthropicRule())));
        return channel;
    }

    private static Map<String, Object> anthropicRule() {
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("paths", List.of("/v1/messages"));
        match.put("headers", Map.of("anthropic-version", "*"));
        Map<String, Object> remove = new LinkedHashMap<>();
        remove.put("headers", List.of("anthropic-beta"));
        remove.put("body", List.of("context_management"));
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("match", Yaml.inline(match));
        rule.put("remove", Yaml.inline(remove));
        return rule;
    }

    private String patience(DotEnv settings) {
        Optional<String> seconds = settings.take("FLOW_PROXY_CLIENT_TIMEOUT");
        if (seconds.isPresent() && !seconds.get().matches("[1-9][0-9]{0,5}")) {
            report.looksWrong(settings.at("FLOW_PROXY_CLIENT_TIMEOUT"), "is not a number of seconds; 600 was taken");
            return "600s";
        }
        seconds.ifPresent(value -> report.taken("setting"));
        return seconds.orElse("600") + "s";
    }

    private void callers(DotEnv settings) {
        String port = settings.take("FLOW_PROXY_PORT").orElse(PORT);
        String host = settings.take("FLOW_PROXY_HOST").orElse("127.0.0.1");
        report.note("The old proxy listened on " + Place.shown(host) + " port " + Place.shown(port)
                + ". To keep its clients' base URL, start with --host " + Place.shown(host) + " --port "
                + Place.shown(port) + "; otherwise the port is 8001.");
        if (!host.equals("127.0.0.1") && !host.equals("localhost") && !host.equals("::1")) {
            report.looksWrong(
                    settings.at("FLOW_PROXY_HOST"),
                    "let everybody who reached the machine call without a key; here callers from elsewhere need keys");
        }
        report.note("As with the old proxy, programs on this machine call without a key, or with any (\"anonymous\" in"
                + " system.yaml). Callers from elsewhere need a user with a key (\"aiproxy key new\", users.yaml,"
                + " channels: [flow]). If a proxy on this machine stands in front of the gateway, name it in"
                + " trusted_proxies, or take \"anonymous\" out.");
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("name", "Callers without a key");
        user.put("channels", List.of("flow"));
        draft.users().put(draft.userIds().user("anonymous"), user);
        report.taken("user");
        Map<String, Object> anonymous = new LinkedHashMap<>();
        anonymous.put("user", "anonymous");
        anonymous.put("allowed_ips", List.of("127.0.0.1", "::1"));
        anonymous.put("any_key", true);
        draft.system()
                .put(
                        "anonymous",
                        Yaml.noted(
                                "The old proxy asked for no key, and cared for none that SDKs sent. Here that holds for"
                                        + " programs on this machine.\nA proxy on this machine in front of the gateway"
                                        + " must be named in trusted_proxies, or everybody behind it is one of them.",
                                Yaml.inline(anonymous)));
        Map<String, Object> cors = new LinkedHashMap<>();
        cors.put("origins", List.of());
        draft.system()
                .put(
                        "cors",
                        Yaml.noted(
                                "As there, web pages that are opened on this machine may not read the answers.",
                                Yaml.inline(cors)));
    }

    private void logging(DotEnv settings) {
        Optional<String> level = settings.take("FLOW_PROXY_LOG_LEVEL");
        Optional<String> known = level.flatMap(LogLevels::ours);
        draft.system().put("log_level", known.orElse("info"));
        known.ifPresent(word -> report.taken("setting"));
        if (level.isPresent() && known.isEmpty()) {
            report.looksWrong(settings.at("FLOW_PROXY_LOG_LEVEL"), "is not a level that is known; info was written");
        }
        settings.take("FLOW_PROXY_LOG_FILE")
                .ifPresent(file -> report.noCounterpart(
                        settings.at("FLOW_PROXY_LOG_FILE"),
                        "calls are logged to data/logs/access.log (access_log in system.yaml), the rest goes to"
                                + " standard output"));
    }
}
