package io.aiproxy.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** {@code openapi.json}: the description of all this, which people and programs read. */
final class OpenApi {
    private static final String RESOURCE = "openapi.json";

    private final byte[] document;
    private final String etag;

    OpenApi() {
        try (InputStream in = Objects.requireNonNull(OpenApi.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            document = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        etag = Etags.of(Etags.text(document));
    }

    List<Operation> operations() {
        return List.of(new Operation("GET", "openapi.json", Operation.Right.PUBLIC, "openapi.read", this::document));
    }

    private AdminAnswer document(Ask ask) {
        return Etags.known(ask, etag)
                ? Answers.read(ask, Json.object(), etag)
                : Answers.text("application/json", document.clone(), etag);
    }
}
