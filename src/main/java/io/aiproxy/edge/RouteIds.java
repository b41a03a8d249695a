package io.aiproxy.edge;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.Resource;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Looks for two routes with one id. Camel lets the later take the earlier one's place and says nothing, so that a copied
 * file would switch off the original.
 */
final class RouteIds {
    private final Map<String, String> places = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private RouteIds() {}

    /** Throws with every id that stands twice. Text that is no YAML is left to Camel, which tells of it. */
    static void check(List<Resource> files) throws RouteSetException {
        RouteIds ids = new RouteIds();
        Yaml yaml = new Yaml(new LoaderOptions());
        for (Resource file : files) {
            try (Reader text = file.getReader(StandardCharsets.UTF_8)) {
                ids.file(file.getLocation(), yaml.compose(text));
            } catch (YAMLException e) {
                // Camel reads the file next and says where it is broken
            } catch (IOException e) {
                throw RouteSetException.of(e);
            } catch (Exception e) {
                throw RouteSetException.of(
                        e, RouteRules.at(file.getLocation(), 0).strip());
            }
        }
        if (!ids.problems.isEmpty()) {
            throw new RouteSetException(String.join("; ", ids.problems));
        }
    }

    private void file(String location, @Nullable Node root) {
        if (root instanceof SequenceNode elements) {
            for (Node element : elements.getValue()) {
                id(location, "route", element);
                id(location, "routeConfiguration", element);
            }
        }
    }

    private void id(String location, String kind, Node element) {
        if (!(value(value(element, kind), "id") instanceof ScalarNode id)) {
            return;
        }
        String name = kind + " " + id.getValue();
        String place = RouteRules.at(location, id.getStartMark().getLine() + 1);
        String other = places.putIfAbsent(name, place);
        if (other != null) {
            problems.add(name + place + ": the id is taken already" + other + "; give one of them another");
        }
    }

    private static @Nullable Node value(@Nullable Node node, String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key)) {
                    return entry.getValueNode();
                }
            }
        }
        return null;
    }
}
