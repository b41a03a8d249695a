package io.aiproxy.credentials;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.core.Percent;
import java.util.Locale;

/**
 * What goes to a channel instead of the proxy key. Contains a credential: its text form never shows it.
 *
 * @param place a header, a query parameter, or nothing at all
 * @param name the header's name in lower case, or the parameter's name as configured; empty for nothing
 * @param value the whole value, prefix included, not encoded; empty for nothing
 */
public record Substitute(AuthConfig.Place place, String name, String value) {
    static final Substitute NOTHING = new Substitute(AuthConfig.Place.NONE, "", "");

    static Substitute header(String name, String value) {
        return new Substitute(AuthConfig.Place.HEADER, name.toLowerCase(Locale.ROOT), value);
    }

    static Substitute query(String name, String value) {
        return new Substitute(AuthConfig.Place.QUERY, name, value);
    }

    /**
     * The target with this credential in its query if that is its place, otherwise the target itself. A parameter of that
     * name is replaced where it stands, further ones are dropped (a server could take either), all else stays byte for
     * byte.
     */
    public String withQuery(String target) {
        if (place != AuthConfig.Place.QUERY) {
            return target;
        }
        int mark = target.indexOf('?');
        StringBuilder result = new StringBuilder(target.length() + name.length() + value.length() + 16);
        result.append(target, 0, mark < 0 ? target.length() : mark);
        boolean placed = false;
        char separator = '?';
        for (int from = mark + 1; from > 0; ) {
            int and = target.indexOf('&', from);
            int end = and < 0 ? target.length() : and;
            boolean ours = isOurs(target, from, end);
            if (!ours || !placed) {
                result.append(separator);
                separator = '&';
            }
            if (!ours) {
                result.append(target, from, end);
            } else if (!placed) {
                parameter(result);
                placed = true;
            }
            from = end < target.length() ? end + 1 : 0;
        }
        if (!placed) {
            boolean open = mark >= 0 && (mark == target.length() - 1 || target.endsWith("&"));
            parameter(open ? result : result.append(separator)); // "/p?" and "/p?a&" wait for a parameter already
        }
        return result.toString();
    }

    private void parameter(StringBuilder to) {
        to.append(Percent.encode(name)).append('=').append(Percent.encode(value));
    }

    private boolean isOurs(String target, int from, int end) {
        int equals = target.indexOf('=', from);
        int nameEnd = equals < 0 || equals > end ? end : equals;
        if (nameEnd - from == name.length()) {
            return target.startsWith(name, from);
        }
        String written = target.substring(from, nameEnd);
        return written.indexOf('%') >= 0 && Percent.decode(written).equals(name);
    }

    @Override
    public String toString() {
        return "Substitute[" + place + " " + name + "]";
    }
}
