package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Body;
import io.aiproxy.core.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent, reading never throws, and renaming changes nothing but the name. */
class GarbageTest {
    private static final String[] TARGETS = {
        "/v1/chat/completions",
        "/v1/audio/transcriptions",
        "/v1beta/models/%zz:generateContent?key",
        "/v1/messages/batches/%",
        "/openai/deployments/",
        "/api/v1/tasks/%E4%BD",
        "/v1/realtime?model=%&&=",
        "/v1:/models/:/:",
        "/upload/v1beta/files?upload_id"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[{\"content\":[{\"file_id\":\"f\"}]}],\"model\":\"m\\u00e9\",\"conversation\":{\"id\":\"c\"}}",
                "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\n\r\nx\r\n--b--\r\n",
                "data: {\"response\":{\"id\":\"r\"},\"file\":{\"name\":\"files/x\"},\"data\":{\"uploaded_files\":[{}]}}\n\n",
            })
    void neverThrows(String seed) {
        Random random = new Random(42);
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = seed.getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            String target = TARGETS[round % TARGETS.length];
            String type = seed.startsWith("--") ? "multipart/form-data; boundary=b" : "application/json";
            RequestHead head = Heads.head("POST", target, "Content-Type: " + type);
            Spoken spoken = Dialects.detect(head);
            RequestFacts facts = RequestFacts.read(head, Body.of(bytes), spoken);
            assertThat(facts.ids()).hasSizeLessThanOrEqualTo(32);
            CreatedIds.read(spoken, head.headers(), bytes, round % 2 == 0 ? "text/event-stream" : type);
            ModelRename.inPath(target, "x");
            Body renamed = ModelRename.inBody(Body.of(bytes), type, "renamed");
            if (renamed.segments().size() > 1) {
                List<byte[]> segments = renamed.segments();
                String before = new String(bytes, StandardCharsets.ISO_8859_1);
                assertThat(before).startsWith(new String(segments.get(0), StandardCharsets.ISO_8859_1));
                assertThat(before).endsWith(new String(segments.get(segments.size() - 1), StandardCharsets.ISO_8859_1));
            }
        }
    }
}
