package io.aiproxy.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What a syntax error means, in fixed words: SnakeYAML's own texts quote pieces of the file (lines, alias and tag
 * names), which may be pieces of a key.
 */
final class YamlComplaints {
    private static final Map<String, String> MEANINGS = new LinkedHashMap<>();

    static {
        MEANINGS.put("alias", "an alias (*name) without its anchor (&name); quote a value that begins with * or &");
        MEANINGS.put("anchor", "an anchor (&name) is not well formed; quote a value that begins with &");
        MEANINGS.put("tag", "a tag (!name) is not known; quote a value that begins with !");
        MEANINGS.put("TAB", "a tab stands where spaces are needed; indent with spaces");
        MEANINGS.put("cannot start any token", "a value begins with a character that YAML reserves; quote the value");
        MEANINGS.put(
                "mapping values are not allowed",
                "\": \" is not expected here; check the indentation, and quote a " + "value that contains \": \"");
        MEANINGS.put(
                "could not find expected ':'",
                "a colon with a space after it is missing here or on the line above, " + "or the indentation is wrong");
        MEANINGS.put("<block end>", "this line does not fit the structure above it; check the indentation");
        MEANINGS.put("sequence entries are not allowed", "\"- \" is not expected here; check the indentation");
        MEANINGS.put("',' or", "a bracket or brace is not closed, or a comma is missing");
        MEANINGS.put("end of stream", "a quotation mark, bracket or brace is not closed");
        MEANINGS.put("document separator", "a quotation mark is not closed");
        MEANINGS.put("escape", "\\ begins an escape within \"…\", and this one is unknown; use '…' for text with \\");
        MEANINGS.put("Nesting Depth", "is nested more than 30 levels deep");
        MEANINGS.put("code points", "is too large");
        MEANINGS.put("document", "only one document per file; remove the line \"---\" between them");
    }

    private YamlComplaints() {}

    static String inPlainWords(YAMLException broken) {
        String problem = broken instanceof MarkedYAMLException marked ? marked.getProblem() : broken.getMessage();
        String context = broken instanceof MarkedYAMLException marked ? marked.getContext() : null;
        String told = problem + " / " + context;
        for (Map.Entry<String, String> meaning : MEANINGS.entrySet()) {
            if (told.contains(meaning.getKey())) {
                return prefix(broken) + meaning.getValue();
            }
        }
        return "is not valid YAML; check indentation, colons and quotation marks here and on the line above";
    }

    private static String prefix(YAMLException broken) {
        return broken instanceof MarkedYAMLException ? "not valid YAML: " : "";
    }
}
