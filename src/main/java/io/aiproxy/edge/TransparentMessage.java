package io.aiproxy.edge;

import io.aiproxy.core.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.PatternHelper;
import org.jspecify.annotations.Nullable;

/**
 * A message that shows header fields which are kept elsewhere without copying them: what a step sets lies on top, what
 * lies below can be read by name but is never listed. So a route can look at every header of a request, and none of
 * them can slip into the response.
 */
abstract class TransparentMessage extends DefaultMessage {
    private @Nullable List<String> removed;

    TransparentMessage(CamelContext context) {
        super(context);
    }

    /** The value below, or null. */
    abstract @Nullable Object below(String name);

    /** The header fields that {@link #below} reads from. */
    abstract Headers fieldsBelow();

    /** Names that a step has removed, in order. */
    List<String> removedHeaders() {
        return removed == null ? List.of() : removed;
    }

    @Override
    public @Nullable Object getHeader(String name) {
        Object own = super.getHeader(name);
        if (own != null || (removed != null && removed.stream().anyMatch(name::equalsIgnoreCase))) {
            return own;
        }
        return below(name);
    }

    @Override
    public Object getHeader(String name, Object defaultValue) {
        Object value = getHeader(name);
        return value == null ? defaultValue : value;
    }

    @Override
    public Object getHeader(String name, Supplier<Object> defaultValue) {
        Object value = getHeader(name);
        return value == null ? defaultValue.get() : value;
    }

    @Override
    public <T> @Nullable T getHeader(String name, Class<T> type) {
        return converted(getHeader(name), type);
    }

    @Override
    public <T> @Nullable T getHeader(String name, Object defaultValue, Class<T> type) {
        return converted(getHeader(name, defaultValue), type);
    }

    private <T> @Nullable T converted(@Nullable Object value, Class<T> type) {
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        return getCamelContext().getTypeConverter().convertTo(type, getExchange(), value);
    }

    @Override
    public @Nullable Object removeHeader(String name) {
        Object was = getHeader(name);
        super.removeHeader(name);
        hide(name);
        return was;
    }

    @Override
    public boolean removeHeaders(String pattern) {
        return removeHeaders(pattern, new String[0]);
    }

    @Override
    public boolean removeHeaders(String pattern, String... excludePatterns) {
        boolean own = super.removeHeaders(pattern, excludePatterns);
        List<String> hidden = new ArrayList<>();
        fieldsBelow().forEach((name, value) -> {
            if (PatternHelper.matchPattern(name, pattern)
                    && (excludePatterns == null || !PatternHelper.isExcludePatternMatch(name, excludePatterns))) {
                hidden.add(name);
            }
        });
        hidden.forEach(this::hide);
        return own || !hidden.isEmpty();
    }

    private void hide(String name) {
        if (removed == null) {
            removed = new ArrayList<>(2);
        }
        removed.add(name);
    }
}
