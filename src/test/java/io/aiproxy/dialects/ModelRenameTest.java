package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Body;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another model's name, every other byte the same. */
class ModelRenameTest {
    private static final String JSON =
            "\uFEFF{ \"messages\" : [{\"model\":\"inner\",\"content\":\"模型 \\\"model\\\":\\\"x\\\"\"}],"
                    + "\n\t\"model\"  :  \"\\u0061lt-模型\" , \"n\":1.0e0, \"x\":{\"model\":\"inner\"} }  ";

    @Test
    void replacesOnlyTheTopLevelValueWhereverTheBodyIsCut() {
        String expected = JSON.replace("\"\\u0061lt-模型\"", "\"new \\\"模型\\\"\\\\\"");
        byte[] all = JSON.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at <= all.length; at++) {
            Body renamed = ModelRename.inBody(Heads.cutAt(JSON, at), "application/json", "new \"模型\"\\");
            assertThat(Heads.text(renamed)).as("cut at %d", at).isEqualTo(expected);
            assertThat(renamed.size()).isEqualTo(expected.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void replacesEveryOccurrence() {
        Body renamed = ModelRename.inBody(Heads.body("{\"model\":\"a\",\"model\":\"a\"}"), "", "b");
        assertThat(Heads.text(renamed)).isEqualTo("{\"model\":\"b\",\"model\":\"b\"}");
    }

    @Test
    void offsetsHoldBeyondTheParsersBuffer() {
        String big = "{\"messages\":\"" + "x".repeat(100_000) + "é\",\"model\":\"a\",\"tail\":\"" + "y".repeat(100_000)
                + "\"}";
        for (Body body : List.of(Heads.body(big), Heads.cut(big, 1000), Heads.cut(big, 8191))) {
            assertThat(Heads.text(ModelRename.inBody(body, "", "longer")))
                    .isEqualTo(big.replace("\"a\"", "\"longer\""));
        }
    }

    @Test
    void segmentsWithoutAChangeAreShared() {
        Body body =
                Heads.cut("{\"a\":\"" + "x".repeat(50) + "\",\"model\":\"a\",\"b\":\"" + "y".repeat(50) + "\"}", 10);
        Body renamed = ModelRename.inBody(body, "", "b");
        assertThat(renamed.segments().get(0)).isSameAs(body.segments().get(0));
        assertThat(renamed.segments().get(renamed.segments().size() - 1))
                .isSameAs(body.segments().get(body.segments().size() - 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"model\":null}",
                "{\"model\":1}",
                "{\"model\":\"a\"",
                "not json",
                "[{\"model\":\"a\"}]"
            })
    void leavesAloneWhatItCannotRead(String text) {
        Body body = Heads.body(text);
        assertThat(ModelRename.inBody(body, "application/json", "b")).isSameAs(body);
    }

    @Test
    void replacesAMultipartFieldWhereverTheBodyIsCut() {
        String form = form("b\"1", "whisper-1");
        String expected = form("b\"1", "paraformer-v2");
        for (int at = 0; at <= form.getBytes(StandardCharsets.UTF_8).length; at++) {
            Body renamed =
                    ModelRename.inBody(Heads.cutAt(form, at), "Multipart/form-data; boundary=b\"1", "paraformer-v2");
            assertThat(Heads.text(renamed)).as("cut at %d", at).isEqualTo(expected);
        }
        assertThat(Heads.text(ModelRename.inBody(
                        Heads.body(form("x y", "a")), "multipart/form-data; charset=utf-8; boundary=\"x y\"", "b")))
                .isEqualTo(form("x y", "b"));
    }

    @Test
    void replacesTheModelOfASession() {
        String json = "{ \"expires_after\":{\"model\":\"no\"}, \"session\" : {\"tools\":[{\"model\":\"no\"}],"
                + "\"session\":{\"model\":\"no\"}, \"model\": \"old\" } }";
        String expected = json.replace("\"old\"", "\"new\"");
        for (int at = 0; at <= json.length(); at++) {
            assertThat(Heads.text(ModelRename.inBody(Heads.cutAt(json, at), "application/json", "new")))
                    .isEqualTo(expected);
        }
    }

    @Test
    void replacesTheModelOfACallAndNoByteOfItsSdp() {
        String sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=x:{\"model\":\"old\"}\r\n\r\n--b\n";
        String form = "--bb\r\nContent-Disposition: form-data; name=\"sdp\"\r\nContent-Type: application/sdp\r\n\r\n"
                + sdp + "\r\n--bb\r\nContent-Disposition: form-data; name=\"session\"; filename=\"blob\"\r\n"
                + "Content-Type: application/json\r\n\r\n{\"instructions\":\"" + "é".repeat(3000)
                + "\",\"model\":%s,\"n\":1.0}\r\n--bb--\r\n";
        String before = form.formatted("\"old\"");
        String after = form.formatted("\"new\\\"\"");
        int length = before.getBytes(StandardCharsets.UTF_8).length;
        for (int at = 0; at <= length; at += 7) {
            assertThat(Heads.text(
                            ModelRename.inBody(Heads.cutAt(before, at), "multipart/form-data; boundary=bb", "new\"")))
                    .as("cut at %d", at)
                    .isEqualTo(after);
        }
        Body raw = Heads.body(sdp);
        assertThat(ModelRename.inBody(raw, "application/sdp", "new")).isSameAs(raw);
    }

    private static String form(String boundary, String model) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"model\"\r\n"
                + "Content-Type: audio/wav\r\n\r\n--b\r\n\r\nname=\"model\"\r\n--" + boundary.charAt(0)
                + "\u0000音\r\n--"
                + boundary + "\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\n"
                + model
                + "\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"model_x\"\r\n\r\n\r\n--" + boundary
                + "--\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "/v1beta/models/gemini:generateContent, a/b:c d, /v1beta/models/a%2Fb%3Ac%20d:generateContent",
        "/v1beta/models/gem%2Dini:streamGenerateContent?alt=sse&x=%2F, new, /v1beta/models/new:streamGenerateContent?alt=sse&x=%2F",
        "/v1/projects/p/locations/l/publishers/google/models/m:predict, 模, /v1/projects/p/locations/l/publishers/google/models/%E6%A8%A1:predict",
        "/c/openai/deployments/d/chat/completions?api-version=1, e, /c/openai/deployments/e/chat/completions?api-version=1",
        "/v1/models/m, n, /v1/models/n",
        "/v1/realtime?x=1&model=old&y=2, a&b, /v1/realtime?x=1&model=a%26b&y=2",
        "/v1/realtime/calls?model=old, new, /v1/realtime/calls?model=new",
        "/c/v1/realtime/calls?x=1&model=old, a/b, /c/v1/realtime/calls?x=1&model=a%2Fb",
        "/v1/realtime/client_secrets?model=x, new, /v1/realtime/client_secrets?model=x",
        "/api-ws/v1/realtime?model=old, new, /api-ws/v1/realtime?model=new",
        "/openai/realtime?api-version=1&deployment=old, new, /openai/realtime?api-version=1&deployment=new",
        "/v1/chat/completions?model=x, new, /v1/chat/completions?model=x",
        "/v1beta/models, new, /v1beta/models",
    })
    void inPath(String target, String model, String expected) {
        assertThat(ModelRename.inPath(target, model)).isEqualTo(expected);
        String again = ModelRename.inPath(target, model);
        if (!again.equals(target)) {
            assertThat(RequestFacts.read(
                                    Heads.head("POST", again), Body.EMPTY, Dialects.detect(Heads.head("POST", again)))
                            .model())
                    .isEqualTo(model);
        }
    }
}
