package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Body;
import io.aiproxy.dialects.BodyBytes.Splice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a JSON body, from its first byte to its last, that notes what is to change and where. Goes down only where
 * a path leads; what lies beside is skipped without being decoded. Its depth is that of the longest path.
 */
abstract class BodyWalk implements AutoCloseable {
    /** Far more than any rule is meant to change in one request; a bound on memory. */
    private static final int MOST_SPLICES = 100_000;

    final JsonParser parser;
    private final BodyBytes bytes;
    private final List<Splice> splices = new ArrayList<>();

    BodyWalk(Body body) throws IOException {
        this.parser = Json.parser(body);
        this.bytes = new BodyBytes(body);
    }

    /** An object or array under way. */
    final class Container {
        final boolean object;
        /** Offset behind its opening bracket. */
        final long open;
        /** How many items there are so far, those made by the walk among them. */
        int items;
        /** Whether an item stays. */
        boolean kept;
        /** Where the items that go from the beginning on begin; -1: none do. */
        long goneFrom = -1;
        /** Paths that a member was found for. */
        final List<BodyPath> found = new ArrayList<>(1);

        private long lastFrom;
        private long lastEnd;

        private Container(boolean object, long open) {
            this.object = object;
            this.open = open;
        }

        /** The latest item ends where the parser stands, or, a string, has yet to be measured. */
        void passed(JsonToken value, long from) throws IOException {
            items++;
            lastFrom = from;
            lastEnd = value == JsonToken.VALUE_STRING ? -1 : here();
        }

        /** Offset behind the latest item. */
        long lastEnd() throws IOException {
            if (lastEnd < 0) {
                lastEnd = bytes.stringEnd(lastFrom);
            }
            return lastEnd;
        }
    }

    /**
     * An item of a container; the parser stands on the first token of its value.
     *
     * @param from offset of its first byte, of the name's in an object
     * @param name null in an array
     * @param token the value's first token
     * @param valueFrom offset of the value's first byte
     */
    record Item(long from, @Nullable String name, JsonToken token, long valueFrom) {}

    /** The changes for these paths, in the body's order. Throws for what is not exactly one JSON value in UTF-8. */
    final List<Splice> walk(List<BodyPath> paths) throws IOException {
        JsonToken first = parser.nextToken();
        if (first != null && first.isStructStart()) {
            container(paths, 0);
        }
        if (first == null || parser.nextToken() != null) {
            throw new IOException("not one JSON value");
        }
        return splices;
    }

    /** Walks over the container whose opening bracket the parser stands on. */
    final void container(List<BodyPath> live, int depth) throws IOException {
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        Container container = new Container(object, start() + 1);
        int place = 0;
        for (JsonToken token = next(); !token.isStructEnd(); token = next()) {
            long from = start();
            String name = null;
            if (object) {
                name = parser.currentName();
                token = next();
            }
            item(container, new Item(from, name, token, start()), fitting(live, depth, name, place++), depth);
        }
        closed(container, live, depth);
    }

    /** One item; must leave the parser on the last token of its value and tell the container that it has passed. */
    abstract void item(Container container, Item item, List<BodyPath> fitting, int depth) throws IOException;

    /** The container's end; the parser stands on its closing bracket. */
    abstract void closed(Container container, List<BodyPath> live, int depth) throws IOException;

    private static List<BodyPath> fitting(List<BodyPath> live, int depth, @Nullable String name, int place) {
        if (live.size() == 1) { // the usual case
            return live.get(0).fits(depth, name, place) ? live : List.of();
        }
        List<BodyPath> fitting = List.of();
        for (BodyPath path : live) {
            if (path.fits(depth, name, place)) {
                fitting = fitting.isEmpty() ? new ArrayList<>(2) : fitting;
                fitting.add(path);
            }
        }
        return fitting;
    }

    /** Skips the value that the parser stands on, and tells where it ends. */
    final long skip(Item item) throws IOException {
        parser.skipChildren();
        // The parser would have to decode a string to tell its end.
        return item.token == JsonToken.VALUE_STRING ? bytes.stringEnd(item.valueFrom) : here();
    }

    final void splice(long from, long to, Body replacement) throws IOException {
        Splice last = splices.isEmpty() ? null : splices.get(splices.size() - 1);
        if (last != null && last.to() == from && last.replacement().isEmpty() && replacement.isEmpty()) {
            splices.set(splices.size() - 1, new Splice(last.from(), to, replacement));
        } else if (splices.size() == MOST_SPLICES) {
            throw new IOException("more than " + MOST_SPLICES + " places to change");
        } else {
            splices.add(new Splice(from, to, replacement));
        }
    }

    private JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new IOException("ends too early");
        }
        return token;
    }

    private long start() throws IOException {
        return known(parser.currentTokenLocation().getByteOffset());
    }

    private long here() throws IOException {
        return known(parser.currentLocation().getByteOffset());
    }

    private static long known(long offset) throws IOException {
        if (offset < 0) {
            throw new IOException("not UTF-8: no byte offsets");
        }
        return offset;
    }

    @Override
    public final void close() throws IOException {
        parser.close();
    }
}
