package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a call created, and whether it can be found again. */
class CreatedIdsTest {
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "POST, /v1/files, '', true",
        "GET, /v1/files, '', false",
        "DELETE, /v1/files/file-1, '', false",
        "POST, /v1/uploads, '', true",
        "POST, /v1/uploads/u/parts, '', false",
        "POST, /v1/uploads/u/complete, '', true",
        "POST, /v1/batches, '', true",
        "POST, /v1/batches/b/cancel, '', false",
        "POST, /v1/responses, '', true",
        "POST, /v1/responses/compact, '', false",
        "POST, /v1/conversations, '', true",
        "POST, /v1/conversations/c/items, '', false",
        "POST, /v1/fine_tuning/jobs, '', true",
        "POST, /v1/threads, '', true",
        "POST, /v1/threads/runs, '', true",
        "POST, /v1/threads/t/runs, '', false",
        "POST, /v1/vector_stores, '', true",
        "POST, /v1/containers, '', true",
        "POST, /v1/videos, '', true",
        "POST, /v1/videos/v/remix, '', true",
        "POST, /v1/realtime/calls, '', true",
        "POST, /v1/realtime/calls?model=m, '', true",
        "POST, /openai/v1/realtime/calls, '', true",
        "POST, /v1/realtime/calls/rtc_1/accept, '', false",
        "POST, /v1/realtime/calls/rtc_1/hangup, '', false",
        "POST, /v1/realtime/client_secrets, '', true",
        "GET, /v1/realtime/client_secrets, '', false",
        "POST, /v1/realtime/sessions, '', true",
        "POST, /v1/realtime/transcription_sessions, '', true",
        "POST, /v1/chat/completions, '', false",
        "POST, /v1/embeddings, '', false",
        "POST, /v1/messages, '', false",
        "POST, /v1/messages/batches, '', true",
        "POST, /v1/files, anthropic-version: 1, true",
        "POST, /api/v1/services/aigc/text2image/image-synthesis, X-DashScope-Async: enable, true",
        "POST, /api/v1/services/aigc/text-generation/generation, '', false",
        "GET, /api/v1/tasks/1, X-DashScope-Async: enable, false",
        "POST, /upload/v1beta/files, '', true",
        "POST, /v1beta/cachedContents, '', true",
        "POST, /v1beta/models/veo:predictLongRunning, '', true",
        "POST, /v1beta/models/g:generateContent, '', false",
        "POST, /unknown, '', false",
    })
    void creates(String method, String target, String header, boolean expected) {
        RequestHead head = Heads.head(method, target, header.isEmpty() ? new String[0] : new String[] {header});
        assertThat(CreatedIds.creates(method, target, head.headers(), Dialects.detect(head)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "OPENAI|files|{\"object\":\"file\",\"id\":\"file-1\",\"x\":{\"id\":\"no\"}}|file-1",
                "OPENAI|uploads|{\"id\":\"upload_1\",\"file\":{\"id\":\"file-2\"}}|upload_1,file-2",
                "OPENAI|responses|{\"id\":\"resp_1\",\"output\":[{\"id\":\"msg_1\"}],\"conversation\":{\"id\":\"conv_1\"}}|resp_1,conv_1",
                "OPENAI|threads|{\"id\":\"run_1\",\"thread_id\":\"thread_1\"}|run_1,thread_1",
                "ANTHROPIC|messages.batches|{\"id\":\"msgbatch_1\",\"type\":\"message_batch\"}|msgbatch_1",
                "DASHSCOPE|image-synthesis|{\"output\":{\"task_status\":\"PENDING\",\"task_id\":\"t-1\"},\"request_id\":\"r\"}|t-1",
                "DASHSCOPE|files|{\"data\":{\"uploaded_files\":[{\"name\":\"a\",\"file_id\":\"f-1\"}]},\"request_id\":\"r\"}|f-1",
                "DASHSCOPE|files|{\"data\":{\"uploaded_files\":[\"x\",[\"y\"]]}}|''",
                "GOOGLE|upload|{\"file\":{\"name\":\"files/abc\",\"displayName\":\"d\"}}|files/abc",
                "GOOGLE|cached_contents|{\"name\":\"projects/123/locations/l/cachedContents/9\"}|cachedContents/9",
                "GOOGLE|predict_long_running|{\"name\":\"models/veo/operations/op1\"}|operations/op1",
                "GOOGLE|models|{\"name\":\"models/gemini\"}|''",
                "OPENAI|files|<html>|''",
                "OPENAI|files|''|''",
                "OPENAI|files|[{\"id\":\"x\"}]|''",
            })
    void readsAnswers(Dialect dialect, String operation, String body, String ids) {
        assertThat(read(new Spoken(dialect, operation), Headers.NONE, body, "application/json"))
                .isEqualTo(ids.isEmpty() ? List.of() : List.of(ids.split(",")));
    }

    @Test
    void aPrefixGivesWhatIsCompleteInIt() {
        String body = "{\"id\":\"resp_12\",\"object\":\"response\",\"conversation\":{\"id\":\"conv_1\"}}";
        Spoken spoken = new Spoken(Dialect.OPENAI, "responses");
        for (int at = 0; at <= body.length(); at++) {
            List<String> ids = read(spoken, Headers.NONE, body.substring(0, at), "application/json");
            assertThat(ids).as("%d", at).isEqualTo(List.of("resp_12", "conv_1").subList(0, ids.size()));
            assertThat(ids.contains("resp_12")).isEqualTo(at >= body.indexOf(",\"object"));
        }
    }

    @Test
    void theFirstEventOfAStreamedResponse() {
        String events =
                ": hello\r\n\r\nevent: response.created\r\ndata: {\"type\":\"response.created\",\"sequence_number\":0,"
                        + "\"response\":{\"id\":\"resp_7\",\"instructions\":\"" + "x".repeat(100);
        assertThat(read(
                        new Spoken(Dialect.OPENAI, "responses"),
                        Headers.NONE,
                        events,
                        "text/event-stream; charset=utf-8"))
                .containsExactly("resp_7");
    }

    @Test
    void gzipIsUnpackedAsFarAsItGoes() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"id\":\"file-1\",\"x\":[1,2,3]}".getBytes(StandardCharsets.UTF_8));
        }
        Headers headers = Heads.headers("Content-Encoding: gzip");
        Spoken spoken = new Spoken(Dialect.OPENAI, "files");
        byte[] all = packed.toByteArray();
        assertThat(CreatedIds.read(spoken, headers, all, "application/json")).containsExactly("file-1");
        for (int at = 0; at < all.length; at++) {
            assertThat(CreatedIds.read(spoken, headers, Arrays.copyOf(all, at), "application/json"))
                    .isIn(List.of(), List.of("file-1"));
        }
    }

    @Test
    void uploadAndCallAreNamedInHeaders() {
        Spoken google = Dialects.detect(Heads.head("POST", "/upload/v1beta/files"));
        Headers upload = Heads.headers(
                "X-Goog-Upload-URL: https://g.example/upload/v1beta/files?upload_id=AB%2Dc&upload_protocol=resumable");
        assertThat(read(google, upload, "", "")).containsExactly("AB-c");
        RequestHead second = Heads.head("POST", "/upload/v1beta/files?upload_id=AB%2Dc&upload_protocol=resumable");
        assertThat(RequestFacts.read(second, Heads.body("{}"), Dialects.detect(second))
                        .ids())
                .containsExactly("AB-c");

        Spoken calls = Dialects.detect(Heads.head("POST", "/v1/realtime/calls"));
        assertThat(read(calls, Heads.headers("Location: /v1/realtime/calls/rtc_1"), "v=0", "application/sdp"))
                .containsExactly("rtc_1");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/realtime?call_id=rtc_1",
        "GET, /v1/realtime?model=m&call_id=rtc%5F1",
        "POST, /v1/realtime/calls/rtc_1/accept",
        "POST, /v1/realtime/calls/rtc_1/reject",
        "POST, /c/v1/realtime/calls/rtc_1/refer?x=1",
        "POST, /openai/v1/realtime/calls/rtc_1/hangup",
    })
    void aCallIsNamedByWhatFollowsIt(String method, String target) {
        Spoken calls = Dialects.detect(Heads.head("POST", "/v1/realtime/calls"));
        Headers absolute = Heads.headers("Location: https://h.example/v1/realtime/calls/rtc_1?x=1");
        RequestHead head = Heads.head(method, target);
        assertThat(RequestFacts.read(head, Heads.body("{\"type\":\"realtime\"}"), Dialects.detect(head))
                        .ids())
                .isEqualTo(read(calls, absolute, "", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "https://g.example/upload/v1beta/files?upload_id=A%2f, http://gw:8001, http://gw:8001/upload/v1beta/files?upload_id=A%2f",
        "https://g.example:443/a/%20b?c#d, http://gw:8001/gemini/, http://gw:8001/gemini/a/%20b?c#d",
        "HTTPS://g.example, http://gw, http://gw",
        "https://g.example?x=1, http://gw, http://gw?x=1",
        "/relative?x, http://gw, /relative?x",
        "ftp://x/y, http://gw, ftp://x/y",
        "https://g/u?key=SECRET&upload_id=1, http://gw, http://gw/u?upload_id=1",
        "https://g/u?upload_id=1&key=SECRET, http://gw, http://gw/u?upload_id=1",
        "https://g/u?key=SECRET, http://gw, http://gw/u",
        "https://g/u?a=1&key=S&key=T&monkey=1, http://gw, http://gw/u?a=1&monkey=1",
    })
    void uploadAddressesLeadToTheGateway(String url, String base, String expected) {
        assertThat(UploadUrls.toGateway(url, base)).isEqualTo(expected);
    }

    private static List<String> read(Spoken spoken, Headers headers, String body, String type) {
        return CreatedIds.read(spoken, headers, body.getBytes(StandardCharsets.UTF_8), type);
    }
}
