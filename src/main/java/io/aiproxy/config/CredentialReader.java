package io.aiproxy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code credentials:} of a channel, or {@code api_key:}, the short form of one. */
final class CredentialReader {
    private static final Pattern TEMPLATE = Pattern.compile("YOUR_[A-Z0-9_]*HERE");

    private final List<CredentialConfig> credentials = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private CredentialReader() {}

    static List<CredentialConfig> read(NodeReader channel) {
        channel.either("credentials", "api_key");
        CredentialReader reader = new CredentialReader();
        channel.text("api_key").ifPresent(key -> reader.add("default", key));
        Optional<Value> several = channel.value("credentials");
        several.map(Value::items).orElse(List.of()).forEach(reader::item);
        if (several.isPresent()
                && several.get().isList()
                && several.get().items().isEmpty()) {
            several.get().problem("must have at least one credential");
        }
        return List.copyOf(reader.credentials);
    }

    /** Whether a value is still that of a template, so nobody has filled it in. */
    static boolean fromTemplate(String value) {
        return TEMPLATE.matcher(value).find();
    }

    private void item(Value item) {
        String standard = credentials.isEmpty() ? "default" : "credential-" + (credentials.size() + 1);
        if (!item.isMap()) {
            item.text().ifPresent(key -> add(standard, key));
            return;
        }
        item.fields().ifPresent(fields -> {
            String name = fields.label("name", standard);
            fields.required("api_key", "the provider's key").ifPresent(key -> add(name, key));
            fields.done();
            if (!names.add(name)) {
                fields.problem("name", Words.quoted(name) + " is the name of another credential of this channel");
            }
        });
    }

    private void add(String name, Text key) {
        Rules.checkCredential(key);
        if (fromTemplate(key.value())) {
            key.at()
                    .source()
                    .problems()
                    .warn(key.at().field() + " is still the template's; put the provider's key there");
        }
        credentials.add(new CredentialConfig(name, key.secret()));
    }
}
