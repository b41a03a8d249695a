package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.aiproxy.core.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Puts values into a JSON body. Of its paths no two may lead through the same item. */
final class BodySetting extends BodyWalk {
    private final Map<BodyPath, byte[]> values;
    private final boolean overwrite;

    /**
     * @param values JSON by path
     * @param overwrite whether what stands at a path is replaced
     */
    BodySetting(Body body, Map<BodyPath, byte[]> values, boolean overwrite) throws IOException {
        super(body);
        this.values = values;
        this.overwrite = overwrite;
    }

    @Override
    void item(Container container, Item item, List<BodyPath> fitting, int depth) throws IOException {
        if (fitting.isEmpty()) {
            parser.skipChildren();
        } else {
            BodyPath path = fitting.get(0);
            container.found.add(path);
            if (path.endsAt(depth)) {
                replace(item, path, path.length());
            } else if (item.token().isStructStart()) {
                container(fitting, depth + 1);
            } else if (item.token() == JsonToken.VALUE_NULL && item.name() != null && path.isNamesFrom(depth + 1)) {
                replace(item, path, depth + 1);
            }
        }
        container.passed(item.token(), item.valueFrom());
    }

    private void replace(Item item, BodyPath path, int depth) throws IOException {
        if (overwrite) {
            long end = skip(item);
            splice(item.valueFrom(), end, Body.of(made(path, depth)));
        } else {
            parser.skipChildren();
        }
    }

    @Override
    void closed(Container container, List<BodyPath> live, int depth) throws IOException {
        boolean empty = container.items == 0;
        for (BodyPath path : live) {
            if (container.object && path.isNamesFrom(depth) && !container.found.contains(path)) {
                long at = empty ? container.open : container.lastEnd();
                ByteArrayOutputStream member = new ByteArrayOutputStream();
                if (container.items++ > 0) {
                    member.write(',');
                }
                name(path.step(depth), member);
                member.writeBytes(made(path, depth + 1));
                splice(at, at, Body.of(member.toByteArray()));
            }
        }
    }

    /** The value inside as many objects as the path has names from {@code depth} on. */
    private byte[] made(BodyPath path, int depth) {
        byte[] value = values.getOrDefault(path, new byte[0]);
        if (depth == path.length()) {
            return value;
        }
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        for (int i = depth; i < path.length(); i++) {
            made.write('{');
            name(path.step(i), made);
        }
        made.writeBytes(value);
        for (int i = depth; i < path.length(); i++) {
            made.write('}');
        }
        return made.toByteArray();
    }

    private static void name(String name, ByteArrayOutputStream to) {
        to.write('"');
        to.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(name));
        to.write('"');
        to.write(':');
    }
}
