package io.aiproxy.admin;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrators' API below {@code /api/v1/}: a request goes in, an answer comes out. Blocks, any number of threads at
 * once; whatever is sent, nothing is thrown. {@code openapi.json} is its description.
 */
public final class AdminApi {
    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

    private final ConfigStore store;
    private final AuditLog audit;
    private final Supplier<Snapshot> snapshot;
    private final Hooks hooks;
    private final Ticker ticker;
    private final Gate gate;
    private final Writer writer;
    private final Table table;

    /**
     * An API over these.
     *
     * @param store of the configuration
     * @param audit of what administrators do
     * @param snapshot the configuration in force
     * @param hooks into the rest of the gateway
     * @param ticker time
     */
    public AdminApi(ConfigStore store, AuditLog audit, Supplier<Snapshot> snapshot, Hooks hooks, Ticker ticker) {
        this.store = store;
        this.audit = audit;
        this.snapshot = snapshot;
        this.hooks = hooks;
        this.ticker = ticker;
        this.gate = new Gate(ticker);
        this.writer = new Writer(store, audit, hooks, snapshot, ticker);
        this.table = new Table(operations());
    }

    /** What is answered while there is nothing to administer: the demo, or a gateway without a store. */
    public static AdminAnswer absent() {
        return Answers.problem(Refusal.of(
                Trouble.UNAVAILABLE,
                "This gateway has no configuration that could be administered: the demo has none, and others need a"
                        + " store."));
    }

    /** What is answered while more is asked than can be done. */
    public static AdminAnswer busy() {
        return Answers.problem(Refusal.with(
                Trouble.UNAVAILABLE, "Too much is being administered at the moment.", Map.of("retry-after", "1")));
    }

    /** Whose threads a request takes. Who reads the books must not keep others from changing the configuration. */
    public enum Lane {
        /** What is done in a moment. */
        QUICK,
        /** What asks the books. */
        BOOKS,
        /** What is made while it is sent, as slowly as the client reads. */
        EXPORT
    }

    /** Whose threads a request to this path takes. */
    public static Lane lane(String path) {
        return UsagePages.lane(path);
    }

    private List<Operation> operations() {
        ProxyKeys keys = new ProxyKeys(() -> system().keys().store());
        PriceCheck priceCheck = new PriceCheck(hooks);
        List<Operation> all = new ArrayList<>();
        for (Shape shape : Shape.ALIKE) {
            all.addAll(new Entities(shape, store, writer, keys, priceCheck).operations());
        }
        all.addAll(new Keys(store, writer, keys, ticker).operations());
        all.addAll(new Credentials(store, writer).operations());
        all.addAll(new AdminTokens(store, writer, ticker, snapshot).operations());
        all.addAll(new UserImport(store, writer, keys, hooks).operations());
        all.addAll(new Versions(store, writer).operations());
        all.addAll(new Views(store, snapshot).operations());
        all.addAll(new AuditPages(audit).operations());
        all.addAll(new Actions(store, writer, hooks, snapshot).operations());
        all.addAll(new Me().operations());
        all.addAll(new UsagePages(hooks::usage).operations());
        all.addAll(new OpenApi().operations());
        return all;
    }

    List<Operation> table() {
        return table.operations();
    }

    private SystemConfig system() {
        return snapshot.get().system();
    }

    /** Answers a request. */
    public AdminAnswer handle(AdminRequest request) {
        AdminAnswer answer;
        try {
            answer = answer(request);
        } catch (Refusal refusal) {
            answer = Answers.problem(refusal);
        } catch (RuntimeException e) {
            LOG.error("The admin API failed at {} {}", request.method(), request.path(), e);
            answer = Answers.problem(Refusal.of(Trouble.INTERNAL, "The gateway failed; its log says why."));
        }
        return dressed(request, answer);
    }

    /** What is answered when a body could not even be begun. */
    public AdminAnswer unmade(AdminRequest request, Exception why) {
        if (why instanceof UsageDesk.Declined declined) {
            return dressed(request, Answers.problem(UsagePages.refusal(declined)));
        }
        LOG.error("The admin API failed at {} {}", request.method(), request.path(), why);
        return dressed(request, Answers.problem(Refusal.of(Trouble.INTERNAL, "The gateway failed; its log says why.")));
    }

    private AdminAnswer answer(AdminRequest request) {
        Who who = Who.nobody(request.client());
        String action = "enter";
        String target = "";
        boolean tell = true;
        try {
            gate.checkAddress(request, system().admin().allowedIps());
            if (request.method().equals("OPTIONS")) {
                return options(request);
            }
            tell = false;
            Table.Match match = table.find(request.method(), request.path());
            Operation operation = match.operation();
            action = operation.action();
            target = match.variables().getOrDefault("id", match.variables().getOrDefault("n", ""));
            tell = true;
            who = operation.right() == Operation.Right.PUBLIC ? who : gate.who(request, snapshot.get());
            checkRight(who, operation);
            tell = !operation.looks() && !action.equals("explain");
            return handled(new Ask(request, who, operation, match.variables()));
        } catch (Refusal refusal) {
            if (tell && refusal.trouble() != Trouble.TOO_MANY_ATTEMPTS) {
                writer.note(who, action, target, refusal.trouble().code());
            }
            throw refusal;
        }
    }

    private static void checkRight(Who who, Operation operation) {
        if (operation.right().isGivenTo(who.role())) {
            return;
        }
        throw Refusal.of(
                Trouble.FORBIDDEN,
                switch (operation.right()) {
                    case ADMINISTER -> "This needs a token with the role admin.";
                    case OPERATE -> "This needs a token with the role operator or admin.";
                    default -> "A proxy key only reads /api/v1/me and /api/v1/me/usage; this needs an admin token.";
                });
    }

    private static AdminAnswer handled(Ask ask) {
        try {
            AdminAnswer answer = ask.operation().handler().handle(ask);
            return ask.keptOnly().map(why -> Answers.keptOnly(why, answer)).orElse(answer);
        } catch (ConfigException e) {
            throw Refusal.invalid(Pointers.of(e, ask.place()));
        } catch (StoreException e) {
            throw switch (e.why()) {
                case NOT_FOUND -> Refusal.missing(String.valueOf(e.getMessage()));
                case CONFLICT -> Refusal.of(Trouble.CONFLICT, String.valueOf(e.getMessage()));
                case UNAVAILABLE -> {
                    LOG.error("The store of the configuration: {}", e.getMessage());
                    yield Refusal.of(Trouble.UNAVAILABLE, String.valueOf(e.getMessage()));
                }
            };
        }
    }

    /** Which methods there are; browsers ask this before a script's request, and without a token. */
    private AdminAnswer options(AdminRequest request) {
        String methods = table.methods(request.path());
        if (methods.isEmpty()) {
            throw Refusal.missing("There is nothing at this path.");
        }
        Map<String, String> headers = new LinkedHashMap<>(Map.of("allow", methods));
        if (allowed(request) && request.headers().contains("access-control-request-method")) {
            headers.put("access-control-allow-methods", methods);
            headers.put("access-control-allow-headers", "authorization, content-type, if-match, if-none-match");
            headers.put("access-control-max-age", "600");
        }
        return new AdminAnswer(204, headers, new byte[0]);
    }

    private boolean allowed(AdminRequest request) {
        String origin = request.headers().get("origin");
        return origin != null && system().admin().corsOrigins().contains(origin);
    }

    private AdminAnswer dressed(AdminRequest request, AdminAnswer answer) {
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.put("cache-control", "no-store");
        headers.put("x-content-type-options", "nosniff");
        String origin = request.headers().get("origin");
        if (origin != null && allowed(request)) {
            headers.put("access-control-allow-origin", origin);
            headers.put("access-control-expose-headers", "etag, location, retry-after");
            headers.put("vary", "origin");
        }
        return new AdminAnswer(answer.status(), headers, answer.body(), answer.stream());
    }
}
