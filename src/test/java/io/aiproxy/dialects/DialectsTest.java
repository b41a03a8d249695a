package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which API a request speaks. */
class DialectsTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, openai, chat",
        "/chat/completions, openai, chat",
        "/chat/completions/, openai, chat",
        "//v1//chat/completions?x=1, openai, chat",
        "/bailian/v1/chat/completions, openai, chat",
        "/a/b/chat/completions, openai, chat",
        "/files/v1/chat/completions, openai, chat",
        "/openai/v1/chat/completions, openai, chat",
        "/openai/v1/messages, anthropic, messages",
        "/compatible-mode/v1/chat/completions, openai, chat",
        "/compatible-mode/v1/embeddings, openai, embeddings",
        "/compatible-mode/v1/whatever, openai, other",
        "/compatible-api/v1/reranks, openai, rerank",
        "/v1beta/openai/chat/completions, openai, chat",
        "/v1beta/openai/models, openai, models",
        "/api/v3/chat/completions, openai, chat",
        "/api/paas/v4/chat/completions, openai, chat",
        "/api/v1/chat/completions, openai, chat",
        "/v1/responses, openai, responses",
        "/v1/responses/resp_1/cancel, openai, responses",
        "/v1/completions, openai, completions",
        "/v1/embeddings, openai, embeddings",
        "/v1/models, openai, models",
        "/models, openai, models",
        "/bailian/models, openai, models",
        "/v1/models/ft:gpt-4o:acme::abc, openai, models",
        "/v1/files, openai, files",
        "/v1/uploads/upload_1/parts, openai, uploads",
        "/v1/batches, openai, batches",
        "/v1/audio/speech, openai, audio.speech",
        "/v1/audio/transcriptions, openai, audio.transcriptions",
        "/v1/audio/translations, openai, audio.translations",
        "/v1/images/generations, openai, images",
        "/v1/images/edits, openai, images",
        "/v1/moderations, openai, moderations",
        "/v1/fine_tuning/jobs, openai, fine_tuning",
        "/v1/threads/t_1/runs, openai, threads",
        "/v1/vector_stores, openai, vector_stores",
        "/v1/conversations, openai, conversations",
        "/v1/realtime?model=gpt-realtime, openai, realtime",
        "/v1/realtime/calls, openai, realtime.calls",
        "/v1/realtime/client_secrets, openai, realtime.client_secrets",
        "/v1/realtime/calls/rtc_1/hangup, openai, realtime.calls",
        "/v1/realtime/sessions, openai, realtime.sessions",
        "/v1/realtime/transcription_sessions, openai, realtime.sessions",
        "/openai/v1/realtime?model=m, openai, realtime",
        "/openai/realtime?api-version=1&deployment=d, openai, realtime",
        "/openai/realtimeapi/sessions?api-version=1, openai, realtime.sessions",
        "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21, openai, chat",
        "/openai/deployments/my-gpt/whatever, openai, other",
        "/azure/openai/deployments/d/embeddings, openai, embeddings",
        "/openai/files?api-version=1, openai, files",
        "/v1/messages, anthropic, messages",
        "/v1/messages?beta=true, anthropic, messages",
        "/messages, anthropic, messages",
        "/v1/messages/count_tokens, anthropic, messages.count_tokens",
        "/v1/messages/batches, anthropic, messages.batches",
        "/v1/messages/batches/msgbatch_1/results, anthropic, messages.batches",
        "/apps/anthropic/v1/messages, anthropic, messages",
        "/apps/anthropic/v1/models, anthropic, models",
        "/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict, anthropic, messages",
        "/v1beta/models/gemini-2.5-flash:generateContent, google, generate_content",
        "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse, google, stream_generate_content",
        "/v1/models/gemini-2.5-flash:generateContent, google, generate_content",
        "/models/gemini-2.5-flash:generateContent, google, generate_content",
        "/v1beta/models/e:embedContent, google, embed_content",
        "/v1beta/models/e:countTokens, google, count_tokens",
        "/v1beta/models/imagen:predict, google, predict",
        "/v1beta/models/veo:predictLongRunning, google, predict_long_running",
        "/v1beta/models, google, models",
        "/v1beta/models/gemini-2.5-flash, google, models",
        "/v1beta/files/abc, google, files",
        "/upload/v1beta/files, google, upload",
        "/gemini/upload/v1beta/files?upload_id=x, google, upload",
        "/v1beta/cachedContents, google, cached_contents",
        "/v1beta/models/veo/operations/1, google, operations",
        "/v1beta/openaix, google, other",
        "/v1/projects/p/locations/us-central1/publishers/google/models/gemini-3-pro:streamGenerateContent, google, stream_generate_content",
        "/v1beta1/projects/p/locations/l/cachedContents/1, google, cached_contents",
        "/v1/projects/p/locations/l/endpoints/openapi/chat/completions, openai, chat",
        "/v1/projects/p/locations/l/endpoints/123:predict, google, predict",
        "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent, google, live",
        "//ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent, google, live",
        "/gemini/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=t, google, live",
        "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent, google, live",
        "/api/v1/services/aigc/text-generation/generation, dashscope, text-generation",
        "/api/v1/services/aigc/text2image/image-synthesis, dashscope, image-synthesis",
        "/api/v1/services/aigc/multimodal-generation/generation, dashscope, multimodal-generation",
        "/api/v1/services/embeddings/text-embedding/text-embedding, dashscope, text-embedding",
        "/api/v1/services/rerank/text-rerank/text-rerank, dashscope, text-rerank",
        "/api/v1/services/audio/asr/transcription, dashscope, audio.transcriptions",
        "/api/v1/services/brand-new/thing, dashscope, other",
        "/api/v1/tasks/abc, dashscope, tasks",
        "/bailian/api/v1/tasks/abc, dashscope, tasks",
        "/api-ws/v1/inference/, dashscope, inference",
        "/api-ws/v1/inference, dashscope, inference",
        "/api-ws/v1/realtime?model=m, dashscope, realtime",
        "/bailian/api-ws/v1/inference/, dashscope, inference",
        "/, generic, other",
        "?x=1, generic, other",
        "/v1, generic, other",
        "/v2/chat, generic, other",
        "/deep/down/there/models, generic, other",
        "/favicon.ico, generic, other",
    })
    void byPath(String target, String dialect, String operation) {
        Spoken spoken = Dialects.detect(Heads.head("POST", target));
        assertThat(spoken.dialect().tag() + " " + spoken.operation()).isEqualTo(dialect + " " + operation);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "/v1/models, anthropic-version: 2023-06-01, anthropic, models",
        "/v1/files, Anthropic-Version: 2023-06-01, anthropic, files",
        "/v1/organizations/x, anthropic-version: 2023-06-01, anthropic, other",
        "/v1/chat/completions, anthropic-version: 2023-06-01, openai, chat",
        "/v1/models, x-goog-api-key: k, google, models",
        "/strange, x-goog-api-key: k, google, other",
        "/api/v1/files, X-DashScope-WorkSpace: w, dashscope, files",
        "/api/v1/uploads, User-Agent: dashscope/2.17.0; java, dashscope, uploads",
        "/compatible-mode/v1/chat/completions, X-DashScope-SSE: enable, openai, chat",
        "/compatible-mode/v1/files, X-DashScope-DataInspection: enable, openai, files",
        "/v1/models, User-Agent: curl/8, openai, models",
    })
    void headersDecideWhatThePathLeavesOpen(String target, String header, String dialect, String operation) {
        Spoken spoken = Dialects.detect(Heads.head("GET", target, header));
        assertThat(spoken.dialect().tag() + " " + spoken.operation()).isEqualTo(dialect + " " + operation);
    }

    @Test
    void hundredsOfSegmentsAreNoTrouble() {
        Spoken spoken = Dialects.detect(Heads.head("GET", "/x".repeat(4000) + "/v1/chat/completions"));
        assertThat(spoken.operation()).isEqualTo("other");
    }
}
