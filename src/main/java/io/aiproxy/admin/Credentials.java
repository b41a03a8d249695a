package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.core.Percent;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code channels/{id}/credentials}: what channels are shown. Goes in and never comes out. */
final class Credentials {
    private static final NamedItems ITEMS = NamedItems.CREDENTIALS;

    private final ConfigStore store;
    private final Writer writer;

    Credentials(ConfigStore store, Writer writer) {
        this.store = store;
        this.writer = writer;
    }

    List<Operation> operations() {
        String all = "channels/{id}/credentials";
        String one = all + "/{name}";
        return List.of(
                new Operation("GET", all, Operation.Right.LOOK, "channel.credential.list", this::list),
                new Operation("POST", all, Operation.Right.ADMINISTER, "channel.credential.create", this::post),
                new Operation("GET", one, Operation.Right.LOOK, "channel.credential.read", this::get),
                new Operation("PUT", one, Operation.Right.ADMINISTER, "channel.credential.update", this::put),
                new Operation("PATCH", one, Operation.Right.ADMINISTER, "channel.credential.update", this::patch),
                new Operation("DELETE", one, Operation.Right.ADMINISTER, "channel.credential.delete", this::delete));
    }

    private static ObjectNode view(ObjectNode item) {
        return (ObjectNode) Mask.of(item);
    }

    private AdminAnswer list(Ask ask) throws StoreException {
        JsonNode channel = Entities.existing(Shape.CHANNEL, store.state().entries(), ask.variable("id"));
        List<ObjectNode> views =
                ITEMS.items(channel).stream().map(Credentials::view).toList();
        return Answers.read(ask, Listing.page(ask, views), Etags.of(channel));
    }

    private AdminAnswer get(Ask ask) throws StoreException {
        JsonNode channel = Entities.existing(Shape.CHANNEL, store.state().entries(), ask.variable("id"));
        List<ObjectNode> items = ITEMS.items(channel);
        ObjectNode item = items.get(ITEMS.place(items, ask.variable("name")));
        return Answers.read(ask, view(item), Etags.of(item));
    }

    /** Makes of the credentials what they shall be; returns the place of the one that is meant, or -1. */
    @FunctionalInterface
    private interface Edit {
        int apply(List<ObjectNode> items);
    }

    private ObjectNode change(Ask ask, Edit edit) throws ConfigException, StoreException {
        String id = ask.variable("id");
        return writer.write(ask, ask.operation().action() + " " + id, now -> {
            JsonNode channel = Entities.existing(Shape.CHANNEL, now.entries(), id);
            List<ObjectNode> items = new ArrayList<>(ITEMS.items(channel));
            int place = edit.apply(items);
            JsonNode changed = ITEMS.with(channel, items);
            ObjectNode item = place < 0 ? Json.object() : items.get(place);
            ask.about(new Ask.Place(Kind.CHANNEL, id, place < 0 ? "" : "credentials[" + place + "]", item, ""));
            return Writer.Drafted.of(new Change(Kind.CHANNEL, id, Optional.of(changed)), item);
        });
    }

    private static ObjectNode named(String name, JsonNode item) {
        ObjectNode named = Json.object().put("name", name);
        item.properties().forEach(field -> {
            if (!field.getKey().equals("name")) {
                named.set(field.getKey(), field.getValue());
            }
        });
        return named;
    }

    private AdminAnswer post(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.object();
        ObjectNode item = change(ask, items -> {
            String name = sent.has("name") ? Json.text(sent, "name") : ITEMS.freeName(items);
            if (items.stream().anyMatch(other -> Json.text(other, "name").equals(name))) {
                throw Refusal.of(
                        Trouble.EXISTS, "This channel has a credential of this name already; PUT replaces it.");
            }
            items.add((ObjectNode) Mask.restored("", named(name, sent), Json.object()));
            return items.size() - 1;
        });
        String location =
                Shape.CHANNEL.location(ask.variable("id")) + "/credentials/" + Percent.encode(Json.text(item, "name"));
        return Answers.created(view(item), Etags.of(item), location);
    }

    private AdminAnswer put(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.object();
        String name = ask.variable("name");
        boolean[] isNew = {false};
        ObjectNode item = change(ask, items -> {
            Optional<ObjectNode> old = items.stream()
                    .filter(other -> Json.text(other, "name").equals(name))
                    .findFirst();
            Etags.check(ask, old.map(Etags::of));
            isNew[0] = old.isEmpty();
            ObjectNode whole = (ObjectNode) Mask.restored("", named(name, sent), old.orElseGet(Json::object));
            int place = old.map(items::indexOf).orElse(items.size());
            if (old.isEmpty()) {
                items.add(whole);
            } else {
                items.set(place, whole);
            }
            return place;
        });
        return Answers.changed(isNew[0] ? 201 : 200, view(item), Etags.of(item));
    }

    private AdminAnswer patch(Ask ask) throws ConfigException, StoreException {
        ObjectNode patch = ask.object();
        ObjectNode item = change(ask, items -> {
            int place = ITEMS.place(items, ask.variable("name"));
            ObjectNode old = items.get(place);
            Etags.check(ask, Optional.of(Etags.of(old)));
            items.set(place, (ObjectNode) Mask.restored("", MergePatch.apply(old, patch), old));
            return place;
        });
        return Answers.changed(200, view(item), Etags.of(item));
    }

    private AdminAnswer delete(Ask ask) throws ConfigException, StoreException {
        change(ask, items -> {
            int place = ITEMS.place(items, ask.variable("name"));
            Etags.check(ask, Optional.of(Etags.of(items.get(place))));
            items.remove(place);
            return -1;
        });
        return Answers.done();
    }
}
