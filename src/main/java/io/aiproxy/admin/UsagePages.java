package io.aiproxy.admin;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code statistics}, {@code usage} and {@code me/usage}: what was used. The answers are the desk's; here is who may ask,
 * and how an answer looks on the wire.
 */
final class UsagePages {
    private static final Logger LOG = LoggerFactory.getLogger(UsagePages.class);
    private static final List<Topic> STATISTICS = List.of(
            Topic.SUMMARY,
            Topic.USERS,
            Topic.CHANNELS,
            Topic.MODELS,
            Topic.OPERATIONS,
            Topic.GROUPS,
            Topic.ERRORS,
            Topic.KEYS,
            Topic.EXPORT);

    private final Supplier<UsageDesk> desk;

    UsagePages(Supplier<UsageDesk> desk) {
        this.desk = desk;
    }

    List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        for (Topic topic : STATISTICS) {
            String word = topic.name().toLowerCase(Locale.ROOT);
            all.add(page("statistics/" + word, Operation.Right.LOOK, "statistics.read", topic));
        }
        all.add(page("usage", Operation.Right.LOOK, "usage.read", Topic.RECORDS));
        all.add(page("usage/{id}", Operation.Right.LOOK, "usage.read", Topic.RECORD));
        all.add(page("me/usage", Operation.Right.SELF, "me.usage", Topic.OWN));
        return all;
    }

    private Operation page(String template, Operation.Right right, String action, Topic topic) {
        return new Operation("GET", template, right, action, true, ask -> answer(ask, topic));
    }

    /** Which threads a request belongs to. */
    static AdminApi.Lane lane(String path) {
        if (path.equals(Table.ROOT + "statistics/export")) {
            return AdminApi.Lane.EXPORT;
        }
        boolean books = path.startsWith(Table.ROOT + "statistics/")
                || path.equals(Table.ROOT + "usage")
                || path.startsWith(Table.ROOT + "usage/")
                || path.equals(Table.ROOT + "me/usage");
        return books ? AdminApi.Lane.BOOKS : AdminApi.Lane.QUICK;
    }

    private AdminAnswer answer(Ask ask, Topic topic) {
        if (topic == Topic.OWN && ask.who().self().isEmpty()) {
            throw Refusal.of(
                    Trouble.FORBIDDEN,
                    "An admin token has used nothing: this needs a proxy key. /api/v1/statistics tells of everybody.");
        }
        UsageDesk.Question question = new UsageDesk.Question(
                topic,
                ask.request().path(),
                ask.variable("id"),
                ask.params().lists(),
                topic == Topic.OWN ? ask.who().self().orElseThrow().user().id() : "");
        try {
            UsageDesk.Reply reply = desk.get().answer(question);
            return reply.file().isPresent() ? file(reply.file().get()) : Answers.read(ask, reply.document());
        } catch (Declined e) {
            throw refusal(e);
        }
    }

    private static AdminAnswer file(UsageDesk.File file) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", file.mediaType());
        headers.put("content-disposition", "attachment; filename=\"" + file.name() + "\"");
        return new AdminAnswer(200, headers, new byte[0], Optional.of(file.content()));
    }

    /** Why there is no answer, in the words of this API. */
    static Refusal refusal(Declined declined) {
        String detail = String.valueOf(declined.getMessage());
        return switch (declined.why()) {
            case MALFORMED -> Refusal.malformed(detail);
            case NOT_FOUND -> Refusal.missing(detail);
            case TOO_MUCH -> Refusal.of(Trouble.CANNOT_BE_ANSWERED, detail);
            case AWAY -> Refusal.of(Trouble.BOOKS_UNAVAILABLE, detail);
            case DOWN -> {
                LOG.warn("The books of usage: {}", detail);
                yield Refusal.with(Trouble.BOOKS_UNAVAILABLE, detail, Map.of("retry-after", "5"));
            }
        };
    }
}
