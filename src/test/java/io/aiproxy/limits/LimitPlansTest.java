package io.aiproxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.config.ModelScope;
import io.aiproxy.config.PriceTable;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.Caller;
import io.aiproxy.core.KeyDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitPlansTest {
    private static final LimitConfig.Window MINUTE = new LimitConfig.Sliding(Duration.ofMinutes(1));
    private static final LimitConfig.Window MONTH =
            new LimitConfig.Calendar(LimitConfig.Calendar.Unit.MONTH, ZoneOffset.UTC);

    private static LimitConfig limit(Quantity quantity, LimitConfig.Window window, String... models) {
        return new LimitConfig(
                quantity, 10, Optional.empty(), Optional.of(window), List.of(models), false, LimitConfig.Outage.LOCAL);
    }

    private static UserGroupConfig group(String id, String parent, List<LimitConfig> all, List<LimitConfig> each) {
        return new UserGroupConfig(
                id,
                id,
                parent.isEmpty() ? Optional.empty() : Optional.of(parent),
                Status.ACTIVE,
                List.of(),
                ModelScope.ANY,
                List.of(),
                all,
                each);
    }

    private static Snapshot snapshot(
            List<LimitConfig> user, List<LimitConfig> key, Map<String, UserGroupConfig> groups, String... member) {
        KeyConfig config = new KeyConfig(
                KeyDigest.of("pk_test_zhangsan"),
                "",
                "lap/top",
                Status.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                ModelScope.ANY,
                List.of(),
                key,
                Optional.empty());
        UserConfig zhangsan = new UserConfig(
                "zhangsan",
                "",
                "",
                "",
                Status.ACTIVE,
                List.of(),
                List.of(member),
                List.of(),
                ModelScope.ANY,
                List.of(config),
                List.of(),
                user);
        return new Snapshot(
                1,
                Instant.EPOCH,
                Map.of("zhangsan", zhangsan),
                groups,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                PriceTable.EMPTY,
                SystemConfig.defaults(),
                false,
                List.of());
    }

    private static List<String> names(Snapshot snapshot) {
        return LimitPlans.of(snapshot).of(new Caller("zhangsan", "Zhang", "lap/top")).limits().stream()
                .map(limit -> limit.counter().name())
                .toList();
    }

    @Test
    void countersAreNamedAfterTheirOwnerAndWhatTheyCount() {
        assertThat(names(snapshot(
                        List.of(limit(Quantity.REQUESTS, MINUTE, "gpt-*", "a/b"), limit(Quantity.COST, MONTH)),
                        List.of(limit(Quantity.TOKENS, MINUTE)),
                        Map.of())))
                .containsExactly(
                        "user/zhangsan/requests/60s/a%2Fb,gpt-%2A",
                        "user/zhangsan/cost/calendar-month@UTC", "key/zhangsan/lap%2Ftop/tokens/60s");
    }

    @Test
    void theSameTwiceCountsTwice() {
        assertThat(names(snapshot(
                        List.of(limit(Quantity.REQUESTS, MINUTE), limit(Quantity.REQUESTS, MINUTE)),
                        List.of(),
                        Map.of())))
                .containsExactly("user/zhangsan/requests/60s", "user/zhangsan/requests/60s#2");
    }

    @Test
    void groupsAndTheirParentsLimitTogetherAndEachMember() {
        Map<String, UserGroupConfig> groups = Map.of(
                "dev", group("dev", "all", List.of(limit(Quantity.REQUESTS, MINUTE)), List.of()),
                "ops", group("ops", "all", List.of(), List.of(limit(Quantity.REQUESTS, MINUTE))),
                "all", group("all", "", List.of(limit(Quantity.COST, MONTH)), List.of(limit(Quantity.TOKENS, MINUTE))));
        assertThat(names(snapshot(List.of(), List.of(), groups, "dev", "ops")))
                .containsExactly(
                        "group/dev/requests/60s",
                        "group/all/cost/calendar-month@UTC",
                        "member/all/zhangsan/tokens/60s",
                        "member/ops/zhangsan/requests/60s");
    }

    @Test
    void whoHasNoLimitsHasNoPlan() {
        Snapshot none = snapshot(List.of(), List.of(), Map.of());
        assertThat(LimitPlans.of(none)
                        .of(new Caller("zhangsan", "Zhang", "lap/top"))
                        .isEmpty())
                .isTrue();
        assertThat(LimitPlans.of(none).ofChannel("a").isEmpty()).isTrue();
    }
}
