package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.core.Body;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What holds for every body and every change, tried with many random ones: the bytes mean what the same change makes of a
 * tree. The seed is fixed, so that a failure comes back.
 */
class BodyEditsPropertiesTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final String[] NAMES = {"a", "b", "c", "0", "1", "é"};
    private static final String[] SCALARS = {
        "1",
        "1.0",
        "1e40",
        "12345678901234567890",
        "-0.10",
        "true",
        "null",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\,{\"",
        "\"é\\u00e9\""
    };
    private static final String[] SPACES = {"", "", "", " ", "\n", " \t\r\n"};

    private final Random random = new Random(20261121);
    /** Whether members may stand twice in an object. */
    private boolean doubled;

    @Test
    void removalsMeanWhatTheyMeanInATree() throws IOException {
        for (int run = 0; run < 20_000; run++) {
            doubled = random.nextBoolean();
            String text = value(4);
            List<String> paths = paths();
            Body body = Heads.cut(text, 1 + random.nextInt(30));
            String edited = Heads.text(BodyEdits.of(paths, Map.of(), Map.of()).apply(body));
            JsonNode expected = JSON.readTree(text);
            List<Runnable> removals = new ArrayList<>();
            paths.forEach(path -> removals(expected, path.split("\\."), 0, removals));
            if (removals.isEmpty() && !doubled) {
                assertThat(edited).as("%s of %s", paths, text).isEqualTo(text);
            }
            removals.forEach(Runnable::run);
            purge(expected);
            assertThat(parsed(edited)).as("%s of %s is %s", paths, text, edited).isEqualTo(expected);
        }
    }

    @Test
    void valuesMeanWhatTheyMeanInATree() throws IOException {
        for (int run = 0; run < 20_000; run++) {
            doubled = random.nextBoolean();
            String text = value(4);
            boolean overwrite = random.nextBoolean();
            Map<String, JsonNode> values = new LinkedHashMap<>();
            for (String path : paths()) {
                values.put(path, JSON.readTree(value(1)));
            }
            BodyEdits edits = BodyEdits.of(List.of(), overwrite ? values : Map.of(), overwrite ? Map.of() : values);
            String edited = Heads.text(edits.apply(Heads.cut(text, 1 + random.nextInt(30))));
            JsonNode expected = JSON.readTree(text);
            values.forEach((path, value) -> put(expected, path.split("\\."), 0, value, overwrite));
            assertThat(parsed(edited))
                    .as("%s in %s is %s", values, text, edited)
                    .isEqualTo(expected);
        }
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no longer JSON: " + text, e);
        }
    }

    private String value(int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(4);
        if (kind == 0) {
            return SCALARS[random.nextInt(SCALARS.length)];
        }
        List<String> items = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String member = NAMES[random.nextInt(NAMES.length)];
            if (kind != 1 && !taken.add(member) && !doubled) {
                continue;
            }
            String name = kind == 1 ? "" : '"' + member + '"' + space() + ':' + space();
            items.add(space() + name + value(depth - 1) + space());
        }
        String all = items.isEmpty() ? space() : String.join(",", items);
        return kind == 1 ? '[' + all + ']' : '{' + all + '}';
    }

    private String space() {
        return SPACES[random.nextInt(SPACES.length)];
    }

    private List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<String> steps = new ArrayList<>();
            for (int j = random.nextInt(3); j >= 0; j--) {
                steps.add(random.nextInt(5) == 0 ? "*" : NAMES[random.nextInt(NAMES.length)]);
            }
            paths.add(String.join(".", steps));
        }
        return paths;
    }

    /** Marks what goes, in the places before anything went. */
    private static void removals(JsonNode node, String[] path, int depth, List<Runnable> removals) {
        boolean last = depth == path.length - 1;
        if (node instanceof ObjectNode object) {
            names(object, path[depth]).forEach(name -> {
                if (!last) {
                    removals(object.get(name), path, depth + 1, removals);
                } else {
                    removals.add(() -> object.set(name, JsonNodeFactory.instance.missingNode()));
                }
            });
        } else if (node instanceof ArrayNode array) {
            places(array, path[depth]).forEach(place -> {
                if (!last) {
                    removals(array.get(place), path, depth + 1, removals);
                } else {
                    removals.add(() -> array.set(place, JsonNodeFactory.instance.missingNode()));
                }
            });
        }
    }

    private static void purge(JsonNode node) {
        for (var items = node.elements(); items.hasNext(); ) {
            JsonNode item = items.next();
            if (item.isMissingNode()) {
                items.remove();
            } else {
                purge(item);
            }
        }
    }

    private static void put(JsonNode node, String[] path, int depth, JsonNode value, boolean overwrite) {
        String step = path[depth];
        boolean last = depth == path.length - 1;
        if (node instanceof ArrayNode array) {
            places(array, step).forEach(place -> {
                if (!last) {
                    put(array.get(place), path, depth + 1, value, overwrite);
                } else if (overwrite) {
                    array.set(place, value.deepCopy());
                }
            });
        } else if (node instanceof ObjectNode object) {
            names(object, step).forEach(name -> {
                if (last && overwrite) {
                    object.set(name, value.deepCopy());
                } else if (!last && overwrite && object.get(name).isNull() && namesFrom(path, depth + 1)) {
                    object.set(name, made(path, depth + 1, value));
                } else if (!last) {
                    put(object.get(name), path, depth + 1, value, overwrite);
                }
            });
            if (!object.has(step) && namesFrom(path, depth)) {
                object.set(step, made(path, depth + 1, value));
            }
        }
    }

    private static JsonNode made(String[] path, int depth, JsonNode value) {
        return depth == path.length
                ? value.deepCopy()
                : JsonNodeFactory.instance.objectNode().set(path[depth], made(path, depth + 1, value));
    }

    private static boolean namesFrom(String[] path, int depth) {
        for (int i = depth; i < path.length; i++) {
            if (path[i].equals("*") || Character.isDigit(path[i].charAt(0))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> names(ObjectNode object, String step) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(name -> {
            if (step.equals("*") || step.equals(name)) {
                names.add(name);
            }
        });
        return names;
    }

    private static List<Integer> places(ArrayNode array, String step) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (step.equals("*") || step.equals(Integer.toString(i))) {
                places.add(i);
            }
        }
        return places;
    }
}
