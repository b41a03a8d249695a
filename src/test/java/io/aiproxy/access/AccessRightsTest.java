package io.aiproxy.access;

import static io.aiproxy.access.AccessDirectoryTest.CHANNELS;
import static io.aiproxy.access.Requests.address;
import static io.aiproxy.access.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.ModelScope;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Ticker;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that were replaced, and users in groups. */
class AccessRightsTest {
    private static final Instant UNTIL = Instant.parse("2027-02-01T00:00:00Z");
    private static final long LAST = UNTIL.toEpochMilli() - 1;
    private static final EphemeralKeys NONE = new EphemeralKeys(Ticker.SYSTEM);
    private static final RequestHead OLD = request("/", "x-api-key", "pk_test_old");
    private static final RequestHead NEW = request("/", "x-api-key", "pk_test_new");

    @Test
    void aReplacedKeyWorksUntilItsTimeAndCountsAsTheSameKey() {
        AccessDirectory directory = AccessDirectory.of(of(rotated("pk_test_old", UNTIL, Optional.empty()), List.of()));

        assertThat(directory.authenticate(OLD, address("127.0.0.1"), LAST, NONE))
                .isSameAs(directory.authenticate(NEW, address("127.0.0.1"), LAST + 1, NONE));
        Failure failure = failure(directory, OLD, "127.0.0.1", LAST + 1);
        assertThat(failure.kind()).isEqualTo(FailureKind.KEY_EXPIRED);
        assertThat(failure.message()).contains("\"rotated\" was replaced", "new one");
        assertThat(directory.stripQueryKey("/v1?key=pk_test_old", Dialect.OPENAI))
                .isEqualTo("/v1");
    }

    @Test
    void aReplacedKeyDoesNotOutliveTheKey() {
        AccessDirectory directory =
                AccessDirectory.of(of(rotated("pk_test_old", UNTIL.plusSeconds(60), Optional.of(UNTIL)), List.of()));
        assertThat(failure(directory, OLD, "127.0.0.1", LAST + 1).kind()).isEqualTo(FailureKind.KEY_EXPIRED);
    }

    @Test
    void theOldValueOfAKeyIsNobodyElses() {
        Snapshot twice = of(rotated("pk_test_new", UNTIL, Optional.empty()), List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccessDirectory.of(twice))
                .withMessageContaining("rotated");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the user's groups | address | kind | what the message must name
                "team|10.1.0.1||",
                "team|10.2.0.1|IP_NOT_ALLOWED|10.2.0.1", // the parent's networks alone are not enough
                "team|192.168.0.1|IP_NOT_ALLOWED|192.168.0.1", // nor is the group's own
                "all|10.2.0.1||",
                "team second|10.1.0.1|IP_NOT_ALLOWED|10.1.0.1", // every group must allow it
                "team second|10.1.2.3||",
                "off|10.1.2.3|USER_DISABLED|group \"off\"",
                "below|10.1.2.3|USER_DISABLED|group \"off\"",
                "team below|10.1.2.3|USER_DISABLED|group \"off\"",
            })
    void groupsAndTheirParentsHaveTheirSay(String groups, String client, FailureKind kind, String named) {
        AccessDirectory directory =
                AccessDirectory.of(of(rotated("pk_test_old", UNTIL, Optional.empty()), List.of(groups.split(" "))));
        if (kind == null) {
            Access access = directory.authenticate(NEW, address(client), LAST, NONE);
            assertThat(access.models().allows("m-1")).isTrue();
            assertThat(access.models().allows("other")).isFalse();
            return;
        }
        Failure failure = failure(directory, NEW, client, LAST);
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains(named);
    }

    private static Failure failure(AccessDirectory directory, RequestHead head, String client, long now) {
        FailureException thrown = catchThrowableOfType(
                FailureException.class, () -> directory.authenticate(head, address(client), now, NONE));
        return thrown.failure();
    }

    private static KeyConfig rotated(String before, Instant until, Optional<Instant> expiresAt) {
        return new KeyConfig(
                KeyDigest.of("pk_test_new"),
                "",
                "rotated",
                Status.ACTIVE,
                Optional.empty(),
                expiresAt,
                CHANNELS,
                ModelScope.ANY.within(List.of("m-*")),
                List.of(),
                List.of(),
                Optional.of(new KeyConfig.Previous(KeyDigest.of(before), until)));
    }

    private static Snapshot of(KeyConfig key, List<String> groups) {
        UserConfig member = new UserConfig(
                "member",
                "Member",
                "",
                "",
                Status.ACTIVE,
                List.of(),
                groups,
                CHANNELS,
                ModelScope.ANY,
                List.of(key),
                List.of(),
                List.of());
        Map<String, UserGroupConfig> all = new LinkedHashMap<>();
        all.put("all", group("all", "", Status.ACTIVE, "10.0.0.0/8"));
        all.put("team", group("team", "all", Status.ACTIVE, "10.1.0.0/16", "192.168.0.0/16"));
        all.put("second", group("second", "", Status.ACTIVE, "10.1.2.3"));
        all.put("off", group("off", "", Status.DISABLED));
        all.put("below", group("below", "off", Status.ACTIVE));
        Snapshot plain = AccessDirectoryTest.snapshot(member);
        return new Snapshot(
                1,
                Instant.EPOCH,
                plain.users(),
                all,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                plain.prices(),
                plain.system(),
                false,
                List.of());
    }

    private static UserGroupConfig group(String id, String parent, Status status, String... allowedIps) {
        return new UserGroupConfig(
                id,
                id,
                Optional.of(parent).filter(name -> !name.isEmpty()),
                status,
                List.of(),
                ModelScope.ANY,
                List.of(allowedIps),
                List.of(),
                List.of());
    }
}
