package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.UsageField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a record looks like outside, and that nothing of it is lost there. */
class RecordJsonTest {
    private static final String LEAST =
            "\"time\":\"2024-11-21T01:30:00.123Z\",\"ended\":\"2024-11-21T01:30:01Z\",\"id\":\"a\"";

    @Property(tries = 2000, seed = "42")
    void whatIsReadIsWhatWasWritten(@ForAll long seed) throws IOException {
        UsageRecord record = Records.random(new Random(seed), "id");
        byte[] json = RecordJson.bytes(record);
        assertThat(RecordJson.read(json)).isEqualTo(record);
        for (byte b : json) {
            assertThat(b < 0 || b >= 0x20).as("no control byte").isTrue(); // the journal relies on it
        }
    }

    @Property(tries = 300, seed = "42")
    void onlyDocumentedFieldsInTheirOrder(@ForAll long seed) throws IOException {
        JsonNode json = new ObjectMapper().readTree(RecordJson.bytes(Records.random(new Random(seed), "id")));
        assertThat(RecordJson.FIELDS).containsSubsequence(() -> json.fieldNames());
    }

    @Test
    void everyFieldIsDescribed() throws IOException {
        String page = Files.readString(Path.of("docs/reference/usage-record.md"));
        assertThat(RecordJson.FIELDS).allSatisfy(field -> assertThat(page).contains("| `" + field + "` |"));
        assertThat(UsageField.values())
                .allSatisfy(number -> assertThat(page).contains("| `usage." + number.word() + "` |"));
    }

    @Test
    void aNewerVersionsFieldsAreLeftOut() throws IOException {
        String json = "{\"future\":{\"a\":[1,{}]},\"usage\":{\"moons\":2,\"seconds\":3},\"usage_source\":\"oracle\","
                + LEAST + "}";
        UsageRecord record = RecordJson.read(json.getBytes(StandardCharsets.UTF_8));
        assertThat(record.usage().seconds()).isEqualTo(3);
        assertThat(record.endedMillis()).isEqualTo(Records.MILLIS + 877);
        assertThat(record.durationMicros()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"id\":\"a\"}",
                "{" + LEAST,
                "{" + LEAST + ",\"tags\":[]}",
                "{" + LEAST + ",\"cost\":\"1\"}",
                "{" + LEAST + ",\"cost\":0.0000000001}",
                "{" + LEAST + ",\"duration_ms\":1e99}",
                "{" + LEAST + ",\"groups\":[1]}",
                "{" + LEAST + ",\"usage\":{\"seconds\":1.5}}",
                "{" + LEAST + ",\"status\":99999999999}",
                "{\"id\":\"a\",\"time\":\"today\",\"ended\":\"2024-11-21T01:30:01Z\"}"
            })
    void whatIsNoRecordIsRefused(String text) {
        assertThatThrownBy(() -> RecordJson.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }
}
