package io.aiproxy.dialects;

import io.aiproxy.core.Body;
import java.io.IOException;
import java.util.List;

/** Takes items out of a JSON body, each with one comma. All places are those before anything was taken out. */
final class BodyRemoval extends BodyWalk {
    BodyRemoval(Body body) throws IOException {
        super(body);
    }

    @Override
    void item(Container container, Item item, List<BodyPath> fitting, int depth) throws IOException {
        if (!goes(fitting, depth)) {
            stays(container, item, fitting, depth);
        } else if (container.kept) { // with the comma before it
            long before = container.lastEnd();
            splice(before, skip(item), Body.EMPTY);
            container.passed(item.token(), item.valueFrom());
        } else { // with the comma behind it, as far as the first item that stays
            container.goneFrom = container.goneFrom < 0 ? item.from() : container.goneFrom;
            parser.skipChildren();
            container.passed(item.token(), item.valueFrom());
        }
    }

    private void stays(Container container, Item item, List<BodyPath> fitting, int depth) throws IOException {
        if (!container.kept && container.goneFrom >= 0) {
            splice(container.goneFrom, item.from(), Body.EMPTY);
        }
        container.kept = true;
        if (!fitting.isEmpty() && item.token().isStructStart()) {
            container(fitting, depth + 1);
        } else {
            parser.skipChildren();
        }
        container.passed(item.token(), item.valueFrom());
    }

    private static boolean goes(List<BodyPath> fitting, int depth) {
        for (int i = 0; i < fitting.size(); i++) {
            if (fitting.get(i).endsAt(depth)) {
                return true;
            }
        }
        return false;
    }

    @Override
    void closed(Container container, List<BodyPath> live, int depth) throws IOException {
        if (!container.kept && container.goneFrom >= 0) {
            splice(container.goneFrom, container.lastEnd(), Body.EMPTY);
        }
    }
}
