package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Paths as statistics know them. */
class PathTemplatesTest {
    private static final String[] WORDS = {
        "v1",
        "v1beta",
        "v1beta1",
        "v99",
        "chat",
        "completions",
        "responses",
        "models",
        "files",
        "openai",
        "deployments",
        "api",
        "tasks",
        "services",
        "projects",
        "locations",
        "publishers",
        "endpoints",
        "openapi",
        "gemini:generateContent",
        "gemini:",
        ":predict",
        "x:y",
        "cancel",
        "ws",
        "upload",
        "realtime",
        "%2F",
        "other",
        "{id}",
        "bailian"
    };

    private static List<String> table() {
        return PathTemplates.all();
    }

    private static String template(String target) {
        return Dialects.recognise(Heads.head("POST", target)).template();
    }

    @ParameterizedTest
    @MethodSource("table")
    void everyTemplateIsThatOfItsOwnExamples(String template) {
        String example = template.replace("{model}", "gpt-4o.mini")
                .replace("{verb}", "doIt")
                .replaceAll("[{}]", "");
        assertThat(template(example + "?x=1")).isEqualTo(template);
        assertThat(template("/bailian" + example)).isEqualTo(template);
        assertThat(template(example + "/")).isEqualTo(template);
    }

    @Test
    void noTemplateStandsThereTwice() {
        assertThat(table()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, /v1/chat/completions",
        "/chat/completions, /v1/chat/completions",
        "/v3/chat/completions, /v1/chat/completions",
        "/compatible-mode/v1/chat/completions, /v1/chat/completions",
        "/openai/v1/chat/completions, /v1/chat/completions",
        "/v1beta/openai/chat/completions, /v1/chat/completions",
        "/apps/anthropic/v1/messages, /v1/messages",
        "/openai/deployments/my-gpt/chat/completions?api-version=1, /openai/deployments/{deployment}/chat/completions",
        "/azure/openai/deployments/d/embeddings, /openai/deployments/{deployment}/embeddings",
        "/v1/responses/resp_1, /v1/responses/{id}",
        "/v1/responses/compact, /v1/responses/compact",
        "/v1/responses/resp_1/cancel, /v1/responses/{id}/cancel",
        "/v1alpha/models/gemini-2.5-flash:streamGenerateContent, /v1beta/models/{model}:streamGenerateContent",
        "/v1beta/models/gemini-2.5-flash, /v1beta/models/{model}",
        "/v1/projects/p/locations/l/publishers/google/models/g:generateContent, /v1/projects/{project}/locations/{location}/publishers/{publisher}/models/{model}:{verb}",
        "/api/v1/tasks/abc, /api/v1/tasks/{id}",
        "/bailian/api/v1/services/aigc/text2image/image-synthesis, /api/v1/services/{group}/{task}/{function}",
        "/api-ws/v1/inference/, /api-ws/v1/inference",
        "/files/v1/files/file-1, /v1/files/{id}",
        "/v1/responses/a/b/c/d, other",
        "/v1/whatever/secret-of-somebody, other",
        "/deep/down/there/models, other",
        "/, other",
        "/favicon.ico, other",
    })
    void ofAPath(String target, String template) {
        assertThat(template(target)).isEqualTo(template);
    }

    @Test
    void whateverIsSentOnlyTemplatesOfTheTableComeOut() {
        Random random = new Random(20261121);
        for (int run = 0; run < 50_000; run++) {
            StringBuilder target = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                target.append('/').append(WORDS[random.nextInt(WORDS.length)]);
            }
            String found = template(target.toString());
            assertThat(found.equals("other") || table().contains(found))
                    .as(found)
                    .isTrue();
        }
    }
}
