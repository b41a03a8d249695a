package io.aiproxy.admin;

import java.io.Serial;
import java.util.List;
import java.util.Map;

/** A request that is not done. Its detail says in plain words what to do, and holds no secret. */
final class Refusal extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Trouble trouble;
    private final transient Map<String, String> headers;
    private final transient List<Wrong> wrongs;

    /**
     * One thing that is wrong in a body.
     *
     * @param pointer where (RFC 6901); empty: the body as a whole, or something outside of it
     * @param message what, and what to do
     */
    record Wrong(String pointer, String message) {}

    private Refusal(Trouble trouble, String detail, Map<String, String> headers, List<Wrong> wrongs) {
        super(detail, null, false, false);
        this.trouble = trouble;
        this.headers = Map.copyOf(headers);
        this.wrongs = List.copyOf(wrongs);
    }

    static Refusal of(Trouble trouble, String detail) {
        return new Refusal(trouble, detail, Map.of(), List.of());
    }

    static Refusal with(Trouble trouble, String detail, Map<String, String> headers) {
        return new Refusal(trouble, detail, headers, List.of());
    }

    static Refusal invalid(List<Wrong> wrongs) {
        String first = wrongs.get(0).message();
        return new Refusal(
                Trouble.INVALID,
                wrongs.size() == 1 ? first : first + " (and " + (wrongs.size() - 1) + " more, see errors)",
                Map.of(),
                wrongs);
    }

    static Refusal invalid(String pointer, String message) {
        return invalid(List.of(new Wrong(pointer, message)));
    }

    static Refusal malformed(String detail) {
        return of(Trouble.MALFORMED, detail);
    }

    static Refusal missing(String what) {
        return of(Trouble.NOT_FOUND, what);
    }

    Trouble trouble() {
        return trouble;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    Map<String, String> headers() {
        return headers;
    }

    List<Wrong> wrongs() {
        return wrongs;
    }
}
