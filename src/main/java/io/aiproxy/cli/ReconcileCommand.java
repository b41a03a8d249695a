package io.aiproxy.cli;

import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.config.MoneyConfig;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.reconcile.Columns;
import io.aiproxy.usage.reconcile.Invoice;
import io.aiproxy.usage.reconcile.InvoiceException;
import io.aiproxy.usage.reconcile.InvoiceReader;
import io.aiproxy.usage.reconcile.Reconciliation;
import io.aiproxy.usage.reconcile.Reconciliation.Difference;
import io.aiproxy.usage.reconcile.Reconciliation.Terms;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aiproxy reconcile}: a provider's invoice beside the books. */
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Compares a provider's invoice (CSV) with the books, by day and model: tokens and money.",
            "Known are OpenAI's and Anthropic's exports of usage and of costs, Azure's cost details and Alibaba Cloud's"
                    + " bill details; of any other name the columns. UTF-8, UTF-16 and GBK are told apart."
        },
        footerHeading = "%n",
        footer = {
            "Differences are what is booked less what is billed, in percent of what is billed.",
            "",
            "Exit codes: 0 they agree, 1 they do not, or not all of the invoice could be read, 2 the command line is"
                    + " wrong."
        })
final class ReconcileCommand implements Callable<Integer> {
    private static final int MOST_BAD = 20;
    private static final long LARGEST = 512L << 20;

    private final Shell shell;
    private final BooksOpener opener;

    @Parameters(paramLabel = "INVOICE", description = "The file.")
    private String file = "";

    @Option(
            names = "--channel",
            paramLabel = "ID",
            description = "Compare with this channel only; may be repeated. default: all channels")
    private List<String> channels = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            defaultValue = "1",
            description = "What may differ, in percent of what is billed. default: 1")
    private BigDecimal tolerance = BigDecimal.ONE;

    @Option(
            names = "--columns",
            paramLabel = "LIST",
            description =
                    "An invoice of another kind: date=NAME,model=NAME,input=NAME,output=NAME,cost=NAME,currency=NAME"
                            + " (date and one amount at least). Where it does not show how dates and decimals are written:"
                            + " dates=day-first or month-first, decimal=comma or point.")
    private @Nullable String columns;

    @Option(names = "--currency", paramLabel = "CODE", description = "The invoice's currency, where it does not say.")
    private String currency = "";

    @Option(names = "--merge-versions", description = "Take gpt-4o-2024-08-06 and gpt-4o for the same model.")
    private boolean merge;

    @Option(names = "--all", description = "Show what agrees, too.")
    private boolean all;

    @Mixin
    private BooksOfGateway gateway = new BooksOfGateway();

    ReconcileCommand(Shell shell, BooksOpener opener) {
        this.shell = shell;
        this.opener = opener;
    }

    @Override
    public Integer call() throws UserError, SettingsException {
        if (tolerance.signum() < 0) {
            throw new UserError("--tolerance: give a number of percent, 0 or more");
        }
        try {
            Invoice invoice = invoice();
            MoneyConfig[] money = {MoneyConfig.DEFAULT};
            Reconciliation found = gateway.with(shell, opener, (books, settings, snapshot) -> {
                money[0] = snapshot.system().money();
                return compare(invoice, books, new Terms(Set.copyOf(channels), currency, !merge, money[0]));
            });
            tell(invoice, found, money[0]);
            boolean agree = invoice.bad().isEmpty()
                    && found.apart().isEmpty()
                    && found.totals().stream().noneMatch(one -> one.beyond(tolerance))
                    && found.differences().stream().noneMatch(one -> one.beyond(tolerance));
            return agree ? 0 : 1;
        } catch (InvoiceException e) {
            throw new UserError(file + ": " + e.getMessage());
        }
    }

    private Reconciliation compare(Invoice invoice, Books books, Terms terms) throws UserError, BooksException {
        try {
            return Reconciliation.of(invoice, books, terms);
        } catch (InvoiceException e) {
            throw new UserError(file + ": " + e.getMessage());
        }
    }

    private Invoice invoice() throws UserError, InvoiceException {
        ZoneId zone = gateway.zone();
        try {
            Path path = Values.file(new Given(file, "INVOICE", shell.workingDir(), true));
            if (Files.size(path) > LARGEST) {
                throw new UserError(path + " is larger than 512 MB; cut it into months");
            }
            byte[] bytes = Files.readAllBytes(path);
            return columns == null
                    ? InvoiceReader.read(bytes, Optional.ofNullable(zone))
                    : InvoiceReader.read(bytes, Columns.of(columns, zone == null ? ZoneOffset.UTC : zone));
        } catch (BadValue e) {
            throw new UserError(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UserError(file + " cannot be read: " + e.getMessage());
        }
    }

    private void tell(Invoice invoice, Reconciliation found, MoneyConfig money) {
        PrintWriter out = shell.out();
        out.println(invoice.format() + ", " + found.from() + " to " + found.to() + ", days in " + invoice.zone()
                + ", " + invoice.lines().size() + " rows"
                + (found.currency().isEmpty() ? "" : ", " + found.currency()));
        bad(invoice, out);
        rates(found, money, out);
        out.println();
        List<Difference> shown = found.differences().stream()
                .filter(one -> all || one.beyond(tolerance))
                .toList();
        int width = shown.stream().mapToInt(one -> one.model().length()).max().orElse(0);
        int wide = Math.min(Math.max(width, 5), 48);
        line(out, wide, new String[] {"day", "model", "what", "billed", "booked", "difference", "%"});
        shown.forEach(one -> line(out, wide, cells(one)));
        found.totals().forEach(one -> line(out, wide, cells(one)));
        out.println();
        long beyond = found.differences().stream()
                .filter(one -> one.beyond(tolerance))
                .count();
        out.println(
                beyond == 0
                        ? "Nothing differs by more than " + tolerance.toPlainString() + " %."
                        : beyond + " of " + found.differences().size() + " numbers differ by more than "
                                + tolerance.toPlainString() + " %.");
    }

    /** In which currencies the books are, where that is not the invoice's: money that is not comparable must not look so. */
    private static void rates(Reconciliation found, MoneyConfig money, PrintWriter out) {
        String own = found.currency();
        found.converted()
                .forEach(one ->
                        out.println("  costs booked in " + one + " are converted into " + own + " by money.rates of"
                                + " system.yaml: 1 " + own + " is " + rate(money, own) + " " + money.currency()
                                + (one.equals(money.currency()) ? "" : ", 1 " + one + " is " + rate(money, one))));
        found.apart()
                .forEach(one -> out.println("  costs booked in " + one + " are MISSING in what is booked: say under"
                        + " money.rates of system.yaml how much " + money.currency() + " one " + own
                        + " is worth"));
    }

    private static String rate(MoneyConfig money, String of) {
        return money.rate(of).map(BigDecimal::toPlainString).orElse("?");
    }

    private static void bad(Invoice invoice, PrintWriter out) {
        invoice.bad().stream()
                .limit(MOST_BAD)
                .forEach(row -> out.println("  line " + row.line() + ": " + row.problem()));
        if (invoice.bad().size() > MOST_BAD) {
            out.println("  and " + (invoice.bad().size() - MOST_BAD) + " more rows that cannot be read");
        }
        if (!invoice.bad().isEmpty()) {
            out.println("  rows that cannot be read are missing on the invoice's side");
        }
    }

    private String[] cells(Difference one) {
        String mark = one.beyond(tolerance) ? " !" : "";
        String model = one.day().isEmpty() ? "all" : one.model().isEmpty() ? "-" : one.model();
        String percent = one.percent()
                .map(value -> (value.signum() > 0 ? "+" : "") + value.toPlainString())
                .orElse(one.booked().signum() == 0 ? "0" : "not billed");
        return new String[] {
            one.day().map(Object::toString).orElse("total"),
            model,
            one.measure().name().toLowerCase(Locale.ROOT),
            number(one, one.billed()),
            number(one, one.booked()),
            (one.absolute().signum() > 0 ? "+" : "") + number(one, one.absolute()),
            percent + mark
        };
    }

    private static String number(Difference of, BigDecimal number) {
        boolean money = of.measure() == Invoice.Measure.COST;
        return String.format(
                Locale.ROOT, "%,." + (money ? 4 : 0) + "f", number.setScale(money ? 4 : 0, RoundingMode.HALF_UP));
    }

    private static void line(PrintWriter out, int width, String[] cells) {
        out.println(
                String.format(Locale.ROOT, "%-10s  %-" + width + "s  %-6s  %16s  %16s  %16s  %10s", (Object[]) cells));
    }
}
