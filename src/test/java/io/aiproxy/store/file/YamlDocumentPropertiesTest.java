package io.aiproxy.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every document and every edit, tried with many random ones. The seed is fixed, so that a failure comes back. */
class YamlDocumentPropertiesTest {
    @Property(tries = 3000, seed = "42")
    void whatIsReadIsWhatWasWritten(@ForAll long seed) throws StoreException {
        RandomYaml yaml = new RandomYaml(new Random(seed));
        RandomYaml.Text text = yaml.document();
        assertThat(YamlDocument.of("users.yaml", text.whole()).entries(Kind.USER))
                .isEqualTo(text.users());
    }

    @Property(tries = 5000, seed = "42")
    void anEditChangesWhatItNamesAndNothingElse(@ForAll long seed) throws StoreException {
        Random random = new Random(seed);
        RandomYaml yaml = new RandomYaml(random);
        RandomYaml.Text text = yaml.document();
        Map<String, JsonNode> expected = new LinkedHashMap<>(text.users());
        List<Change> changes = new ArrayList<>();
        List<String> touched = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            change(yaml, random, expected, touched).ifPresent(changes::add);
        }
        YamlDocument before = YamlDocument.of("users.yaml", text.whole());
        String after = before.with(changes).text();
        YamlDocument edited = YamlDocument.of("users.yaml", after);
        assertThat(edited.entries(Kind.USER)).isEqualTo(expected);
        assertThat(edited.entries(Kind.USER_GROUP)).isEqualTo(before.entries(Kind.USER_GROUP));
        int at = 0;
        for (RandomYaml.Chunk chunk : text.chunks()) {
            if (!touched.contains(chunk.id())) {
                String own = chunk.text().stripTrailing(); // empty lines at the end may follow an entry that was added
                int found = after.indexOf(own, at);
                assertThat(found).as("%s in\n%s", own, after).isNotNegative();
                at = found + own.length();
            }
        }
        assertThat(edited.with(changes).text()).isEqualTo(after);
    }

    @Property(tries = 3000, seed = "43")
    void whatWasOnlyReadWhereItChangedIsAsIfAllHadBeenRead(@ForAll long seed) throws StoreException {
        Random random = new Random(seed);
        RandomYaml yaml = new RandomYaml(random);
        RandomYaml.Text text = yaml.document();
        Map<String, JsonNode> expected = new LinkedHashMap<>(text.users());
        YamlDocument document = YamlDocument.of("users.yaml", text.whole());
        for (int i = 0; i < 4; i++) {
            List<Change> changes = new ArrayList<>();
            List<String> touched = new ArrayList<>();
            change(yaml, random, expected, touched).ifPresent(changes::add);
            YamlDocument read = YamlDocument.of("users.yaml", document.text());
            YamlDocument next = document.with(changes);
            assertThat(next.text()).isEqualTo(read.with(changes).text());
            for (Kind kind : List.of(Kind.USER, Kind.USER_GROUP)) {
                assertThat(next.entries(kind).toString())
                        .isEqualTo(YamlDocument.of("users.yaml", next.text())
                                .entries(kind)
                                .toString());
            }
            document = next;
        }
    }

    private static Optional<Change> change(
            RandomYaml yaml, Random random, Map<String, JsonNode> expected, List<String> touched) {
        List<String> ids = List.copyOf(expected.keySet());
        int what = random.nextInt(4);
        if (what == 0 || ids.isEmpty()) {
            String id = "new" + random.nextInt(1000);
            JsonNode body = YamlJson.normal(yaml.mapping(0));
            expected.put(id, body);
            return Optional.of(new Change(Kind.USER, id, Optional.of(body)));
        }
        String id = ids.get(random.nextInt(ids.size()));
        if (touched.contains(id)) {
            return Optional.empty();
        }
        touched.add(id);
        if (what == 1) {
            expected.remove(id);
            return Optional.of(new Change(Kind.USER, id, Optional.empty()));
        }
        JsonNode body = mutated(yaml, random, expected.get(id));
        expected.put(id, body);
        return Optional.of(new Change(Kind.USER, id, Optional.of(body)));
    }

    private static JsonNode mutated(RandomYaml yaml, Random random, JsonNode node) {
        if (!(node instanceof ObjectNode object) || object.isEmpty()) {
            return YamlJson.normal(yaml.value(1));
        }
        ObjectNode copy = object.deepCopy();
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<String> keys = new ArrayList<>();
            copy.fieldNames().forEachRemaining(keys::add);
            String key = keys.isEmpty() || random.nextInt(4) == 0
                    ? "added" + random.nextInt(9)
                    : keys.get(random.nextInt(keys.size()));
            if (random.nextInt(4) == 0) {
                copy.remove(key);
            } else {
                copy.set(key, copy.has(key) ? mutated(yaml, random, copy.get(key)) : YamlJson.normal(yaml.value(1)));
            }
        }
        return copy;
    }
}
