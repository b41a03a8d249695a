package io.aiproxy.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code model_aliases:} at the top of channels.yaml: names that callers may ask for, whatever channel serves them. */
final class AliasReader {
    private AliasReader() {}

    /** The aliases; {@code channels} may have some of their own, which come after these. */
    static Map<String, String> read(Map<String, Value> written, Collection<ChannelConfig> channels) {
        Map<String, String> aliases = new LinkedHashMap<>();
        written.forEach((alias, at) -> at.text().ifPresent(target -> {
            if (alias.isBlank() || target.value().isBlank()) {
                at.problem("is empty; an alias is {name that callers ask for: name of the model they get}");
            } else if (written.containsKey(target.value())) {
                at.problem(target.shown() + " is an alias itself; name the model that it stands for");
            }
            aliases.put(alias, target.value());
        }));
        written.forEach((alias, at) -> channels.stream()
                .filter(channel -> channel.modelAliases().containsKey(alias))
                .forEach(channel -> at.source()
                        .problems()
                        .warn("channels." + channel.id() + ".model_aliases: " + Words.quoted(alias)
                                + " has no effect, because it is also an alias for all channels, which comes first")));
        return Collections.unmodifiableMap(aliases);
    }
}
