package io.aiproxy.telemetry;

import static io.aiproxy.telemetry.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.core.Ending;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbers of the status pages and the form in which programs read them. */
class StatisticsTest {
    private final Statistics statistics = new Statistics();
    private final StatsPage page = new StatsPage(statistics, "1.2.3", Samples.MILLIS - 8_999);
    private final Snapshot snapshot = Samples.snapshot(
            1,
            List.of(
                    Samples.channel("bailian", "阿里云百炼", Status.ACTIVE),
                    Samples.channel("openai", "OpenAI", Status.DISABLED)),
            List.of(
                    Samples.user("zhangsan", "张三", Status.ACTIVE, 2),
                    Samples.user("lisi", "</script>", Status.DISABLED, 1)));

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(page.json(snapshot, Samples.MILLIS + 11_000));
    }

    @Test
    void atZeroEverythingIsZero() {
        assertThat(page.json(snapshot, Samples.MILLIS + 11_000))
                .isEqualTo("{\"service\":\"AIProxy\",\"version\":\"1.2.3\",\"uptime_seconds\":19,\"total_requests\":0,"
                        + "\"successful_requests\":0,\"failed_requests\":0,\"success_rate\":\"0.00%\","
                        + "\"protocol_stats\":{\"http_requests\":0,\"websocket_requests\":0,"
                        + "\"websocket_connections\":0,\"websocket_connection_rate\":\"0.00%\",\"websocket_open\":0},"
                        + "\"channel_stats\":{\"bailian\":{\"name\":\"阿里云百炼\",\"status\":\"active\",\"requests\":0},"
                        + "\"openai\":{\"name\":\"OpenAI\",\"status\":\"disabled\",\"requests\":0}},"
                        + "\"user_stats\":{"
                        + "\"zhangsan\":{\"name\":\"张三\",\"status\":\"active\",\"requests\":0,\"failed\":0},"
                        + "\"lisi\":{\"name\":\"</script>\",\"status\":\"disabled\",\"requests\":0,\"failed\":0}},"
                        + "\"avg_response_time\":\"0.000\",\"last_request_time\":0,\"api_keys_count\":3,"
                        + "\"timestamp\":" + (Samples.MILLIS + 11_000) / 1000
                        + ",\"counted_since\":" + (Samples.MILLIS - 8_999) / 1000 + "}");
    }

    @Test
    void oneGoodCall() throws Exception {
        statistics.accept(Samples.receipt());

        JsonNode json = json();
        assertThat(json.get("total_requests").asInt()).isEqualTo(1);
        assertThat(json.get("successful_requests").asInt()).isEqualTo(1);
        assertThat(json.get("success_rate").asText()).isEqualTo("100.00%");
        // Seconds, as text: the sample took 2157.301 ms.
        assertThat(json.get("avg_response_time")).hasToString("\"2.157\"");
        assertThat(json.at("/channel_stats/bailian/requests").asInt()).isEqualTo(1);
        assertThat(json.at("/channel_stats/openai/requests").asInt()).isZero();
        assertThat(json.at("/user_stats/zhangsan/requests").asInt()).isEqualTo(1);
        // 01:30:00.123 and 2.157 s: ended at 01:30:02.
        assertThat(json.get("last_request_time").asLong()).isEqualTo(Samples.MILLIS / 1000 + 2);
    }

    @Test
    void whatCountsAsSuccess() throws Exception {
        statistics.accept(with().ended(200, Ending.OK, "").build());
        statistics.accept(with().ended(302, Ending.OK, "").build());
        statistics.accept(
                with().ended(200, Ending.TRUNCATED, "stream_truncated").build());
        statistics.accept(
                with().ended(499, Ending.CANCELLED, "client_closed_request").build());
        statistics.accept(
                with().ended(200, Ending.CANCELLED, "client_closed_request").build());
        statistics.accept(with().ended(429, Ending.CALLER_ERROR, "").build());
        statistics.accept(with().channel("")
                .user("")
                .ended(401, Ending.REFUSED, "invalid_api_key")
                .build());
        statistics.accept(with().uncounted().build());

        JsonNode json = json();
        assertThat(json.get("total_requests").asInt()).isEqualTo(7);
        assertThat(json.get("successful_requests").asInt()).isEqualTo(2);
        assertThat(json.get("failed_requests").asInt()).isEqualTo(5);
        assertThat(json.get("success_rate").asText()).isEqualTo("28.57%");
        assertThat(json.at("/user_stats/zhangsan/requests").asInt()).isEqualTo(6);
        assertThat(json.at("/user_stats/zhangsan/failed").asInt()).isEqualTo(4);
    }

    @Test
    void aSocketIsASuccessAndItsLifeNoResponseTime() throws Exception {
        statistics.accept(with().nanos(100_000_000, 1).build());
        statistics.accept(with().ended(101, Ending.CANCELLED, "")
                .nanos(3_600_000_000_000L, 5)
                .build());

        JsonNode json = json();
        assertThat(json.get("successful_requests").asInt()).isEqualTo(2);
        assertThat(json.get("avg_response_time").asText()).isEqualTo("0.100");
        assertThat(json.get("protocol_stats"))
                .hasToString("{\"http_requests\":1,\"websocket_requests\":1,\"websocket_connections\":1,"
                        + "\"websocket_connection_rate\":\"100.00%\",\"websocket_open\":0}");
    }

    @Test
    void nothingIsLostUnderConcurrencyAndPartsFitTheWhole() throws Exception {
        List<Thread> loops = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread loop = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    statistics.accept(
                            i % 2 == 0
                                    ? Samples.receipt()
                                    : with().ended(101, Ending.OK, "").build());
                }
            });
            loop.start();
            loops.add(loop);
        }
        for (Thread loop : loops) {
            while (loop.isAlive()) {
                Statistics.Totals totals = statistics.totals();
                assertThat(totals.successful()).isLessThanOrEqualTo(totals.requests());
                assertThat(totals.http() + totals.webSocket()).isEqualTo(totals.requests());
                assertThat(totals.http()).isNotNegative();
            }
            loop.join();
        }
        assertThat(statistics.totals().requests()).isEqualTo(80_000);
        assertThat(statistics.totals().successful()).isEqualTo(80_000);
        assertThat(statistics.totals().webSocketOpened()).isEqualTo(40_000);
        assertThat(statistics.channel("bailian")).isEqualTo(new Statistics.Tally(80_000, 80_000));
        assertThat(statistics.user("zhangsan")).isEqualTo(new Statistics.Tally(80_000, 80_000));
    }

    @Test
    void theDashboardIsOneFileThatTrustsNoName() {
        String html = page.dashboard();

        assertThat(html).startsWith("<!DOCTYPE html>").contains("fetch('stats'", "localStorage", "</html>");
        assertThat(html)
                .doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://");
        assertThat(html)
                .doesNotContainPattern("<(script|img|iframe)[^>]*\\ssrc=|<link[^>]*href=\"(?!data:)|@import|url\\(");
        assertThat(html)
                .contains("value=\"0\"", "value=\"5\"", "value=\"10\"", "value=\"15\"", "value=\"30\"", "value=\"60\"");
        // Every id that the script fills exists.
        var ids =
                java.util.regex.Pattern.compile("(?:text|table)\\('([a-z-]+)'").matcher(html);
        int found = 0;
        while (ids.find()) {
            assertThat(html).contains("id=\"" + ids.group(1) + "\"");
            found++;
        }
        assertThat(found).isGreaterThan(14);
    }
}
