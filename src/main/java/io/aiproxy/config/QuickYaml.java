package io.aiproxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads the plain part of YAML, which is what people write in configuration files, in one pass: block mappings and sequences,
 * flow ones in one line, words of one line with or without quotation marks, comments. Of everything else, mistakes included, it
 * says nothing and leaves the whole text to the library, which alone knows all of YAML and tells what is wrong.
 *
 * <p>What it reads is the tree that the library's composer makes of the same text, but for marks of ends, which it leaves out,
 * and of starts, which know line, column and index but cannot quote the text. In a process that has just begun it takes a
 * fifth of the library's processor time, whose tokens, events and states are compiled while they pass.
 *
 * <p>Columns decide, as in YAML: every method that reads a node is told the column of the block around it, leaves the cursor at
 * what stands next in a line of its own, and has made sure that this belongs to a block around, so that it goes on with nothing.
 */
final class QuickYaml {
    /** Levels; fewer than those that the library is told to refuse. */
    private static final int DEEPEST = 25;
    /** A key and what is between it and its colon, in chars; a little less than what YAML permits without a question mark. */
    private static final int LONGEST_KEY = 1_000;

    private final YamlCursor cursor;

    private QuickYaml(YamlCursor cursor) {
        this.cursor = cursor;
    }

    /** The root; empty if it is not known what the text means, or if there is nothing in it. */
    static Optional<Node> read(String text) {
        try {
            YamlCursor cursor = new YamlCursor(text);
            cursor.first();
            return cursor.ended() ? Optional.empty() : Optional.of(new QuickYaml(cursor).block(-1, 0));
        } catch (YamlCursor.Unknown unknown) {
            return Optional.empty();
        }
    }

    /** The node that stands here, which is deeper than the column {@code outer}. */
    private Node block(int outer, int depth) {
        if (depth > DEEPEST) {
            throw new YamlCursor.Unknown();
        }
        Node node = any(cursor.column(), depth);
        if (cursor.next() > outer) {
            throw new YamlCursor.Unknown();
        }
        return node;
    }

    private Node any(int column, int depth) {
        if (cursor.dash()) {
            return sequence(column, false, depth);
        }
        int start = cursor.at();
        Node node = inline(depth);
        if (node instanceof ScalarNode key && cursor.colon()) {
            return mapping(column, known(key, start), depth);
        }
        cursor.nextLine();
        return node;
    }

    /** The cursor is at the colon behind the first key. */
    private Node mapping(int column, ScalarNode first, int depth) {
        List<NodeTuple> entries = new ArrayList<>();
        MappingNode mapping = new MappingNode(Tag.MAP, true, entries, first.getStartMark(), null, FlowStyle.BLOCK);
        ScalarNode key = first;
        while (true) {
            entries.add(new NodeTuple(key, value(column, depth + 1)));
            if (cursor.next() < column) {
                return mapping;
            }
            int start = cursor.at();
            key = cursor.scalar(false);
            if (!cursor.colon()) {
                throw new YamlCursor.Unknown();
            }
            known(key, start);
        }
    }

    /** What stands behind a key's colon, at which the cursor is. */
    private Node value(int column, int depth) {
        cursor.skip();
        int behind = cursor.at();
        if (!cursor.lineEnds()) {
            Node node = inline(depth);
            cursor.nextWithin(column);
            return node;
        }
        Mark mark = cursor.mark(behind);
        int next = cursor.nextLine();
        if (next > column) {
            return block(column, depth);
        }
        return next == column && cursor.dash() ? sequence(column, true, depth) : nothing(mark);
    }

    /** @param within whether the column is that of the mapping around, which then may go on at it */
    private Node sequence(int column, boolean within, int depth) {
        List<Node> items = new ArrayList<>();
        SequenceNode sequence = new SequenceNode(Tag.SEQ, true, items, cursor.mark(cursor.at()), null, FlowStyle.BLOCK);
        do {
            items.add(item(column, depth + 1));
        } while (cursor.next() == column && cursor.dash());
        if (cursor.next() == column && !within) {
            throw new YamlCursor.Unknown();
        }
        return sequence;
    }

    private Node item(int column, int depth) {
        cursor.skip();
        int behind = cursor.at();
        if (!cursor.lineEnds()) {
            return block(column, depth);
        }
        Mark mark = cursor.mark(behind);
        return cursor.nextLine() > column ? block(column, depth) : nothing(mark);
    }

    /** A node that ends in its line. */
    private Node inline(int depth) {
        return switch (cursor.peek()) {
            case '[' -> flowSequence(depth);
            case '{' -> flowMapping(depth);
            default -> cursor.scalar(false);
        };
    }

    private Node flow(int depth) {
        if (depth > DEEPEST) {
            throw new YamlCursor.Unknown();
        }
        return switch (cursor.peek()) {
            case '[' -> flowSequence(depth);
            case '{' -> flowMapping(depth);
            default -> cursor.scalar(true);
        };
    }

    private Node flowSequence(int depth) {
        List<Node> items = new ArrayList<>();
        SequenceNode sequence = new SequenceNode(Tag.SEQ, true, items, cursor.mark(cursor.at()), null, FlowStyle.FLOW);
        cursor.skip();
        while (cursor.spaces() != ']') {
            items.add(flow(depth + 1));
            separator(']');
        }
        cursor.skip();
        return sequence;
    }

    private Node flowMapping(int depth) {
        List<NodeTuple> entries = new ArrayList<>();
        MappingNode mapping = new MappingNode(Tag.MAP, true, entries, cursor.mark(cursor.at()), null, FlowStyle.FLOW);
        cursor.skip();
        while (cursor.spaces() != '}') {
            int start = cursor.at();
            ScalarNode key = cursor.scalar(true);
            boolean colon = cursor.spaces() == ':';
            known(key, start);
            if (colon) {
                cursor.skip();
            }
            int behind = cursor.at();
            char next = cursor.spaces();
            boolean empty = !colon || next == ',' || next == '}';
            entries.add(new NodeTuple(key, empty ? nothing(cursor.mark(behind)) : flow(depth + 1)));
            separator('}');
        }
        cursor.skip();
        return mapping;
    }

    /** Goes over a comma, or up to the end of what is in brackets. */
    private void separator(char end) {
        char c = cursor.spaces();
        if (c == ',') {
            cursor.skip();
        } else if (c != end) {
            throw new YamlCursor.Unknown();
        }
    }

    /** A key from {@code start} to here: not too long, and not one that merges ({@code <<}). */
    private ScalarNode known(ScalarNode key, int start) {
        Tag tag = key.getTag();
        if (cursor.at() - start > LONGEST_KEY || Tag.MERGE.equals(tag)) {
            throw new YamlCursor.Unknown();
        }
        return key;
    }

    private static ScalarNode nothing(Mark mark) {
        return new ScalarNode(Tag.NULL, true, "", mark, null, ScalarStyle.PLAIN);
    }
}
