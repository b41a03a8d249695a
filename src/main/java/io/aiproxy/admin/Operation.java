package io.aiproxy.admin;

import io.aiproxy.config.ConfigException;
import io.aiproxy.store.StoreException;

/**
 * Something that the API does.
 *
 * @param method of HTTP
 * @param template of the path below {@code /api/v1/}, e.g. {@code users/{id}}
 * @param right what is needed for it
 * @param action its name in the audit log, e.g. {@code user.update}
 * @param repeats whether parameters of the query may stand there several times
 * @param handler does it
 */
record Operation(String method, String template, Right right, String action, boolean repeats, Handler handler) {
    Operation(String method, String template, Right right, String action, Handler handler) {
        this(method, template, right, action, false, handler);
    }

    /** What is needed for an operation. */
    enum Right {
        /** Nothing: it tells what is in the documentation. */
        PUBLIC,
        /** Any token or proxy key: it tells of its holder. */
        SELF,
        /** Any admin token. */
        LOOK,
        /** To be an operator. */
        OPERATE,
        /** To be an administrator. */
        ADMINISTER;

        boolean isGivenTo(Who.Role role) {
            return switch (this) {
                case PUBLIC -> true;
                case SELF -> role != Who.Role.NOBODY;
                case LOOK -> role.compareTo(Who.Role.VIEWER) >= 0;
                case OPERATE -> role.compareTo(Who.Role.OPERATOR) >= 0;
                case ADMINISTER -> role == Who.Role.ADMIN;
            };
        }
    }

    /** Does it. */
    @FunctionalInterface
    interface Handler {
        /** Blocks; what cannot be done is thrown as a {@link Refusal}. */
        AdminAnswer handle(Ask ask) throws ConfigException, StoreException;
    }

    /** Whether it only looks. */
    boolean looks() {
        return method.equals("GET");
    }
}
