package io.aiproxy.usage.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.usage.reconcile.Invoice.Amount;
import io.aiproxy.usage.reconcile.Invoice.Measure;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invoices as providers write them. */
class InvoiceReaderTest {
    private static final ZoneId UTC = ZoneId.of("UTC");

    private static Invoice read(String text) throws InvoiceException {
        return InvoiceReader.read(text.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private static List<String> lines(Invoice invoice) {
        return invoice.lines().stream()
                .map(line -> line.day() + " " + line.model() + " " + plain(line.amount()))
                .toList();
    }

    private static String plain(Amount amount) {
        return amount.input().toPlainString() + " " + amount.output().toPlainString() + " "
                + amount.cost().toPlainString();
    }

    @Test
    void openai_usage() throws InvoiceException {
        Invoice invoice = read("""
                start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,model,batch,input_tokens,output_tokens,input_cached_tokens
                1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,p,3,gpt-4o-2024-08-06,False,1000,50,200
                1793664000,1793750400,2026-11-03T00:00:00+00:00,2026-11-04T00:00:00+00:00,,,,,,,
                """);
        assertThat(invoice.format()).isEqualTo("OpenAI usage export");
        assertThat(invoice.measures()).containsExactly(Measure.INPUT, Measure.OUTPUT);
        assertThat(lines(invoice)).containsExactly("2026-11-02 gpt-4o-2024-08-06 1000 50 0");
        assertThat(invoice.bad()).isEmpty();
    }

    @Test
    void openai_costs() throws InvoiceException {
        Invoice invoice = read("""
                start_time,end_time,amount_value,amount_currency,line_item,project_id
                1793577600,1793664000,0.8958740000000000,usd,"gpt-4o, input",p
                1793577600,1793664000,0.1,usd,"gpt-4o, output",p
                """);
        assertThat(invoice.currency()).isEqualTo("USD");
        assertThat(lines(invoice))
                .containsExactly("2026-11-02 gpt-4o 0 0 0.8958740000000000", "2026-11-02 gpt-4o 0 0 0.1");
    }

    @Test
    void anthropic_usage_counts_what_was_cached_as_input() throws InvoiceException {
        Invoice invoice = read("""
                usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count
                2026-11-02,claude-sonnet-4-20250514,team,Default,standard,≤ 200k,1000,20,3,400,55,0
                """);
        assertThat(lines(invoice)).containsExactly("2026-11-02 claude-sonnet-4-20250514 1423 55 0");
        assertThat(invoice.zone().getId()).isEqualTo("Z");
    }

    @Test
    void anthropic_costs_have_names_for_people() throws InvoiceException {
        Invoice invoice = read("""
                usage_date_utc,model,workspace,token_type,cost_usd
                2026-11-02,Claude Sonnet 4,Default,output,1.25
                """);
        assertThat(invoice.looseModels()).isTrue();
        assertThat(invoice.currency()).isEqualTo("USD");
        assertThat(lines(invoice)).containsExactly("2026-11-02 Claude Sonnet 4 0 0 1.25");
    }

    @Test
    void bailian_in_gbk_with_old_columns() throws InvoiceException {
        String text = "账单日期,产品名称,实例ID,计费项,用量,用量单位,应付金额,币种\n"
                + "20261102,大模型服务平台百炼,text_token;llm-x;qwen-plus;input_token;app,输入,\"1,234.5\",千Token,￥1.50,人民币\n"
                + "2026-11-02,大模型服务平台百炼,12;llm-x;qwen-plus;output_token;app,输出,700,Token,0.25,CNY\n"
                + "2026/11/2,大模型服务平台百炼,12;llm-x;wanx-v1;image_number;app,张,3,张,0.6,CNY\n"
                + "2026-11-02,云服务器,i-abc,流量,3,GB,9,CNY\n";
        Invoice invoice = InvoiceReader.read(text.getBytes(Charset.forName("GBK")), Optional.empty());
        assertThat(invoice.format()).isEqualTo("Alibaba Cloud bill details");
        assertThat(invoice.zone().getId()).isEqualTo("Asia/Shanghai");
        assertThat(invoice.currency()).isEqualTo("CNY");
        assertThat(lines(invoice))
                .containsExactly(
                        "2026-11-02 qwen-plus 1234500.0 0 1.50",
                        "2026-11-02 qwen-plus 0 700 0.25",
                        "2026-11-02 wanx-v1 0 0 0.6",
                        "2026-11-02  0 0 9");
        assertThat(invoice.bad()).isEmpty();
    }

    @Test
    void bailian_with_new_columns_and_tabs() throws InvoiceException {
        Invoice invoice = read("\uFEFF账单信息/账单日期,资源信息/实例ID（出账粒度）,用量信息/用量,用量信息/用量单位,应付信息/应付金额（含税）\n"
                + "\t2026-11-02,\t4906870;ws-x;qwen3-max;context_0-256k_input_token;;0,12,千tokens,0.03\n");
        assertThat(lines(invoice)).containsExactly("2026-11-02 qwen3-max 12000 0 0.03");
        assertThat(invoice.currency()).isEmpty();
    }

    @Test
    void any_other_by_its_columns() throws InvoiceException {
        Columns columns = Columns.of("date=Tag, model=Modell,input=Ein,output=Aus,cost=Betrag,currency=Währung", UTC);
        String text =
                "Rechnung 4711;;;;;\n\nTag;Modell;Ein;Aus;Betrag;Währung\n32.11.2026;m;1;2;3;EUR\n2026-11-03;m;1;2;-3;EUR\n";
        Invoice invoice = InvoiceReader.read(text.getBytes(StandardCharsets.UTF_8), columns);
        assertThat(lines(invoice)).containsExactly("2026-11-03 m 1 2 -3");
        assertThat(invoice.bad()).singleElement().satisfies(bad -> {
            assertThat(bad.line()).isEqualTo(4);
            assertThat(bad.problem()).contains("32.11.2026", "Tag");
        });
    }

    @Test
    void bad_rows_are_told_with_their_lines() throws InvoiceException {
        Invoice invoice = read("""
                start_time_iso,model,input_tokens,output_tokens
                2026-11-02T00:00:00Z,a,12x,1
                2026-13-02T00:00:00Z,a,1,1
                2026-11-02T00:00:00Z,"a
                b",1,1e999999999
                2026-11-02T00:00:00Z,a,1,1
                ,a,1,1
                """);
        assertThat(invoice.lines()).hasSize(1);
        assertThat(invoice.bad())
                .extracting(bad -> bad.line() + " " + bad.problem())
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("2 ").contains("\"12x\"", "input_tokens", "no number"),
                        two -> assertThat(two).startsWith("3 ").contains("2026-13-02", "no date"),
                        three -> assertThat(three).startsWith("5 ").contains("too large"),
                        four -> assertThat(four).startsWith("7 ").contains("no date"));
    }

    @Test
    void times_become_days_of_the_zone_that_is_named() throws InvoiceException {
        byte[] text = "start_time_iso,model,input_tokens,output_tokens\n2026-11-02T20:00:00+00:00,a,1,1\n"
                .getBytes(StandardCharsets.UTF_8);
        Invoice invoice = InvoiceReader.read(text, Optional.of(ZoneId.of("Asia/Shanghai")));
        assertThat(invoice.lines().get(0).day()).isEqualTo(LocalDate.of(2026, 11, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is empty",
                "a,b,c | --columns",
                "amount_value,start_time,amount_currency\\n1,1793577600,usd\\n1,1793577600,eur | several currencies (EUR, USD)",
            })
    void what_cannot_be_used_is_told(String text, String problem) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .isInstanceOf(InvoiceException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "date=a | one of input, output and cost",
                "model=a,cost=b | date=NAME is missing",
                "day=a,cost=b | \"day=a\" is not understood",
                "date=,cost=b | \"date=\" is not understood",
            })
    void columns_have_to_make_sense(String columns, String problem) {
        assertThatThrownBy(() -> Columns.of(columns, UTC))
                .isInstanceOf(InvoiceException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void a_column_that_is_not_there_is_named() {
        assertThatThrownBy(() -> InvoiceReader.read(
                        "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8), Columns.of("date=a,cost=sum", UTC)))
                .hasMessage("there is no column sum; there are: a, b");
    }

    @Test
    void azure_costs_of_models_alone_by_day() throws InvoiceException {
        Invoice invoice = read("""
                BillingAccountId,Date,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure,CostInBillingCurrency,BillingCurrencyCode
                1,11/02/2026,Azure OpenAI,Azure OpenAI,gpt 4o 0806 Inp glbl Tokens,1.5,1K,12.5,USD
                1,11/02/2026,Foundry Models,Azure OpenAI GPT5,GPT 5 outp glbl 1M Tokens,1.5,1M,1E-05,USD
                1,11/30/2026,Virtual Machines,Dv3,D2 v3,24,1 Hour,99,USD
                """);
        assertThat(invoice.format()).isEqualTo("Azure cost details");
        assertThat(invoice.measures()).containsExactly(Measure.COST);
        assertThat(invoice.currency()).isEqualTo("USD");
        assertThat(lines(invoice)).containsExactly("2026-11-02  0 0 12.5", "2026-11-02  0 0 0.00001");
        assertThat(invoice.bad()).isEmpty();
    }

    @Test
    void rows_of_totals_and_empty_ones_are_no_usage() throws InvoiceException {
        Invoice invoice = read("""
                start_time_iso,model,input_tokens,output_tokens
                2026-11-02T00:00:00Z,a,1,1
                ,,,
                Total,,1,1
                合计：,,1,1
                """);
        assertThat(lines(invoice)).containsExactly("2026-11-02 a 1 1 0");
        assertThat(invoice.bad()).isEmpty();
    }

    private static Invoice own(String columns, String text) throws InvoiceException {
        return InvoiceReader.read(text.getBytes(StandardCharsets.UTF_8), Columns.of(columns, UTC));
    }

    /** A number that is read in the wrong way is off by a thousand, and nobody is told. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'1.234,56 €' | 1234.56",
                "12,50 | 12.50",
                "0,125 | 0.125",
                "'1\u00A0234,5' | 1234.5",
                "1.234.567 | 1234567",
            })
    void commas_before_decimals(String written, String meant) throws InvoiceException {
        String number = written.replace("\\u00A0", "\u00A0");
        Invoice invoice = own("date=d,cost=c", "d;c\n2026-11-02;" + number + "\n2026-11-02;7,5\n");
        assertThat(invoice.bad()).isEmpty();
        assertThat(invoice.lines().get(0).amount().cost()).isEqualByComparingTo(meant);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'1,234.56' | 1234.56",
                "'US$1,234.5' | 1234.5",
                "'1,234' | 1234",
                "£0.25 | 0.25",
                "'USD 3.5' | 3.5",
                "3.5 CNY | 3.5",
                "3.5元 | 3.5",
                "(2.50) | -2.50",
                "1.2E-05 | 0.000012",
            })
    void points_before_decimals(String written, String meant) throws InvoiceException {
        Invoice invoice = own("date=d,cost=c", "d\tc\n2026-11-02\t" + written + "\n2026-11-02\t7.25\n");
        assertThat(invoice.bad()).isEmpty();
        assertThat(invoice.lines().get(0).amount().cost()).isEqualByComparingTo(meant);
    }

    @Test
    void numbers_of_both_kinds_are_told_unless_somebody_says() throws InvoiceException {
        String text = "d;c\n2026-11-02;7,25\n2026-11-02;7.25\n";
        assertThat(own("date=d,cost=c", text).bad()).singleElement().satisfies(bad -> assertThat(bad.problem())
                .contains("\"7,25\"", "decimal=comma"));
        assertThat(lines(own("date=d,cost=c,decimal=comma", "d;c\n2026-11-02;1,234\n")))
                .containsExactly("2026-11-02  0 0 1.234");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "02.11.2026 | 30.11.2026 | 2026-11-02",
                "02/11/2026 | 30/11/2026 | 2026-11-02",
                "11/02/2026 | 11/30/2026 | 2026-11-02",
                "11-2-2026 10:00 | 11-30-2026 | 2026-11-02",
                "2026/11/2 | 2026年11月30日 | 2026-11-02",
                "2026-11-02 23:30:00-05:00 | 2026-11-30 | 2026-11-03",
                "2026-11-02T23:30:00+0800 | 2026-11-30 | 2026-11-02",
                "2026-11-02 23:30:00 UTC | 2026-11-30 | 2026-11-02",
            })
    void dates_as_people_write_them(String date, String other, String day) throws InvoiceException {
        Invoice invoice = own("date=d,cost=c", "d,c\n" + date + ",1\n" + other + ",1\n");
        assertThat(invoice.bad()).isEmpty();
        assertThat(invoice.lines().get(0).day()).isEqualTo(day);
    }

    @Test
    void dates_that_can_be_read_in_two_ways_are_not_guessed() throws InvoiceException {
        String text = "d,c\n03/04/2026,1\n";
        assertThatThrownBy(() -> own("date=d,cost=c", text))
                .isInstanceOf(InvoiceException.class)
                .hasMessageContaining("\"03/04/2026\"")
                .hasMessageContaining("dates=day-first");
        assertThat(own("date=d,cost=c,dates=day-first", text).lines().get(0).day())
                .isEqualTo(LocalDate.of(2026, 4, 3));
        assertThatThrownBy(() -> Columns.of("date=d,cost=c,dates=dmy", UTC))
                .hasMessageContaining("day-first or month-first");
    }

    @Test
    void utf16_of_both_kinds() throws InvoiceException {
        String text = "\uFEFFstart_time_iso\tmodel\tinput_tokens\toutput_tokens\n2026-11-02\t千问\t1\t1\n";
        for (Charset charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            assertThat(lines(InvoiceReader.read(text.getBytes(charset), Optional.empty())))
                    .containsExactly("2026-11-02 千问 1 1 0");
        }
    }
}
