package io.aiproxy.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Entries as the texts that a configuration is read from. JSON is YAML too, and needs no more than to be printed. */
public final class JsonDocuments {
    private JsonDocuments() {}

    /** The text of every document by its file name. */
    public static Map<String, String> of(Entries entries) {
        Map<String, ObjectNode> documents = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            Map<String, JsonNode> of = entries.of(kind);
            ObjectNode document =
                    documents.computeIfAbsent(kind.document(), name -> JsonNodeFactory.instance.objectNode());
            if (!of.isEmpty() || kind == Kind.USER || kind == Kind.CHANNEL) {
                document.set(kind.key(), JsonNodeFactory.instance.objectNode().setAll(of));
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        documents.forEach((name, document) -> texts.put(name, document.toString()));
        return texts;
    }
}
