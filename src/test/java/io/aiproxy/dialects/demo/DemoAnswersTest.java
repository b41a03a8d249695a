package io.aiproxy.dialects.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Body;
import io.aiproxy.dialects.Heads;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Corners of the demo channel that no SDK reaches. */
class DemoAnswersTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static DemoAnswer ask(String target, String body, String... fields) {
        return DemoAnswers.answer(
                Heads.head(body.isEmpty() ? "GET" : "POST", target, fields), Heads.body(body), "> {message} <", 1000);
    }

    private static String text(DemoAnswer answer) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        answer.pieces().forEach(all::writeBytes);
        return all.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode json(DemoAnswer answer) throws Exception {
        return MAPPER.readTree(text(answer));
    }

    @Test
    void googleWithoutSseIsOneArrayInPieces() throws Exception {
        DemoAnswer answer =
                ask("/v1beta/models/g:streamGenerateContent", "{\"contents\":[{\"parts\":[{\"text\":\"a b\"}]}]}");
        assertThat(answer.pieces()).hasSize(4);
        assertThat(json(answer)).hasSize(4);
        assertThat(answer.contentType()).isEqualTo("application/json");
    }

    @Test
    void embeddingsInBase64AreTheSameNumbers() throws Exception {
        String body = "{\"input\":[[1,2],[1,2]],\"dimensions\":8%s}";
        JsonNode plain = json(ask("/v1/embeddings", body.formatted("")));
        JsonNode packed = json(ask("/v1/embeddings", body.formatted(",\"encoding_format\":\"base64\"")));
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(packed.at("/data/1/embedding").asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode value : plain.at("/data/1/embedding")) {
            assertThat((float) value.asDouble()).isEqualTo(bytes.getFloat());
        }
        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(plain.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
    }

    @Test
    void dashScopeMultimodalAndIncremental() throws Exception {
        String body =
                "{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"image\":\"x\"},{\"text\":\"hey you\"}]}]},"
                        + "\"parameters\":{\"incremental_output\":true}}";
        String target = "/api/v1/services/aigc/multimodal-generation/generation";
        assertThat(json(ask(target, body))
                        .at("/output/choices/0/message/content/0/text")
                        .asText())
                .isEqualTo("> hey you <");
        DemoAnswer stream = ask(target, body, "X-DashScope-SSE: enable");
        assertThat(stream.paced()).isTrue();
        assertThat(new String(stream.pieces().get(1), StandardCharsets.UTF_8))
                .startsWith("id:2\nevent:result\n:HTTP_STATUS/200\ndata:{")
                .contains("\"text\":\"hey \"")
                .contains("\"finish_reason\":\"null\"");
    }

    @Test
    void dashScopeEmbedding() throws Exception {
        JsonNode answer = json(ask(
                "/api/v1/services/embeddings/text-embedding/text-embedding",
                "{\"input\":{\"texts\":[\"a\",\"b c\"]},\"parameters\":{\"dimension\":16}}"));
        assertThat(answer.at("/output/embeddings/1/embedding")).hasSize(16);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void quotesAreCutBetweenCharacters() throws Exception {
        String emoji = "\uD83D\uDE00".repeat(300);
        JsonNode answer =
                json(ask("/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"" + emoji + "\"}]}"));
        assertThat(answer.at("/choices/0/message/content").asText())
                .isEqualTo("> " + "\uD83D\uDE00".repeat(200) + "… <");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "\"x\"", "nonsense"})
    void unreadableBodiesAreRefusedInTheDialect(String body) throws Exception {
        DemoAnswer answer = ask("/v1/messages", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(json(answer).at("/error/code").asText()).isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"messages\":7}",
                "{\"messages\":[{}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":null}]}"
            })
    void emptyConversationsGetAnAnswerToo(String body) throws Exception {
        assertThat(json(ask("/v1/chat/completions", body))
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo(">  <");
    }

    @Test
    void halfACharacterIsNoError() throws Exception {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\\ud800b\"}]}";
        assertThat(json(ask("/v1/chat/completions", body))
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("> a?b <");
    }

    @Test
    void largeBodiesAreRefused() {
        Body large = Body.of(new byte[(int) DemoAnswers.LARGEST + 1]);
        assertThat(DemoAnswers.answer(Heads.head("POST", "/v1/chat/completions"), large, "x", 1)
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/models, x: y, /data/0/id, demo",
        "/v1/models, anthropic-version: 2023-06-01, /data/0/display_name, Demo",
        "/v1beta/models, x: y, /models/0/name, models/demo",
    })
    void modelsInEveryShape(String target, String field, String pointer, String value) throws Exception {
        assertThat(json(ask(target, "", field)).at(pointer).asText()).isEqualTo(value);
    }

    @Test
    void otherThingsAreNotThere() {
        assertThat(ask("/v1/files", "").status()).isEqualTo(404);
        assertThat(ask("/", "").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''|0", "' \n'|0", "one|1", "' one  two\tthree '|3", "你好，世界|5", "a你b|3", "日本語 text|4"})
    void wordsAreCounted(String text, int count) {
        assertThat(Words.count(text)).isEqualTo(count);
        assertThat(String.join("", Words.cut(text))).isEqualTo(text);
        assertThat(Words.cut(text)).isNotEqualTo(List.of());
    }
}
