package io.aiproxy.config;

import io.aiproxy.core.Dialect;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code auth:} of a channel: a word, or where the credential goes. */
final class AuthReader {
    private static final Map<String, AuthConfig> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put("bearer", AuthConfig.BEARER);
        WORDS.put("x-api-key", AuthConfig.X_API_KEY);
        WORDS.put("api-key", AuthConfig.API_KEY);
        WORDS.put("x-goog-api-key", AuthConfig.X_GOOG_API_KEY);
        WORDS.put("query-key", AuthConfig.QUERY_KEY);
        WORDS.put("none", AuthConfig.NOTHING);
    }

    private AuthReader() {}

    static AuthConfig read(NodeReader channel, Dialect dialect) {
        return read(channel, standard(dialect));
    }

    /** Where a token goes: a bearer token (RFC 6750) unless something else is said, whatever the dialect. */
    static AuthConfig readForToken(NodeReader channel) {
        AuthConfig auth = read(channel, AuthConfig.BEARER);
        if (auth.place() == AuthConfig.Place.NONE) {
            channel.problem("auth", "sends nothing, so the channel would never see its token; remove auth or token");
        }
        return auth;
    }

    private static AuthConfig read(NodeReader channel, AuthConfig standard) {
        Optional<Value> auth = channel.value("auth");
        if (auth.isEmpty()) {
            return standard;
        }
        return auth.get().isMap()
                ? place(channel.child("auth"), standard)
                : auth.get()
                        .text()
                        .map(word -> NodeReader.choice(word, WORDS, standard))
                        .orElse(standard);
    }

    private static AuthConfig standard(Dialect dialect) {
        return switch (dialect) {
            case ANTHROPIC -> AuthConfig.X_API_KEY;
            case GOOGLE -> AuthConfig.X_GOOG_API_KEY;
            case OPENAI, DASHSCOPE, GENERIC -> AuthConfig.BEARER;
        };
    }

    private static AuthConfig place(NodeReader auth, AuthConfig standard) {
        Optional<Text> header = auth.text("header");
        Optional<Text> query = auth.text("query");
        Optional<Text> prefix = auth.text("prefix");
        auth.done();
        if (header.isPresent() == query.isPresent()) {
            auth.problem("needs either header or query, e.g. {header: X-Token, prefix: \"Token \"} or {query: token}");
            return standard;
        }
        header.filter(name -> !Rules.token(name.value()))
                .ifPresent(name -> name.problem("is not a header name: letters, digits and - only"));
        query.filter(name -> name.value().isBlank()).ifPresent(name -> name.problem("is empty"));
        prefix.filter(text -> !Rules.headerValue(text.value()))
                .ifPresent(text -> text.problem("must be one line of printable ASCII characters"));
        if (query.isPresent()) {
            prefix.ifPresent(text -> text.problem("belongs to header; a query parameter has none"));
            return new AuthConfig(AuthConfig.Place.QUERY, query.get().value(), "");
        }
        String name = header.map(Text::value).orElse("").toLowerCase(Locale.ROOT);
        return new AuthConfig(
                AuthConfig.Place.HEADER, name, prefix.map(Text::value).orElse(""));
    }
}
