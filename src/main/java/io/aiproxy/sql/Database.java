package io.aiproxy.sql;

import io.aiproxy.core.Secret;

/**
 * Which database, and who asks.
 *
 * @param url {@code jdbc:sqlite:<file>}, {@code jdbc:postgresql://…}, {@code jdbc:mariadb://…} or {@code jdbc:mysql://…}; a
 *     password may be in it, so it is never shown as it is
 * @param user empty where none is needed, or where the URL names one
 * @param password empty where none is needed
 */
public record Database(String url, String user, Secret password) {
    /** Without parameters and without user and password: fit to be shown. */
    public String place() {
        int parameters = url.indexOf('?');
        String place = parameters < 0 ? url : url.substring(0, parameters);
        int slashes = place.indexOf("//");
        int host = place.indexOf('/', slashes + 2);
        int at = place.lastIndexOf('@', host < 0 ? place.length() : host);
        return slashes < 0 || at < slashes ? place : place.substring(0, slashes + 2) + place.substring(at + 1);
    }

    /** The place alone: the URL may hold a password. */
    @Override
    public String toString() {
        return place();
    }
}
