package io.aiproxy.core;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Read-only view of HTTP header fields as they arrived: names case-insensitive, repeated fields and order kept. */
public interface Headers {
    /** The first value of a field, or null. Null and not Optional: this is read many times for every call. */
    @Nullable
    String get(String name);

    /** All values of a field in order of arrival; empty when there is none. */
    List<String> all(String name);

    /** Calls {@code consumer} with every field's name and value in order of arrival. */
    void forEach(BiConsumer<String, String> consumer);

    /** Whether the field is present. */
    default boolean contains(String name) {
        return get(name) != null;
    }

    /** No fields at all. */
    Headers NONE = new Headers() {
        @Override
        public @Nullable String get(String name) {
            return null;
        }

        @Override
        public List<String> all(String name) {
            return List.of();
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            // nothing to visit
        }
    };
}
