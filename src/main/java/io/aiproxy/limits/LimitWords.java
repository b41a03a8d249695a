package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Limits in words: in counters' names, and for people who have met one. */
final class LimitWords {
    /** Calls end all the time: who has met a limit of those under way may come back soon. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private LimitWords() {}

    static String word(Quantity quantity) {
        return quantity.name().toLowerCase(Locale.ROOT);
    }

    /** The window in a counter's name: {@code 60s}, {@code calendar-day@UTC}. */
    static String id(LimitConfig.Window window) {
        if (window instanceof LimitConfig.Sliding sliding) {
            long millis = sliding.length().toMillis();
            return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
        }
        LimitConfig.Calendar calendar = (LimitConfig.Calendar) window;
        return "calendar-" + calendar.unit().name().toLowerCase(Locale.ROOT) + "@" + zone(calendar);
    }

    /** What a caller is told who was refused. */
    static Failure refusal(Limit limit, long asked, Counters.Standing standing) {
        LimitConfig config = limit.config();
        Optional<Duration> wait = Optional.of(Duration.ofMillis(standing.waitMillis()))
                .filter(time -> !time.isZero())
                .or(() -> config.quantity() == Quantity.CONCURRENT && config.amount() > 0
                        ? Optional.of(SOON)
                        : Optional.empty());
        return new Failure(kind(limit), sentence(limit, asked) + " " + advice(limit, asked, wait), wait);
    }

    private static FailureKind kind(Limit limit) {
        LimitConfig config = limit.config();
        if (limit.scope() == Scope.CHANNEL) {
            return FailureKind.CHANNEL_LIMIT_EXCEEDED;
        }
        if (!config.quantity().overTime()) {
            return FailureKind.CONCURRENCY_LIMIT_EXCEEDED;
        }
        boolean quota = config.quantity() == Quantity.COST
                || config.window()
                        .filter(LimitConfig.Calendar.class::isInstance)
                        .isPresent();
        return quota ? FailureKind.QUOTA_EXCEEDED : FailureKind.RATE_LIMIT_EXCEEDED;
    }

    private static String sentence(Limit limit, long asked) {
        if (tooLarge(limit, asked)) {
            return "This request may use " + amount(limit, asked) + ", which is more than the limit of " + shown(limit)
                    + " allows at all.";
        }
        return "The limit of " + shown(limit)
                + (limit.config().quantity().overTime() ? " is used up." : " is reached.");
    }

    private static boolean tooLarge(Limit limit, long asked) {
        LimitConfig config = limit.config();
        return config.quantity().overTime() && config.amount() > 0 && asked > config.amount();
    }

    private static String advice(Limit limit, long asked, Optional<Duration> wait) {
        String raise = " The operator of the gateway can raise it.";
        if (tooLarge(limit, asked)) {
            return "Ask for less at once (max_tokens counts in full)." + raise;
        }
        if (limit.config().amount() == 0) {
            return "Nothing is let through." + raise;
        }
        if (!limit.config().quantity().overTime()) {
            return "Wait until one of them has ended." + raise;
        }
        return wait.map(time -> "Try again in " + time(time) + ".").orElse("Try again later.") + raise;
    }

    /** {@code 60 requests per minute of the user "zhangsan"}. */
    static String shown(Limit limit) {
        LimitConfig config = limit.config();
        StringBuilder shown = new StringBuilder(amount(limit, config.amount()));
        config.window().ifPresent(window -> shown.append(" per ").append(period(window)));
        if (!config.models().isEmpty()) {
            shown.append(" with ").append(String.join(", ", config.models()));
        }
        return shown.append(" of ").append(owner(limit)).toString();
    }

    private static String owner(Limit limit) {
        String quoted = " \"" + limit.owner() + "\"";
        return switch (limit.scope()) {
            case USER -> "the user" + quoted;
            case KEY -> "the API key" + quoted;
            case GROUP -> "the user group" + quoted;
            case MEMBER -> "each member of the user group" + quoted;
            case CHANNEL -> "the channel" + quoted;
        };
    }

    private static String amount(Limit limit, long amount) {
        boolean one = amount == 1;
        return switch (limit.config().quantity()) {
            case REQUESTS -> amount + (one ? " request" : " requests");
            case TOKENS -> amount + (one ? " token" : " tokens");
            case COST -> BigDecimal.valueOf(amount, 6).stripTrailingZeros().toPlainString() + " " + limit.currency();
            case CONCURRENT -> amount + (one ? " call" : " calls") + " at the same time";
            case SOCKETS -> amount + (one ? " WebSocket" : " WebSockets") + " at the same time";
        };
    }

    private static String period(LimitConfig.Window window) {
        if (window instanceof LimitConfig.Sliding sliding) {
            long seconds = sliding.length().toSeconds();
            return switch ((int) Math.min(seconds, 1_000_000)) {
                case 1 -> "second";
                case 60 -> "minute";
                case 3_600 -> "hour";
                case 86_400 -> "day";
                default -> time(sliding.length());
            };
        }
        LimitConfig.Calendar calendar = (LimitConfig.Calendar) window;
        return "calendar " + calendar.unit().name().toLowerCase(Locale.ROOT) + " (" + zone(calendar) + ")";
    }

    private static String zone(LimitConfig.Calendar calendar) {
        String id = calendar.zone().getId();
        return id.equals("Z") ? "UTC" : id;
    }

    /** In the two largest units, rounded up: {@code 45 s}, {@code 2 h 5 min}. */
    static String time(Duration time) {
        long seconds = Math.max(1, (time.toMillis() + 999) / 1000);
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = (seconds + 59) / 60;
        if (seconds < 3_600) {
            return seconds % 60 == 0 ? seconds / 60 + " min" : seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (minutes < 24 * 60) {
            return minutes % 60 == 0 ? minutes / 60 + " h" : minutes / 60 + " h " + minutes % 60 + " min";
        }
        long hours = (minutes + 59) / 60;
        return hours % 24 == 0 ? hours / 24 + " d" : hours / 24 + " d " + hours % 24 + " h";
    }
}
