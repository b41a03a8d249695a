package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

class FieldsTest {
    private static ScalarNode node(String text) {
        return new ScalarNode(Tag.STR, text, null, null, DumperOptions.ScalarStyle.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 18, 1_000})
    void few_and_many_are_found_in_the_same_way(int count) {
        Fields fields = new Fields(count / 3);
        for (int i = 0; i < count; i++) {
            assertThat(fields.add("name" + i, node("key" + i), node("value" + i)))
                    .isEqualTo(Fields.NONE);
            assertThat(fields.add("name" + i / 2, node("again"), node("again"))).isEqualTo(i / 2);
        }
        assertThat(fields.count()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            assertThat(fields.find("name" + i)).isEqualTo(i);
            assertThat(fields.name(i)).isEqualTo("name" + i);
            assertThat(fields.key(i).getValue()).isEqualTo("key" + i);
            assertThat(((ScalarNode) fields.node(i)).getValue()).isEqualTo("value" + i);
        }
        assertThat(fields.find("name")).isEqualTo(Fields.NONE);
        assertThat(fields.find("name" + count)).isEqualTo(Fields.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 40})
    void others_are_added_where_they_are_missing(int own) {
        Fields fields = new Fields(own);
        Fields others = new Fields(1);
        for (int i = 0; i < own; i++) {
            fields.add("name" + i, node("own"), node("own"));
        }
        for (int i = own + 2; i >= 0; i--) {
            others.add("name" + i, node("other"), node("other"));
        }
        fields.addMissing(others);
        assertThat(fields.count()).isEqualTo(own + 3);
        for (int i = 0; i < own + 3; i++) {
            String from = ((ScalarNode) fields.node(fields.find("name" + i))).getValue();
            assertThat(from).isEqualTo(i < own ? "own" : "other");
        }
    }
}
