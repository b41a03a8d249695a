package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Dialect;
import io.aiproxy.dialects.ClientSecrets.ClientSecret;
import io.aiproxy.dialects.ClientSecrets.Reading;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ephemeral key in an answer, as soon as it is there and not before. */
class ClientSecretsTest {
    private static final ClientSecret SECRET = new ClientSecret("ek_test_ä", 1_756_310_470_000L);
    private static final String NEW = "{\"value\":\"ek_test_ä\",\"expires_at\":1756310470,\"session\":{\"type\":"
            + "\"realtime\",\"object\":\"realtime.session\",\"expires_at\":1,\"value\":\"no\",\"tools\":[true,null]}}";
    private static final String OLD = "{\"id\":\"sess_1\",\"object\":\"realtime.session\",\"expires_at\":0,\"model\":"
            + "\"gpt-4o-realtime\",\"temperature\":0.8,\"tools\":[{\"value\":\"no\"}],\"turn\":true,"
            + "\"client_secret\":{\"value\":\"ek_test_ä\",\"expires_at\":1756310470},\"x\":null}";

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/realtime/client_secrets, true",
        "POST, /openai/v1/realtime/client_secrets, true",
        "POST, /v1/realtime/sessions, true",
        "POST, /v1/realtime/transcription_sessions, true",
        "POST, /openai/realtimeapi/sessions?api-version=2025-04-01-preview, true",
        "GET, /v1/realtime/client_secrets, false",
        "POST, /v1/realtime/calls, false",
        "POST, /v1/chat/completions, false",
    })
    void whichCallsMakeOne(String method, String target, boolean expected) {
        Spoken spoken = Dialects.detect(Heads.head(method, target));
        assertThat(spoken.dialect()).isEqualTo(Dialect.OPENAI);
        assertThat(ClientSecrets.creates(method, spoken)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void whereverTheAnswerIsCut(String answer) {
        byte[] all = answer.getBytes(StandardCharsets.UTF_8);
        // complete once something follows the number: more digits may come
        int behind = new String(
                                answer.substring(0, answer.indexOf("1756310470"))
                                        .getBytes(StandardCharsets.UTF_8),
                                StandardCharsets.ISO_8859_1)
                        .length()
                + "1756310470".length();
        for (int at = 0; at <= all.length; at++) {
            byte[] prefix = java.util.Arrays.copyOf(all, at);
            Reading read = ClientSecrets.read(prefix, "");
            if (at <= behind) {
                assertThat(read).as("%d", at).isEqualTo(new Reading(Optional.empty(), false));
            } else if (read.secret().isPresent()) {
                assertThat(read).as("%d", at).isEqualTo(new Reading(Optional.of(SECRET), true));
            } else {
                assertThat(read.over()).as("%d", at).isFalse();
            }
        }
        assertThat(ClientSecrets.read(all, "").secret()).contains(SECRET);
    }

    @Test
    void aLongSessionBehindTheKeyIsNotWaitedFor() {
        byte[] prefix = NEW.substring(0, NEW.indexOf("\"type\"")).getBytes(StandardCharsets.UTF_8);
        assertThat(ClientSecrets.read(prefix, "").secret()).contains(SECRET);
    }

    @Test
    void gzip() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(NEW.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(ClientSecrets.read(packed.toByteArray(), "gzip").secret()).contains(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"value\":\"ek\"}",
                "{\"value\":\"ek\",\"expires_at\":\"1756310470\"}",
                "{\"value\":\"ek\",\"expires_at\":-5}",
                "{\"value\":\"ek\",\"expires_at\":999999999999999}",
                "{\"value\":\"\",\"expires_at\":1756310470}",
                "{\"value\":{\"value\":\"ek\"},\"expires_at\":1756310470}",
                "{\"session\":{\"value\":\"ek\",\"expires_at\":1756310470}}",
                "{\"client_secret\":\"ek\",\"expires_at\":1756310470}",
                "[{\"value\":\"ek\",\"expires_at\":1756310470}]",
                "<html><body>Something else entirely, long enough to be no piece of a word that was cut</body></html>",
                "{\"expires_at\":x, \"something\": \"else entirely, long enough to be no piece of a word that was cut\"}",
            })
    void answersWithoutOneAreGivenUp(String answer) {
        assertThat(ClientSecrets.read(answer.getBytes(StandardCharsets.UTF_8), ""))
                .isEqualTo(new Reading(Optional.empty(), true));
    }

    @Test
    void deepNestingIsGivenUp() {
        byte[] answer = ("{\"value\":\"ek\",\"x\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        assertThat(ClientSecrets.read(answer, "").secret()).isEmpty();
    }

    @Test
    void isNotPrinted() {
        assertThat(SECRET.toString()).doesNotContain("ek_");
    }
}
