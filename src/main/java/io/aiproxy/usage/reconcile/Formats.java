package io.aiproxy.usage.reconcile;

import io.aiproxy.usage.reconcile.Invoice.Amount;
import io.aiproxy.usage.reconcile.Invoice.Line;
import io.aiproxy.usage.reconcile.Invoice.Measure;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What providers give to their customers, told by its columns. */
enum Formats implements Format {
    /** The usage page's export (platform.openai.com): the columns of the usage API's results, one row a bucket and model. */
    OPENAI_USAGE("OpenAI usage export", ZoneOffset.UTC) {
        @Override
        public boolean fits(Set<String> columns) {
            return columns.containsAll(List.of("model", "inputtokens", "outputtokens"))
                    && (columns.contains("starttime") || columns.contains("starttimeiso"));
        }

        @Override
        public Set<Measure> measures(Set<String> columns) {
            return EnumSet.of(Measure.INPUT, Measure.OUTPUT);
        }

        @Override
        public Optional<Line> line(Row row, ZoneId zone) throws Row.Bad {
            BigDecimal input = row.number("input_tokens");
            Amount amount = new Amount(input, row.number("output_tokens"), BigDecimal.ZERO);
            return Format.of(row.day(zone, "start_time_iso", "start_time"), row.text("model"), amount);
        }
    },
    /** The same page's costs: {@code line_item} is a model, a comma and the kind of tokens, or empty. */
    OPENAI_COST("OpenAI cost export", ZoneOffset.UTC) {
        @Override
        public boolean fits(Set<String> columns) {
            return columns.contains("amountvalue")
                    && (columns.contains("starttime") || columns.contains("starttimeiso"));
        }

        @Override
        public Set<Measure> measures(Set<String> columns) {
            return EnumSet.of(Measure.COST);
        }

        @Override
        public Optional<Line> line(Row row, ZoneId zone) throws Row.Bad {
            String item = row.text("line_item");
            int comma = item.indexOf(',');
            String model = comma < 0 ? item : item.substring(0, comma).strip();
            Amount amount = Amount.of(Measure.COST, row.number("amount_value"));
            return Format.of(row.day(zone, "start_time_iso", "start_time"), model, amount);
        }

        @Override
        public String currency(Row row) {
            return row.text("amount_currency");
        }
    },
    /** The console's usage export (platform.claude.com); what was cached stands apart and belongs to the input. */
    ANTHROPIC_USAGE("Anthropic usage export", ZoneOffset.UTC) {
        @Override
        public boolean fits(Set<String> columns) {
            return columns.containsAll(List.of("usagedateutc", "usageoutputtokens", "usageinputtokensnocache"));
        }

        @Override
        public Set<Measure> measures(Set<String> columns) {
            return EnumSet.of(Measure.INPUT, Measure.OUTPUT);
        }

        @Override
        public Optional<Line> line(Row row, ZoneId zone) throws Row.Bad {
            BigDecimal input = BigDecimal.ZERO;
            for (String part : List.of("no_cache", "cache_write", "cache_write_5m", "cache_write_1h", "cache_read")) {
                input = input.add(row.number("usage_input_tokens_" + part));
            }
            Amount amount = new Amount(input, row.number("usage_output_tokens"), BigDecimal.ZERO);
            return Format.of(row.day(zone, "usage_date_utc"), row.text("model_version", "model"), amount);
        }
    },
    /** The console's cost export, which names models as people do: {@code Claude Sonnet 4}. */
    ANTHROPIC_COST("Anthropic cost export", ZoneOffset.UTC) {
        @Override
        public boolean fits(Set<String> columns) {
            return columns.containsAll(List.of("usagedateutc", "costusd"));
        }

        @Override
        public Set<Measure> measures(Set<String> columns) {
            return EnumSet.of(Measure.COST);
        }

        @Override
        public boolean looseModels() {
            return true;
        }

        @Override
        public Optional<Line> line(Row row, ZoneId zone) throws Row.Bad {
            Amount amount = Amount.of(Measure.COST, row.number("cost_usd"));
            return Format.of(row.day(zone, "usage_date_utc"), row.text("model_version", "model"), amount);
        }

        @Override
        public String currency(Row row) {
            return "USD";
        }
    },
    /**
     * Azure's details of costs, of enterprise and customer agreements. Meters are named after models in short
     * ({@code gpt 4o 0806 Inp glbl Tokens}), in ever new ways, so that only days can be compared. What is not of Azure OpenAI, AI
     * services or Foundry is left out (learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields).
     */
    AZURE("Azure cost details", ZoneOffset.UTC) {
        @Override
        public boolean fits(Set<String> columns) {
            return columns.contains("metercategory") && one(columns, AZURE_COST) && one(columns, AZURE_DATE);
        }

        @Override
        public Set<Measure> measures(Set<String> columns) {
            return EnumSet.of(Measure.COST);
        }

        @Override
        public Optional<Line> line(Row row, ZoneId zone) throws Row.Bad {
            String meter =
                    String.join(" ", row.text("MeterCategory"), row.text("MeterSubCategory"), row.text("MeterName"));
            LocalDate day = row.day(zone, AZURE_DATE);
            return AZURE_METERS.matcher(meter).find()
                    ? Format.of(day, "", Amount.of(Measure.COST, row.number(AZURE_COST)))
                    : Optional.empty();
        }

        @Override
        public String currency(Row row) {
            return row.text("BillingCurrencyCode", "BillingCurrency", "Currency");
        }
    },
    /**
     * Bill details of Alibaba Cloud, in Chinese or English, old and new columns. The instance of Model Studio (Bailian) is
     * a key or a kind of billing, a workspace, the model, the kind of tokens and the channel, with semicolons between them
     * (help.aliyun.com/en/model-studio/bill-query-and-cost-management).
     */
    BAILIAN("Alibaba Cloud bill details", ZoneId.of("Asia/Shanghai")) {
        @Override
        public boolean fits(Set<String> columns) {
            return one(columns, INSTANCE) && one(columns, PAYABLE) && one(columns, BILLED_ON);
        }

        @Override
        public Set<Measure> measures(Set<String> columns) {
            return one(columns, AMOUNT_USED) ? EnumSet.allOf(Measure.class) : EnumSet.of(Measure.COST);
        }

        @Override
        public Optional<Line> line(Row row, ZoneId zone) throws Row.Bad {
            LocalDate day = row.day(zone, BILLED_ON);
            String[] instance = row.text(INSTANCE).split(";", -1);
            String kind = instance.length > 3 ? instance[3].toLowerCase(Locale.ROOT) : "";
            BigDecimal tokens = kind.contains("token") ? used(row) : BigDecimal.ZERO;
            boolean output = kind.contains("output");
            Amount amount = new Amount(
                    output ? BigDecimal.ZERO : tokens, output ? tokens : BigDecimal.ZERO, row.number(PAYABLE));
            return Format.of(day, instance.length > 3 ? instance[2].strip() : "", amount);
        }

        @Override
        public String currency(Row row) {
            String named = row.text("币种", "Currency", "币种信息");
            return named.contains("人民币") ? "CNY" : named.contains("美元") ? "USD" : named;
        }
    };

    private static final String[] AZURE_COST = {"CostInBillingCurrency", "PreTaxCost", "Cost"};
    private static final String[] AZURE_DATE = {"Date", "UsageDate", "UsageDateTime"};
    private static final Pattern AZURE_METERS =
            Pattern.compile("openai|foundry|cognitive services|ai services", Pattern.CASE_INSENSITIVE);
    private static final String[] INSTANCE = {"实例ID", "Instance ID", "InstanceID", "BillInstanceID"};
    private static final String[] PAYABLE = {
        "应付金额",
        "Payable Amount",
        "Amount After Price Reduction",
        "Amount After Reduction",
        "Pretax Amount",
        "PretaxAmount"
    };
    private static final String[] BILLED_ON = {
        "账单日期", "Billing Date", "BillingDate", "消费日期", "日期", "消费时间", "账单开始时间", "Consumption Time", "Date"
    };
    private static final String[] AMOUNT_USED = {"用量", "Usage"};
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private final String title;
    private final ZoneId zone;

    Formats(String title, ZoneId zone) {
        this.title = title;
        this.zone = zone;
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    /** For people. */
    String title() {
        return title;
    }

    @Override
    public String currency(Row row) {
        return "";
    }

    private static boolean one(Set<String> columns, String... names) {
        for (String name : names) {
            if (columns.contains(Row.name(name))) {
                return true;
            }
        }
        return false;
    }

    /** Tokens: the bill counts them by the thousand or million where its unit says so. */
    private static BigDecimal used(Row row) throws Row.Bad {
        BigDecimal used = row.number(AMOUNT_USED);
        String unit = row.text("用量单位", "Usage Unit", "UsageUnit", "单位", "Unit").toLowerCase(Locale.ROOT);
        if (unit.startsWith("千") || unit.startsWith("k") || unit.startsWith("1k") || unit.startsWith("1000")) {
            return used.multiply(THOUSAND);
        }
        return unit.startsWith("百万") || unit.startsWith("m")
                ? used.multiply(THOUSAND).multiply(THOUSAND)
                : used;
    }
}
