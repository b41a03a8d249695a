package io.aiproxy.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Where in a plain users.yaml ({@link QuickYaml}) each user begins, whose lines are the user's own up to where the next one
 * begins: what a user is does not depend on the lines of another one. Places are counted in chars.
 */
final class UserLayout {
    private final int[] starts;
    private final int end;
    private final int column;

    private UserLayout(int[] starts, int end, int column) {
        this.starts = starts;
        this.end = end;
        this.column = column;
    }

    /**
     * The layout of a document.
     *
     * @param root of it, as {@link QuickYaml} reads it
     * @return empty if there is no user, or not each in lines of his own
     */
    static Optional<UserLayout> of(Node root, String text) {
        if (!(root instanceof MappingNode document) || document.getFlowStyle() != FlowStyle.BLOCK) {
            return Optional.empty();
        }
        List<NodeTuple> tuples = document.getValue();
        for (int i = 0; i < tuples.size(); i++) {
            NodeTuple tuple = tuples.get(i);
            if (name(tuple).equals("users") && tuple.getValueNode() instanceof MappingNode users) {
                Places places = new Places(text);
                int[] starts = users.getFlowStyle() == FlowStyle.BLOCK ? starts(users, places) : new int[0];
                int end = i + 1 < tuples.size() ? places.lineOf(tuples.get(i + 1)) : text.length();
                return starts.length == 0 || places.mixed || places.column(tuple) != 0
                        ? Optional.empty()
                        : Optional.of(new UserLayout(starts, end, places.column(first(users))));
            }
        }
        return Optional.empty();
    }

    private static NodeTuple first(MappingNode users) {
        return users.getValue().get(0);
    }

    private static String name(NodeTuple tuple) {
        return Words.normal(((ScalarNode) tuple.getKeyNode()).getValue());
    }

    /** Of all whose names are no comments. */
    private static int[] starts(MappingNode users, Places places) {
        int column = places.column(first(users));
        int[] starts = new int[users.getValue().size()];
        int count = 0;
        for (NodeTuple tuple : users.getValue()) {
            int start = places.lineOf(tuple);
            if (!((ScalarNode) tuple.getKeyNode()).getValue().startsWith("_")) {
                starts[count++] = start;
            }
            places.mixed |= places.column(tuple) != column;
        }
        return Arrays.copyOf(starts, count);
    }

    /** From marks, which count code points, to chars; to be asked in the text's order. */
    private static final class Places {
        private final String text;
        private int points;
        private int chars;
        /** Whether a key was seen that has no line of its own, or stands in another column than the others. */
        private boolean mixed;

        Places(String text) {
            this.text = text;
        }

        int column(NodeTuple tuple) {
            return tuple.getKeyNode().getStartMark().getColumn();
        }

        /** Where the line of a key begins. */
        int lineOf(NodeTuple tuple) {
            int index = tuple.getKeyNode().getStartMark().getIndex();
            chars = text.offsetByCodePoints(chars, index - points);
            points = index;
            int start = chars;
            while (start > 0 && text.charAt(start - 1) == ' ') {
                start--;
            }
            mixed |= start > 0 && text.charAt(start - 1) != '\n';
            return start;
        }
    }

    /** How many users there are. */
    int count() {
        return starts.length;
    }

    /** Where the user begins who is at this place, counted from 0; behind the last one, where the users end. */
    int start(int place) {
        return place == starts.length ? end : starts[place];
    }

    /** How many users begin before {@code at}. */
    int before(int at) {
        int found = Arrays.binarySearch(starts, at);
        return found >= 0 ? found : -found - 1;
    }

    /** Whether users stand in the same column here as there. */
    boolean alike(UserLayout other) {
        return column == other.column;
    }

    /**
     * This, with others in the place of some users.
     *
     * @param from the first who goes
     * @param to the first behind them who stays
     * @param others the layout of a document that has only those who come, and before them what this one has
     */
    UserLayout with(int from, int to, UserLayout others) {
        int before = starts[from] - starts[0];
        int by = before + others.end - start(to);
        int[] all = new int[from + others.starts.length + starts.length - to];
        System.arraycopy(starts, 0, all, 0, from);
        for (int i = 0; i < others.starts.length; i++) {
            all[from + i] = others.starts[i] + before;
        }
        for (int i = to; i < starts.length; i++) {
            all[from + others.starts.length + i - to] = starts[i] + by;
        }
        return new UserLayout(all, end + by, column);
    }
}
