package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The entries of one kind: list, read, create, replace, change, delete. */
final class Entities {
    private final Shape shape;
    private final ConfigStore store;
    private final Writer writer;
    private final ProxyKeys keys;
    private final PriceCheck priceCheck;

    Entities(Shape shape, ConfigStore store, Writer writer, ProxyKeys keys, PriceCheck priceCheck) {
        this.shape = shape;
        this.store = store;
        this.writer = writer;
        this.keys = keys;
        this.priceCheck = priceCheck;
    }

    List<Operation> operations() {
        String all = shape.path();
        String one = all + "/{id}";
        return List.of(
                new Operation("GET", all, Operation.Right.LOOK, shape.noun() + ".list", this::list),
                new Operation("POST", all, Operation.Right.OPERATE, shape.noun() + ".create", this::post),
                new Operation("GET", one, Operation.Right.LOOK, shape.noun() + ".read", this::get),
                new Operation("PUT", one, Operation.Right.OPERATE, shape.noun() + ".update", this::put),
                new Operation("PATCH", one, Operation.Right.OPERATE, shape.noun() + ".update", this::patch),
                new Operation("DELETE", one, Operation.Right.OPERATE, shape.noun() + ".delete", this::delete));
    }

    private AdminAnswer list(Ask ask) throws StoreException {
        State state = store.state();
        List<ObjectNode> views = new ArrayList<>();
        state.entries().of(shape.kind()).forEach((id, body) -> views.add(shape.view(id, body)));
        String format = ask.params().text("format").orElse("json");
        String etag = Etags.of(state.tag());
        if (format.equals("csv") && shape.kind() == Kind.USER) {
            return Etags.known(ask, etag)
                    ? Answers.read(ask, Json.object(), etag)
                    : Answers.text(
                            "text/csv; charset=utf-8", UserTable.write(Listing.selected(ask.params(), views)), etag);
        }
        if (!format.equals("json")) {
            throw Refusal.malformed("format: expected json" + (shape.kind() == Kind.USER ? " or csv." : "."));
        }
        return Answers.read(ask, Listing.page(ask, views), etag);
    }

    private AdminAnswer get(Ask ask) throws StoreException {
        String id = ask.variable("id");
        JsonNode body = existing(shape, store.state().entries(), id);
        return Answers.read(ask, shape.view(id, body), Etags.of(body));
    }

    /** The entry; refuses when there is none. */
    static JsonNode existing(Shape shape, Entries entries, String id) {
        JsonNode body = entries.of(shape.kind()).get(id);
        if (body == null) {
            throw Refusal.missing("There is no " + shape.noun().replace('_', ' ') + " with this id.");
        }
        return body;
    }

    private AdminAnswer post(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = translated(ask.object());
        if (!sent.path("id").isTextual()) {
            throw Refusal.invalid("/id", "is missing; the id that the entry shall have, as a text");
        }
        String id = sent.path("id").textValue();
        JsonNode entry = shape.entry(id, sent);
        boolean keyless = shape.kind() == Kind.USER && !entry.has("keys") && !entry.has("proxy_key");
        Optional<String> key = keyless ? Optional.of(ProxyKeys.make(ProxyKeys.BEGINNING)) : Optional.empty();
        key.ifPresent(made -> ((ObjectNode) entry).putArray("keys").add(keys.item("default", made)));
        Written written = write(ask, id, old -> {
            if (old.isPresent()) {
                throw Refusal.of(Trouble.EXISTS, "There is one with this id already; PUT replaces it.");
            }
            return entry;
        });
        ObjectNode view = shape.view(id, written.after());
        key.ifPresent(made -> view.putObject("new_key").put("name", "default").put("proxy_key", made));
        return Answers.created(view, Etags.of(written.after()), shape.location(id));
    }

    private ObjectNode translated(ObjectNode sent) {
        return shape.kind() == Kind.USER ? OldUsers.translated(sent) : sent;
    }

    private AdminAnswer put(Ask ask) throws ConfigException, StoreException {
        String id = ask.variable("id");
        JsonNode entry = shape.entry(id, translated(ask.object()));
        return answer(id, write(ask, id, old -> entry));
    }

    private AdminAnswer patch(Ask ask) throws ConfigException, StoreException {
        String id = ask.variable("id");
        ObjectNode patch = ask.object();
        return answer(
                id,
                write(
                        ask,
                        id,
                        old -> shape.patched(
                                id,
                                old.orElseThrow(() -> Refusal.missing("There is nothing to be changed here.")),
                                patch)));
    }

    private AdminAnswer answer(String id, Written written) {
        ObjectNode view = shape.view(id, written.after());
        String etag = Etags.of(written.after());
        return written.before().isEmpty()
                ? Answers.created(view, etag, shape.location(id))
                : Answers.changed(200, view, etag);
    }

    private AdminAnswer delete(Ask ask) throws ConfigException, StoreException {
        String id = ask.variable("id");
        return writer.write(ask, shape.noun() + " " + id + " deleted", now -> {
            JsonNode old = existing(shape, now.entries(), id);
            Etags.check(ask, Optional.of(Etags.of(old)));
            Privilege.checkDelete(ask.who(), shape.kind(), id);
            Change change = new Change(shape.kind(), id, Optional.empty());
            priceCheck.check(ask, now.entries(), change);
            return Writer.Drafted.of(change, Answers.done());
        });
    }

    /** Makes of what stands there what shall stand there. */
    @FunctionalInterface
    private interface Edit {
        JsonNode of(Optional<JsonNode> old);
    }

    /** What a change found and what it left. */
    private record Written(Optional<JsonNode> before, JsonNode after) {}

    private Written write(Ask ask, String id, Edit edit) throws ConfigException, StoreException {
        Shape.checkId(id);
        return writer.write(ask, shape.noun() + " " + id, now -> {
            Optional<JsonNode> old =
                    Optional.ofNullable(now.entries().of(shape.kind()).get(id));
            Etags.check(ask, old.map(Etags::of));
            JsonNode after = Mask.restored(
                    shape.kind() == Kind.SYSTEM ? id : "", edit.of(old), old.orElse(MissingNode.getInstance()));
            JsonNode kept = shape.kind() == Kind.USER ? keys.kept(after, old.orElse(MissingNode.getInstance())) : after;
            Privilege.check(ask.who(), shape.kind(), id, old, kept);
            ask.about(new Ask.Place(shape.kind(), id, "", kept, shape.within()));
            Change change = new Change(shape.kind(), id, Optional.of(kept));
            priceCheck.check(ask, now.entries(), change);
            return Writer.Drafted.of(change, new Written(old, kept));
        });
    }
}
