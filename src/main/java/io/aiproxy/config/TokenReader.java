package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aiproxy.config.TokenConfig.Algorithm;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code token:} of a channel; the kinds that ask a server for a token are {@link TokenRequestReader}'s. */
final class TokenReader {
    private static final String CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";
    /** RFC 6749, 3.3: scope-token. */
    private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+");

    private static final Set<Algorithm> WITH_PRIVATE_KEY = Set.of(Algorithm.RS256, Algorithm.ES256);

    private enum Kind {
        API_KEY,
        JWT,
        GOOGLE_SERVICE_ACCOUNT,
        OAUTH2_CLIENT_CREDENTIALS,
        LOGIN
    }

    private enum Preset {
        FLOW(Kind.JWT),
        VERTEX(Kind.GOOGLE_SERVICE_ACCOUNT);

        private final Kind kind;

        Preset(Kind kind) {
            this.kind = kind;
        }
    }

    private final NodeReader token;
    private final Templates templates = new Templates();
    private final Set<String> pem = new LinkedHashSet<>();

    private TokenReader(NodeReader token) {
        this.token = token;
    }

    static TokenRecipe read(NodeReader channel) {
        Optional<Value> at = channel.value("token");
        if (at.isEmpty()) {
            return TokenRecipe.NONE;
        }
        return at.get().fields().map(fields -> new TokenReader(fields).recipe()).orElse(TokenRecipe.UNREADABLE);
    }

    private TokenRecipe recipe() {
        Optional<Preset> preset = token.choice("preset", Preset.class);
        Optional<Kind> kind = token.choice("kind", Kind.class).or(() -> preset.map(p -> p.kind));
        if (kind.isEmpty()) {
            if (!token.has("kind") && !token.has("preset")) {
                token.problem(
                        "kind",
                        "is missing; one of "
                                + String.join(", ", NodeReader.words(Kind.class).keySet()));
            }
            return TokenRecipe.UNREADABLE;
        }
        if (preset.isPresent() && preset.get().kind != kind.get()) {
            token.problem(
                    "preset", "belongs to another kind of token; remove it, or write kind: " + word(preset.get().kind));
        }
        Optional<TokenConfig> config = config(kind.get(), preset);
        token.done();
        if (kind.get() == Kind.API_KEY) {
            return TokenRecipe.NONE;
        }
        boolean google = kind.get() == Kind.GOOGLE_SERVICE_ACCOUNT;
        Set<String> needs = google ? Set.of(TokenRecipe.KEY_JSON) : templates.names();
        return new TokenRecipe(true, config, needs, Collections.unmodifiableSet(pem), google);
    }

    private static String word(Kind kind) {
        return NodeReader.words(Kind.class).entrySet().stream()
                .filter(entry -> entry.getValue() == kind)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private Optional<TokenConfig> config(Kind kind, Optional<Preset> preset) {
        return switch (kind) {
            case API_KEY -> Optional.empty();
            case JWT -> Optional.of(jwt(preset.filter(p -> p == Preset.FLOW).isPresent()));
            case GOOGLE_SERVICE_ACCOUNT ->
                Optional.of(new TokenConfig.GoogleServiceAccount(scopes(), timing(token, Optional.empty())));
            case OAUTH2_CLIENT_CREDENTIALS -> Optional.of(new TokenRequestReader(token, templates, pem).grant());
            case LOGIN -> Optional.of(new TokenRequestReader(token, templates, pem).login());
        };
    }

    private TokenConfig jwt(boolean flow) {
        Algorithm algorithm = token.choice("algorithm", Algorithm.class, Algorithm.HS256);
        if (!flow && !token.has("key")) {
            token.problem(
                    "key",
                    "is missing; the credential's field with the secret or private key, e.g. \"{clientSecret}\"");
        }
        String key = templates.secret(token, "key", flow ? "{clientSecret}" : "");
        if (WITH_PRIVATE_KEY.contains(algorithm)) {
            privateKey(key, pem);
        }
        JsonNode claims = flow && !token.has("claims") ? flowClaims() : templates.object(token, "claims");
        Map<String, Text> headers = templates.map(token, "headers");
        if (headers.containsKey("alg")) {
            headers.get("alg").problem("is made of algorithm; set that");
        }
        boolean issuedAt = token.flag("issued_at", false);
        Optional<Duration> expires =
                Optional.of(token.span("expires", Duration.ZERO)).filter(span -> !span.isZero());
        onlyOnce(claims, "iat", issuedAt, "issued_at");
        onlyOnce(claims, "exp", expires.isPresent(), "expires");
        return new TokenConfig.Jwt(algorithm, key, claims, values(headers), issuedAt, expires, timing(token, expires));
    }

    private void onlyOnce(JsonNode claims, String claim, boolean made, String key) {
        if (made && claims.has(claim)) {
            token.problem(key, "makes the claim " + claim + ", which also stands under claims; remove one of them");
        }
    }

    private JsonNode flowClaims() {
        var claims = JsonNodeFactory.instance.objectNode();
        for (String name : List.of("clientId", "clientSecret", "tenant")) {
            claims.put(name, "{" + name + "}");
        }
        templates.standard(claims);
        return claims;
    }

    private List<String> scopes() {
        List<Text> scopes = token.texts("scopes");
        scopes.stream()
                .filter(scope -> !SCOPE.matcher(scope.value()).matches())
                .forEach(scope ->
                        scope.problem("is not a scope: visible ASCII characters, no spaces; several are a list"));
        if (!token.has("scopes")) {
            return List.of(CLOUD_PLATFORM);
        }
        if (scopes.isEmpty()) {
            token.problem("scopes", "must name at least one scope; without the key it is " + CLOUD_PLATFORM);
        }
        return scopes.stream().map(Text::value).toList();
    }

    /** A key that is one field and nothing else must be a private key there. */
    static void privateKey(String template, Set<String> pem) {
        Templates.parse(template)
                .filter(names -> names.size() == 1 && template.equals("{" + names.get(0) + "}"))
                .ifPresent(pem::addAll);
    }

    /** Lifetime, early refresh and time-out; where only some are given the others follow. */
    static TokenConfig.Timing timing(NodeReader token, Optional<Duration> expires) {
        TokenConfig.Timing standard = TokenConfig.Timing.DEFAULT;
        Duration lifetime = token.span("lifetime", expires.orElse(standard.lifetime()));
        if (expires.isPresent() && lifetime.compareTo(expires.get()) > 0) {
            token.problem("lifetime", "must not be more than expires, after which the token is worth nothing");
        }
        Duration fifth = lifetime.dividedBy(5);
        Duration early = token.duration(
                "refresh_early", fifth.compareTo(standard.refreshEarly()) < 0 ? fifth : standard.refreshEarly());
        if (early.compareTo(lifetime) >= 0) {
            token.problem("refresh_early", "must be less than lifetime, or every call would ask for a new token");
        }
        return new TokenConfig.Timing(lifetime, early, token.span("timeout", standard.timeout()));
    }

    static Map<String, String> values(Map<String, Text> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        texts.forEach((key, text) -> values.put(key, text.value()));
        return Collections.unmodifiableMap(values);
    }
}
