package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is asked alike of a user's keys and a channel's credentials. */
final class ItemRequests {
    private final Shape owner;
    private final NamedItems named;
    private final UnaryOperator<ObjectNode> view;
    private final ConfigStore store;
    private final Writer writer;

    /**
     * @param owner whose they are
     * @param view what is shown of one
     */
    ItemRequests(Shape owner, NamedItems named, UnaryOperator<ObjectNode> view, ConfigStore store, Writer writer) {
        this.owner = owner;
        this.named = named;
        this.view = view;
        this.store = store;
        this.writer = writer;
    }

    AdminAnswer list(Ask ask) throws StoreException {
        State state = store.state();
        JsonNode entry = Entities.existing(owner, state.entries(), ask.variable("id"));
        List<ObjectNode> views = named.items(entry).stream().map(view).toList();
        return Answers.read(ask, Listing.page(ask, views), Etags.of(entry));
    }

    AdminAnswer get(Ask ask) throws StoreException {
        State state = store.state();
        JsonNode entry = Entities.existing(owner, state.entries(), ask.variable("id"));
        List<ObjectNode> items = named.items(entry);
        ObjectNode item = items.get(named.place(items, ask.variable("name")));
        return Answers.read(ask, view.apply(item), Etags.of(item));
    }

    /** Makes of them what they shall be; returns the place of the one that is meant, or -1. */
    @FunctionalInterface
    interface Edit {
        int apply(List<ObjectNode> items);
    }

    /** Changes those of the owner that the request names; the one that is meant, as it is then. */
    ObjectNode change(Ask ask, Edit edit) throws ConfigException, StoreException {
        String id = ask.variable("id");
        return writer.write(ask, ask.operation().action() + " " + id, now -> {
            JsonNode entry = Entities.existing(owner, now.entries(), id);
            List<ObjectNode> items = new ArrayList<>(named.items(entry));
            int place = edit.apply(items);
            JsonNode changed = named.with(entry, items);
            Privilege.check(ask.who(), owner.kind(), id, Optional.of(entry), changed);
            ObjectNode item = place < 0 ? Json.object() : items.get(place);
            String base = place < 0 ? "" : named.list() + "[" + place + "]";
            ask.about(new Ask.Place(owner.kind(), id, base, item, ""));
            return Writer.Drafted.of(new Change(owner.kind(), id, Optional.of(changed)), item);
        });
    }

    AdminAnswer delete(Ask ask) throws ConfigException, StoreException {
        change(ask, items -> {
            int place = named.place(items, ask.variable("name"));
            Etags.check(ask, Optional.of(Etags.of(items.get(place))));
            items.remove(place);
            return -1;
        });
        return Answers.done();
    }
}
