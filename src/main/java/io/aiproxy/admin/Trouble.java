package io.aiproxy.admin;

/** The kinds of problems that the admin API tells of: RFC 9457's {@code type} is {@code /problems/} and the code. */
enum Trouble {
    MALFORMED("malformed", 400, "The request cannot be read"),
    UNAUTHORIZED("unauthorized", 401, "No admin token that is in force"),
    NO_ADMIN_TOKEN("no-admin-token", 401, "There is no admin token yet"),
    FORBIDDEN("forbidden", 403, "This token may not do that"),
    ADDRESS_NOT_ALLOWED("address-not-allowed", 403, "Not from this address"),
    NOT_FOUND("not-found", 404, "There is no such thing"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "That cannot be done here"),
    EXISTS("exists", 409, "It is there already"),
    CONFLICT("conflict", 409, "Somebody else changed it at the same time"),
    LAST_ADMIN_TOKEN("last-admin-token", 409, "Nobody could administer any more"),
    PRECONDITION_FAILED("precondition-failed", 412, "It is another one by now"),
    TOO_LARGE("too-large", 413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "A body of another type is needed"),
    INVALID("invalid", 422, "The configuration would not be valid"),
    CANNOT_BE_ANSWERED("cannot-be-answered", 422, "The books cannot answer that"),
    TOO_MANY_ATTEMPTS("too-many-attempts", 429, "Too many wrong tokens from this address"),
    NOT_IN_FORCE("not-in-force", 503, "It is kept, but not in force"),
    INTERNAL("internal", 500, "The gateway failed"),
    UNAVAILABLE("unavailable", 503, "The store cannot be reached"),
    BOOKS_UNAVAILABLE("books-unavailable", 503, "The books of usage cannot be read");

    private final String code;
    private final int status;
    private final String title;

    Trouble(String code, int status, String title) {
        this.code = code;
        this.status = status;
        this.title = title;
    }

    String code() {
        return code;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
