package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a receipt says of where its numbers come from, and of what the call is sorted by. */
class ReceiptSourceTest {
    @TempDir
    private Path directory;

    private UsageRig rig;

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private Receipt of(String target, String body, String... fields) throws Exception {
        try (RawClient client = rig.post(target, body, fields)) {
            client.answer().text();
        }
        return rig.receipt();
    }

    @Test
    void whatIsNotToldIsEstimatedFromTheRequest() throws Exception {
        rig = UsageRig.of(directory, "");
        rig.upstream().onAny().reply(Reply.json("{\"choices\":[]}"));
        Receipt receipt = of(UsageRig.CHAT, UsageRig.PLAIN);
        assertThat(receipt.source()).isEqualTo(UsageSource.ESTIMATED);
        Transcript transcript = receipt.transcript().orElseThrow();
        assertThat(transcript.asked()).isEqualTo(UsageRig.PLAIN);
        assertThat(transcript.askedBytes()).isEqualTo(UsageRig.PLAIN.length());
        assertThat(transcript.maxTokens()).isEqualTo(7);
    }

    @Test
    void anAnswerThatIsNothingButAnErrorHasUsedNothing() throws Exception {
        rig = UsageRig.of(directory, "");
        rig.upstream().onAny().reply(Reply.json("{\"error\":{\"message\":\"out of memory\"}}"));
        Receipt receipt = of(UsageRig.CHAT, UsageRig.PLAIN);
        assertThat(receipt.source()).isEqualTo(UsageSource.NONE);
        assertThat(receipt.usage()).contains(Usage.NONE); // limits give back what they had estimated
        assertThat(receipt.transcript()).isEmpty();
    }

    @Test
    void ofALargeRequestTheBeginningIsKept() throws Exception {
        rig = UsageRig.of(directory, "");
        rig.upstream().onAny().reply(Reply.json("{}"));
        String body = "{\"model\":\"m\",\"messages\":[{\"content\":\"" + "\u4f60".repeat(100_000) + "\"}]}";
        Transcript transcript = of(UsageRig.CHAT, body).transcript().orElseThrow();
        assertThat(body).startsWith(transcript.asked());
        assertThat(transcript.asked().length()).isBetween(5_000, 16 * 1024);
        assertThat(transcript.askedBytes()).isGreaterThan(300_000);
    }

    @Test
    void nothingIsKeptWhereNothingIsEstimated() throws Exception {
        rig = new UsageRig(directory, "", "", "{usage: {estimate: false}}", () -> false);
        rig.upstream().onAny().reply(Reply.json("{}"));
        Receipt receipt = of(UsageRig.CHAT, UsageRig.PLAIN);
        assertThat(receipt.source()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(receipt.transcript()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/files, 200",
        "/v1/chat/completions, 400",
        "/v1/chat/completions, 503",
        "/v1/chat/completions/c1, 200"
    })
    void whatUsesNothing(String target, int status) throws Exception {
        rig = UsageRig.of(directory, "");
        rig.upstream().onAny().reply(Reply.json(status, "{}"));
        assertThat(of(target, UsageRig.PLAIN).source()).isEqualTo(UsageSource.NONE);
        assertThat(rig.receipt().transcript()).isEmpty();
    }

    @Test
    void groupsTagsAndTemplate() throws Exception {
        String tags = "{usage: {tags: [X-Team, x-project, x-none, x-empty]}}";
        rig = new UsageRig(directory, "", ", groups: [research, interns]", tags, () -> false);
        rig.upstream().onAny().reply(Reply.json("{}"));
        Receipt receipt = of(
                "/alpha/v1/responses/resp_1/cancel",
                "{}",
                "X-TEAM: \u5e02\u573a\u90e8",
                "X-Project:  a\tb" + "c".repeat(200),
                "X-Empty: ");
        assertThat(receipt.groups()).containsExactly("research", "interns");
        assertThat(receipt.tags())
                .isEqualTo(Map.of("x-team", "\u5e02\u573a\u90e8", "x-project", "a b" + "c".repeat(125)));
        assertThat(receipt.template()).isEqualTo("/v1/responses/{id}/cancel");
    }
}
