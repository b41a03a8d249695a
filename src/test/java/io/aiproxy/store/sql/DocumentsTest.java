package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class DocumentsTest {
    /** Lone surrogates excepted: no YAML file could hold them, and no UTF-8. */
    @Property(tries = 2_000)
    void any_text_comes_out_of_the_document_as_it_went_in(@ForAll @StringLength(min = 1, max = 60) String any) {
        String text = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put(text, text);
        String document =
                Documents.of(new Entries(Map.of(Kind.USER, Map.of(text, body)))).get("users.yaml");

        Map<?, ?> read = new Yaml().load(document);
        assertThat(read).isEqualTo(Map.of("users", Map.of(text, Map.of(text, text))));
    }

    @Test
    void every_document_is_there_and_what_need_not_stand_in_it_does_not() {
        assertThat(Documents.of(new Entries(Map.of())))
                .isEqualTo(Map.of(
                        "users.yaml", "users: {}\n",
                        "channels.yaml", "channels: {}\n",
                        "system.yaml", "",
                        "admin.yaml", "",
                        "prices.yaml", ""));
    }
}
