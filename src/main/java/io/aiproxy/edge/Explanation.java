package io.aiproxy.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.admin.ExplainQuery;
import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.ChannelDirectory;
import io.aiproxy.channels.Choice;
import io.aiproxy.channels.Condition;
import io.aiproxy.channels.Health;
import io.aiproxy.channels.HealthReport;
import io.aiproxy.channels.Order;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.PriceConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.core.Body;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Headers;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Wildcard;
import io.aiproxy.dialects.Dialects;
import io.aiproxy.dialects.RequestFacts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a call that nobody makes: the same rules in the same order as {@link Admit} and {@link Choose}, with
 * the health of the moment. Bodies, sessions and what was created at a channel are not looked at. Members that take turns
 * have had one by being asked.
 */
final class Explanation {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Policy policy;
    private final Health health;
    private final Ticker ticker;
    private final ObjectNode told = JsonNodeFactory.instance.objectNode();

    Explanation(Policy policy, Health health, Ticker ticker) {
        this.policy = policy;
        this.health = health;
        this.ticker = ticker;
    }

    /** Who would call. */
    private record Caller(UserConfig user, KeyConfig key) {}

    JsonNode of(ExplainQuery query) {
        Optional<Caller> found = caller(query);
        if (found.isEmpty()) {
            return told.put("unknown_caller", true);
        }
        Caller caller = found.get();
        tell(caller);
        RequestHead head = new RequestHead(query.method(), query.target(), new Fields(query.headers()), HERE, false);
        RequestFacts read = RequestFacts.read(head, Body.EMPTY, Dialects.detect(head));
        RequestFacts facts = query.model().isEmpty() ? read : new RequestFacts(query.model(), false, List.of());
        Set<String> candidates = Set.of();
        String model = facts.model();
        try {
            model = ModelRights.granted(policy.snapshot().modelAliases(), caller.key.models(), facts);
            told.put("model", model);
            Choice choice = policy.channels()
                    .choose(new ChannelDirectory.Request(
                            caller.key.channels(), head, model, Optional.empty(), head.asksForWebSocket()));
            candidates = candidates(policy.channels().order(choice, session -> ""));
        } catch (FailureException e) {
            told.putObject("refused")
                    .put("code", e.failure().kind().code())
                    .put("status", e.failure().kind().status())
                    .put("message", e.failure().message());
            told.putArray("candidates");
        }
        others(caller, head, model, candidates);
        return told;
    }

    private Optional<Caller> caller(ExplainQuery query) {
        Snapshot snapshot = policy.snapshot();
        if (query.user().isPresent()) {
            UserConfig user = snapshot.users().get(query.user().get());
            return user == null
                    ? Optional.empty()
                    : user.keys().stream()
                            .filter(key -> query.keyName().isEmpty()
                                    || key.name().equals(query.keyName().get()))
                            .findFirst()
                            .map(key -> new Caller(user, key));
        }
        KeyDigest digest = KeyDigest.of(query.key().orElseThrow().reveal());
        for (UserConfig user : snapshot.users().values()) {
            for (KeyConfig key : user.keys()) {
                boolean before = key.previous()
                        .filter(old -> old.digest().equals(digest))
                        .isPresent();
                if (key.digest().equals(digest) || before) {
                    return Optional.of(new Caller(user, key));
                }
            }
        }
        return Optional.empty();
    }

    private void tell(Caller caller) {
        UserConfig user = caller.user;
        KeyConfig key = caller.key;
        ObjectNode node = told.putObject("caller").put("user", user.id()).put("key", key.name());
        ArrayNode groups = node.putArray("groups");
        user.groups().forEach(groups::add);
        ArrayNode networks = node.putArray("allowed_ips");
        user.allowedIps().forEach(networks::add);
        key.allowedIps().forEach(networks::add);
        ArrayNode problems = node.putArray("problems");
        if (user.status() != Status.ACTIVE) {
            problems.add("the user is disabled");
        }
        if (key.status() != Status.ACTIVE) {
            problems.add("the key is disabled");
        }
        key.expiresAt()
                .filter(end -> end.toEpochMilli() <= ticker.millis())
                .ifPresent(end -> problems.add("the key expired at " + end));
        for (String group : user.groups()) {
            var config = policy.snapshot().userGroups().get(group);
            if (config != null && config.status() != Status.ACTIVE) {
                problems.add("the user group " + group + " is disabled");
            }
        }
    }

    private Set<String> candidates(Order order) {
        Map<String, List<HealthReport>> reports = health.report();
        ArrayNode list = told.putArray("candidates");
        Set<String> channels = new LinkedHashSet<>();
        for (int i = 0; i < order.size(); i++) {
            Candidate candidate = order.next();
            String channel = candidate.channel().id();
            channels.add(channel);
            ObjectNode one = list.addObject()
                    .put("place", i + 1)
                    .put("channel", channel)
                    .put("credential", candidate.credential().name())
                    .put("model", candidate.modelOf(told.path("model").asText("")));
            reports.getOrDefault(channel, List.of()).stream()
                    .filter(report ->
                            report.credential().equals(candidate.credential().name()))
                    .findFirst()
                    .ifPresent(report -> tell(report, one));
            policy.prices()
                    .entry(channel, told.path("model").asText(""), ticker.millis())
                    .ifPresent(price -> tell(price, one));
        }
        return channels;
    }

    private static void tell(HealthReport report, ObjectNode one) {
        one.put("health", report.condition().word());
        if (report.condition() != Condition.OK) {
            one.put("reason", report.reason());
        }
    }

    private static void tell(PriceConfig price, ObjectNode one) {
        ObjectNode told = one.putObject("price")
                .put("id", price.id())
                .put("currency", price.currency())
                .put("per", price.per().word());
        price.charges().input().ifPresent(amount -> told.put("input", amount));
        price.charges().output().ifPresent(amount -> told.put("output", amount));
    }

    private void others(Caller caller, RequestHead head, String model, Set<String> candidates) {
        ArrayNode others = told.putArray("others");
        for (ChannelConfig channel : policy.snapshot().channels().values()) {
            if (!candidates.contains(channel.id())) {
                others.addObject().put("channel", channel.id()).put("why", why(caller, channel, head, model));
            }
        }
    }

    private static String why(Caller caller, ChannelConfig channel, RequestHead head, String model) {
        boolean granted =
                caller.key.channels().stream().map(ChannelGrant::channel).anyMatch(channel.id()::equals);
        if (!granted) {
            return "not granted to this key";
        }
        if (channel.status() != Status.ACTIVE) {
            return "disabled";
        }
        if (head.asksForWebSocket() && !channel.supportsWebsocket()) {
            return "takes no WebSockets";
        }
        boolean listed = channel.models().isEmpty()
                || channel.modelAliases().containsKey(model)
                || channel.models().stream().anyMatch(name -> Wildcard.of(name).matches(model));
        if (!model.isEmpty() && !listed) {
            return "does not serve this model";
        }
        return "another channel is named in the path or a header, or the call is refused before";
    }

    /** Header fields by lower-case name. */
    private record Fields(Map<String, String> fields) implements Headers {
        @Override
        public @Nullable String get(String name) {
            return fields.get(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public List<String> all(String name) {
            String value = get(name);
            return value == null ? List.of() : List.of(value);
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            fields.forEach(consumer);
        }
    }
}
