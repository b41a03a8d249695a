package io.aiproxy.dialects;

import java.util.ArrayList;
import java.util.List;

/** Collects ids without doubles; bounded, because what it reads comes from outside. */
final class IdList {
    private static final int MOST = 32;
    private static final int LONGEST = 2048;

    private final List<String> ids = new ArrayList<>(4);

    /** Adds an id unless it is empty, absurdly long, known already or one too many. */
    void add(String id) {
        if (!id.isEmpty() && id.length() <= LONGEST && ids.size() < MOST && !ids.contains(id)) {
            ids.add(id);
        }
    }

    List<String> list() {
        return List.copyOf(ids);
    }
}
