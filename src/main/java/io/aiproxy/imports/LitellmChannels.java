package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** LiteLLM's deployments: those with the same provider, address and key are one channel. */
final class LitellmChannels {
    /** What tells accounts apart. */
    private record Account(String provider, String baseUrl, String key) {}

    /** A provider and what LiteLLM calls it. */
    private record Named(String word, Provider provider) {}

    /** A channel while models are being gathered. */
    private static final class Gathered {
        private final Account account;
        private final String id;
        private final Map<String, Object> fields = new LinkedHashMap<>();
        private final Map<String, String> models = new LinkedHashMap<>();
        private int weight = 1;

        private Gathered(Account account, String id) {
            this.account = account;
            this.id = id;
        }
    }

    private final Report report;
    private final Draft draft;
    private final List<Gathered> channels = new ArrayList<>();
    private int retries = -1;

    LitellmChannels(Report report, Draft draft) {
        this.report = report;
        this.draft = draft;
    }

    /** How often the router tries again. */
    void retries(int count) {
        retries = count;
        report.taken("router setting");
    }

    /** The channel's share in the group. */
    int weight(String id) {
        return channels.stream()
                .filter(channel -> channel.id.equals(id))
                .mapToInt(channel -> channel.weight)
                .findFirst()
                .orElse(1);
    }

    /** An element of {@code model_list}. */
    void deployment(Entry entry) {
        Optional<String> name = entry.text("model_name");
        Optional<Entry> params = entry.child("litellm_params");
        Optional<String> model = params.flatMap(fields -> fields.text("model"));
        entry.without("model_info", "is not used here");
        if (name.isEmpty() || model.isEmpty()) {
            report.looksWrong(entry.place(), "needs model_name and litellm_params.model; not taken");
            return;
        }
        int slash = model.get().indexOf('/');
        boolean prefixed = slash > 0 && looksLikeProvider(model.get().substring(0, slash));
        String provider = prefixed ? model.get().substring(0, slash) : standardProvider(model.get());
        String sent = prefixed ? model.get().substring(slash + 1) : model.get();
        Optional<Provider> known = Provider.of(provider);
        if (known.isEmpty()) {
            report.noCounterpart(
                    params.get().at("model"),
                    "provider " + Place.shown(provider) + " is not imported; write its channel by hand if it has an API"
                            + " with a key or token");
            return;
        }
        if (name.get().contains("*") && !name.get().equals(sent) && !name.get().equals("*")) {
            report.noCounterpart(
                    entry.at("model_name"), "names with * cannot be changed on the way; the deployment is not taken");
            return;
        }
        place(entry, name.get(), sent, new Named(provider, known.get()), params.get());
        params.get().withoutRest("not taken; see rules and timeouts of channels");
        entry.withoutRest("has no counterpart");
    }

    private static boolean looksLikeProvider(String word) {
        return word.matches("[a-z0-9_-]+");
    }

    private static String standardProvider(String model) {
        return model.startsWith("claude") ? "anthropic" : model.startsWith("gemini") ? "gemini" : "openai";
    }

    private void place(Entry entry, String name, String sent, Named named, Entry params) {
        String word = named.word();
        Provider provider = named.provider();
        Optional<String> written = params.text("api_base").or(() -> params.text("base_url"));
        Optional<String> base = written.or(() -> Optional.of(provider.baseUrl()).filter(url -> !url.isEmpty()))
                .flatMap(Values::baseUrl)
                .map(url -> word.equals("azure") ? azure(url) : url);
        if (base.isEmpty()) {
            report.looksWrong(
                    params.at("api_base"),
                    written.isPresent() && Values.secret(written.get()) != written.get()
                            ? "comes from the environment; write the URL itself, then import again. Not taken"
                            : "is missing or no plain http(s) URL; the deployment is not taken");
            params.text("api_key");
            return;
        }
        params.without("api_version", "Azure's newer path /openai/v1 is used, which needs none");
        Account account = new Account(word, base.get(), params.text("api_key").orElse(""));
        Gathered channel = channels.stream()
                .filter(one -> one.account.equals(account) && !conflicts(one, name, sent))
                .findFirst()
                .orElseGet(() -> begin(account, provider, params));
        if (sent.equals(channel.models.put(name, sent))) {
            report.looksWrong(entry.place(), "is there twice; one was taken");
            return;
        }
        patience(params, channel);
        params.number("weight", 0).ifPresent(weight -> channel.weight = weight);
        for (String limit : List.of("rpm", "tpm")) {
            params.without(limit, "limits of a deployment are not taken");
        }
        report.taken("model");
    }

    private static boolean conflicts(Gathered channel, String name, String sent) {
        return !channel.models.getOrDefault(name, sent).equals(sent);
    }

    private static String azure(String url) {
        return url.contains("/openai") ? url : url + "/openai/v1";
    }

    private Gathered begin(Account account, Provider provider, Entry params) {
        Gathered channel = new Gathered(account, draft.channelIds().channel(account.provider()));
        channel.fields.put("base_url", account.baseUrl());
        if (!provider.dialect().isEmpty()) {
            channel.fields.put("dialect", provider.dialect());
        }
        Object key = Values.secret(account.key());
        if (!account.key().isEmpty()) {
            if (Values.placeholder(account.key())) {
                report.looksWrong(params.at("api_key"), "is a placeholder; put the provider's key into channels.yaml");
            }
            channel.fields.put("api_key", key);
        } else if (!provider.variable().isEmpty()) {
            channel.fields.put("api_key", Yaml.env(provider.variable()));
            report.note("Channel " + channel.id + " has no key in the file; as LiteLLM does, it takes it from the"
                    + " environment variable " + provider.variable() + ".");
        }
        if (account.key().isEmpty() && provider.variable().isEmpty()) {
            channel.fields.put("auth", "none");
        } else if (!provider.auth().isEmpty()) {
            channel.fields.put("auth", provider.auth());
        }
        channels.add(channel);
        return channel;
    }

    private void patience(Entry params, Gathered channel) {
        params.seconds("timeout").ifPresent(time -> {
            Map<String, Object> times = new LinkedHashMap<>();
            times.put("head", time);
            times.put("idle", time);
            channel.fields.putIfAbsent("timeouts", Yaml.inline(times));
        });
        params.number("max_retries", 0).ifPresent(count -> channel.fields.putIfAbsent("max_retries", count));
        Map<String, Object> headers = new LinkedHashMap<>();
        params.text("organization").ifPresent(id -> headers.put("OpenAI-Organization", Values.secret(id)));
        for (Map.Entry<String, JsonNode> header : params.map("extra_headers").entrySet()) {
            headers.put(header.getKey(), Values.secret(header.getValue().asText("")));
        }
        if (!headers.isEmpty()) {
            channel.fields.putIfAbsent("headers", new LinkedHashMap<>(Map.of("set", headers)));
        }
    }

    /** Puts the channels into the draft. */
    void finish() {
        for (Gathered channel : channels) {
            Map<String, Object> fields = new LinkedHashMap<>(channel.fields);
            if (retries >= 0) {
                fields.putIfAbsent("max_retries", retries);
            }
            fields.put("models", new ArrayList<>(channel.models.keySet()));
            Map<String, String> aliases = new LinkedHashMap<>(channel.models);
            aliases.entrySet()
                    .removeIf(alias -> alias.getKey().equals(alias.getValue())
                            || alias.getKey().contains("*"));
            if (!aliases.isEmpty()) {
                fields.put("model_aliases", aliases);
            }
            draft.channels().put(channel.id, fields);
            report.taken("channel");
        }
    }
}
