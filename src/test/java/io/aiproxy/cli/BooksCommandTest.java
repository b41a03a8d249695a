package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.report.Calls;
import io.aiproxy.usage.report.LedgerBooks;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code aiproxy report} and {@code aiproxy reconcile}. */
class BooksCommandTest {
    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String broken = "";

    @BeforeEach
    void configure() throws IOException {
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(
                dir.resolve("config/users.yaml"),
                "users: {zhangsan: {name: =张三, channels: [bailian], proxy_key: pk_test_zhangsan}}\n");
        Files.writeString(
                dir.resolve("config/channels.yaml"),
                "channels: {bailian: {name: Bailian, base_url: 'https://bailian.example.com', auth: none}}\n");
        Files.writeString(dir.resolve("config/system.yaml"), "system: {usage: {time_zone: Asia/Shanghai}}\n");
    }

    private int run(String... args) {
        Shell shell = new Shell(Map.of(), dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(
                args,
                (settings, properties) -> {
                    throw new AssertionError("no gateway is started");
                },
                (auth, budget) -> {
                    throw new AssertionError("no token is asked for");
                },
                (settings, snapshot) -> books(),
                shell);
    }

    private LedgerBooks books() throws BooksException {
        if (!broken.isEmpty()) {
            throw new BooksException(broken);
        }
        return new LedgerBooks()
                .with(
                        Calls.at("2026-11-02T01:00:00Z")
                                .by("张三")
                                .used(1000, 50)
                                .cost("1.5", "USD")
                                .record(),
                        Calls.at("2026-11-02T20:00:00Z")
                                .used(400, 7)
                                .cost("0.5", "USD")
                                .record(),
                        Calls.at("2026-11-02T02:00:00Z")
                                .to("bailian", "qwen-plus")
                                .used(9, 9)
                                .cost("3", "CNY")
                                .record());
    }

    @Test
    void a_report_is_written_where_it_is_wanted() throws IOException {
        assertThat(run("report", "--from", "2026-11-01", "--to", "2026-11-30", "--lang", "zh"))
                .as(err.toString())
                .isZero();
        Path file = dir.resolve("aiproxy-report-20261101-20261130.pdf");
        assertThat(out.toString().strip()).isEqualTo(file.toString());
        try (PDDocument document = Loader.loadPDF(file.toFile())) {
            assertThat(new PDFTextStripper().getText(document)).contains("用量报告", "张三", "Asia/Shanghai");
        }
    }

    @Test
    void filters_and_formats() throws IOException {
        assertThat(run(
                        "report",
                        "--from",
                        "2026-11-02",
                        "--format",
                        "csv",
                        "--channel",
                        "bailian",
                        "--out",
                        "mine.csv",
                        "--time-zone",
                        "UTC"))
                .as(err.toString())
                .isZero();
        assertThat(Files.readAllLines(dir.resolve("mine.csv")))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("2026-11-02,zhangsan,'=张三,bailian,Bailian,qwen-plus,1,");
        assertThat(run("report", "--from", "2026-11-02", "--format", "doc"))
                .as(err.toString())
                .isEqualTo(2);
        assertThat(run("report", "--from", "2026-11-02", "--format", "xlsx", "--out", "."))
                .isZero();
        assertThat(dir.resolve("aiproxy-report-20261102-20261130.xlsx")).isNotEmptyFile();
        try (var files = Files.list(dir)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from yesterday | --from: \"yesterday\" is no day",
                "--from 2026-11-02 --to 2026-11-01 | --to: 2026-11-01 is before",
                "--lang fr | --lang: give en or zh",
                "--records -1 | --records: give a number",
                "--time-zone Mars | --time-zone: \"Mars\" is none",
                "--out nowhere/report.pdf | is no directory; create it",
                "--font nowhere.ttf | nowhere.ttf is not there",
            })
    void mistakes_are_told(String args, String problem) {
        assertThat(run(("report " + args).split(" "))).isEqualTo(1);
        assertThat(err.toString()).contains(problem);
    }

    @Test
    void books_that_cannot_be_read_are_told() {
        broken = "there are no books in data/usage.db";
        assertThat(run("report")).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("aiproxy: there are no books in data/usage.db");
    }

    private void invoice(String output) throws IOException {
        Files.writeString(dir.resolve("invoice.csv"), """
                start_time_iso,model,input_tokens,output_tokens
                2026-11-02T00:00:00+00:00,gpt-4o,1400,OUTPUT
                """.replace("OUTPUT", output));
    }

    @Test
    void an_invoice_that_agrees() throws IOException {
        invoice("57");
        assertThat(run("reconcile", "invoice.csv", "--channel", "openai")).isZero();
        assertThat(out.toString())
                .contains("OpenAI usage export, 2026-11-02 to 2026-11-02, days in Z")
                .contains("Nothing differs by more than 1 %.")
                .doesNotContain("!");
    }

    @Test
    void differences_are_shown_and_counted() throws IOException {
        invoice("60");
        assertThat(run("reconcile", "invoice.csv")).isEqualTo(1);
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("2026-11-02 +gpt-4o +output +60 +57 +-3 +-5.00 !"))
                .anyMatch(line -> line.matches("2026-11-02 +qwen-plus +input +0 +9 +[+]9 +not billed !"))
                .noneMatch(line -> line.contains("gpt-4o") && line.contains("input"))
                .anyMatch(line -> line.matches("total +all +input +1,400 +1,409 +[+]9 +[+]0.64"))
                .anyMatch(line -> line.startsWith("3 of 4 numbers differ"));
        assertThat(run("reconcile", "invoice.csv", "--channel", "openai", "--tolerance", "5"))
                .isZero();
        assertThat(run("reconcile", "invoice.csv", "--channel", "openai", "--tolerance", "-5"))
                .isEqualTo(1);
    }

    @Test
    void days_are_those_of_the_invoice() throws IOException {
        Files.writeString(dir.resolve("own.csv"), "day,model,sum\n2026-11-02,GPT-4o,1.5\n2026-11-03,gpt-4o,0.5\n");
        assertThat(run(
                        "reconcile",
                        "own.csv",
                        "--columns",
                        "date=day,model=model,cost=sum",
                        "--time-zone",
                        "Asia/Shanghai",
                        "--channel",
                        "openai"))
                .as(out.toString() + err)
                .isZero();
        assertThat(run("reconcile", "own.csv", "--columns", "date=day,model=model,cost=sum"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("several (CNY, USD); name it with --currency");
    }

    @Test
    void versions_of_models_can_be_merged() throws IOException {
        Files.writeString(dir.resolve("own.csv"), "day,model,in\n2026-11-02,gpt-4o-2024-08-06,1400\n");
        String[] args = {"reconcile", "own.csv", "--columns", "date=day,model=model,input=in", "--channel", "openai"};
        assertThat(run(args)).isEqualTo(1);
        String[] merged = java.util.Arrays.copyOf(args, args.length + 1);
        merged[args.length] = "--merge-versions";
        assertThat(run(merged)).as(out.toString()).isZero();
    }

    @Test
    void rows_that_cannot_be_read_are_no_agreement() throws IOException {
        invoice("57");
        Files.writeString(
                dir.resolve("invoice.csv"),
                Files.readString(dir.resolve("invoice.csv")) + "2026-11-02T00:00:00Z,gpt-4o,x,1\n");
        assertThat(run("reconcile", "invoice.csv", "--channel", "openai")).isEqualTo(1);
        assertThat(out.toString()).contains("line 3: \"x\" in column input_tokens is no number");
        assertThat(run("reconcile", "nowhere.csv")).isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.csv does not exist");
    }

    /** Books in one currency and an invoice in another are the rule, not the exception. */
    @Test
    void costs_in_another_currency_are_converted_and_told() throws IOException {
        Files.writeString(dir.resolve("bill.csv"), "usage_date_utc,model,cost_usd\n2026-11-02,Claude Haiku 3.5,0.5\n");
        String[] args = {"reconcile", "bill.csv", "--channel", "bailian"};
        assertThat(run(args)).isEqualTo(1);
        assertThat(out.toString()).contains("costs booked in CNY are MISSING");

        Files.writeString(dir.resolve("config/system.yaml"), "system: {money: {currency: CNY, rates: {USD: 6}}}\n");
        out.getBuffer().setLength(0);
        assertThat(run(args)).as("the models differ").isEqualTo(1);
        assertThat(out.toString())
                .contains("costs booked in CNY are converted into USD", "1 USD is 6 CNY")
                .containsPattern("total +all +cost +0.5000 +0.5000 +0.0000 +0.00");
    }
}
