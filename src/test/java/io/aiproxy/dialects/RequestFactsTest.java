package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Body;
import io.aiproxy.core.RequestHead;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from requests; most cases are files. */
class RequestFactsTest {
    @TestFactory
    Stream<DynamicTest> golden() throws IOException {
        return Golden.cases("facts", RequestFactsTest::facts);
    }

    /** Request line, fields, empty line, body; `\r\n` line ends where the body is multipart. */
    private static String facts(String input) {
        int end = input.indexOf("\n\n");
        String[] lines = (end < 0 ? input : input.substring(0, end)).split("\n");
        String[] line = lines[0].split(" ");
        String[] fields = Arrays.copyOfRange(lines, 1, lines.length);
        String body = end < 0 ? "" : input.substring(end + 2);
        if (String.join(" ", fields).contains("multipart")) {
            body = body.replace("\n", "\r\n");
        }
        RequestHead head = Heads.head(line[0], line[1], fields);
        Spoken spoken = Dialects.detect(head);
        RequestFacts whole = RequestFacts.read(head, Heads.body(body), spoken);
        for (int size = 1; size <= 17; size++) {
            assertThat(RequestFacts.read(head, Heads.cut(body, size), spoken))
                    .as("in segments of %d", size)
                    .isEqualTo(whole);
        }
        return "dialect: " + spoken.dialect().tag() + "\noperation: " + spoken.operation() + "\nmodel: " + whole.model()
                + "\nstream: " + whole.stream() + "\nids: " + String.join(", ", whole.ids());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "{\"model\":\"a\"",
                "{\"model\":\"a\",}",
                "{\"model\":\"a",
                "{\"model\" \"a\"}",
                "[\"model\",\"a\"]",
                "model=a",
                "\"model\"",
                "{\"model\":{\"model\":\"a\"}}",
                "{\"model\":null}",
                "{\"model\":[\"a\"]}",
                "{\"model\":\"a\",\"model\":\"b\"}",
                "{\"Model\":\"a\"}",
            })
    void nothingToRead(String body) {
        RequestHead head = Heads.head("POST", "/v1/chat/completions");
        assertThat(RequestFacts.read(head, Heads.body(body), Dialects.detect(head)))
                .extracting(RequestFacts::model)
                .isEqualTo("");
    }

    @Test
    void readsOnBehindAModelThatComesFirst() {
        assertThat(chat("{\"model\":\"a\",\"x\":[{}],\"model\":\"a\",\"stream\":true}"))
                .isEqualTo(new RequestFacts("a", true, List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/v1/chat/completions | {'max_tokens':7} | 7",
                "/v1/chat/completions | {'max_completion_tokens':8} | 8",
                "/v1/chat/completions | {'max_tokens':'many'} | 0",
                "/v1/chat/completions | {'max_tokens':-5} | 0",
                "/v1/chat/completions | {'max_tokens':99999999999999999999999} | 2147483647",
                "/v1/chat/completions | {'parameters':{'max_tokens':7}} | 0",
                "/v1/responses | {'max_output_tokens':9} | 9",
                "/v1/messages | {'max_tokens':10,'x':{'max_tokens':11}} | 10",
                "/v1beta/models/gemini-2.5-flash:generateContent | {'generationConfig':{'a':{},'maxOutputTokens':12}} | 12",
                "/api/v1/services/aigc/text-generation/generation | {'parameters':{'max_tokens':13},'model':'a'} | 13",
            })
    void boundOfTheOutput(String path, String body, long most) {
        RequestHead head = Heads.head("POST", path);
        String json = body.replace('\'', '"');
        assertThat(RequestFacts.read(head, Heads.body(json), Dialects.detect(head))
                        .maxTokens())
                .isEqualTo(most);
    }

    @Test
    void takesWhatLenientProvidersTake() {
        assertThat(chat("\uFEFF {\"temperature\":NaN,\"x\":\"tab\there\",\"model\":\"a\"}")
                        .model())
                .isEqualTo("a");
    }

    @Test
    void deepNestingIsMalformedAndNoError() {
        assertThat(chat("{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"model\":\"a\"}")
                        .model())
                .isEmpty();
    }

    @Test
    void gzipSaysNothing() {
        RequestHead head = Heads.head("POST", "/v1/chat/completions", "Content-Encoding: gzip");
        Body body = Body.of(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});
        assertThat(RequestFacts.read(head, body, Dialects.detect(head)).model()).isEmpty();
    }

    @Test
    void manyMegabytesOfImageAreSkipped() {
        String image = "A".repeat(24 * 1024 * 1024);
        String body = "{\"messages\":[{\"content\":[{\"image_url\":{\"url\":\"data:image/png;base64," + image
                + "\"}},{\"file\":{\"file_id\":\"file-9\"}}]}],\"model\":\"late\"}";
        assertThat(chat(body)).isEqualTo(new RequestFacts("late", false, List.of("file-9")));
        assertThat(RequestFacts.cheap(Heads.body(body))).isFalse();
        assertThat(RequestFacts.cheap(Body.EMPTY)).isTrue();
    }

    @Test
    void lengthOfAModelIsBounded() {
        String longest = "m".repeat(RequestFacts.LONGEST_MODEL);
        assertThat(chat("{\"model\":\"" + longest + "\"}").model()).isEqualTo(longest);
        assertThat(chat("{\"model\":\"" + longest + "m\"}").model()).isEmpty();
    }

    @Test
    void numberOfIdsIsBounded() {
        StringBuilder body = new StringBuilder("{\"input\":[");
        for (int i = 0; i < 5000; i++) {
            body.append("{\"file_id\":\"f").append(i).append("\"},");
        }
        body.append("{}]}");
        RequestHead head = Heads.head("POST", "/v1/responses");
        assertThat(RequestFacts.read(head, Heads.body(body.toString()), Dialects.detect(head))
                        .ids())
                .hasSize(32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // target | body | unclear
                "/v1/chat/completions|{'model':'a'}|false",
                "/v1/chat/completions|{'messages':[]}|false",
                "/v1/chat/completions|{'model':'a','model':'a'}|false",
                "/v1/chat/completions|{'model':'a','model':'b'}|true",
                "/v1/chat/completions|{'model':'a','Model':'b'}|true",
                "/v1/chat/completions|{'MODEL':'b'}|true",
                "/v1/chat/completions|{'metadata':{'Model':'b'},'model':'a'}|false",
                "/v1/chat/completions|{'model':'a',|true",
                "/v1/chat/completions|model=a|true",
                "/v1/chat/completions|[{'model':'a'}]|true",
                "/v1beta/models/gemini-2.5-flash:generateContent|{'model':'b','model':'c'}|false",
                "/v1/realtime?model=a||false",
                "/v1/realtime||false",
                "/v1/realtime?model=a&model=b||true",
                "/v1/realtime?model=a&x=1&mod%65l=b||true",
                "/v1/realtime?model=a&deployment=b||true",
                "/v1/realtime?Model=b||true",
                "/v1/realtime/calls?model=a|{'session':{'model':'b'}}|true",
                "/v1/realtime/calls|{'session':{'Model':'b','model':'a'}}|true",
            })
    void whereAnotherModelMayBeFoundItIsUnclear(String target, String body, boolean unclear) {
        RequestHead head = Heads.head("POST", target);
        String json = body == null ? "" : body.replace('\'', '"');
        assertThat(RequestFacts.read(head, Heads.body(json), Dialects.detect(head))
                        .unclear())
                .isEqualTo(unclear);
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Encoding: gzip, multipart/form-data; boundary=x, true",
        "Content-Encoding: identity, multipart/form-data; boundary=x, false",
        "X-Nothing: 1, application/sdp, false",
        "X-Nothing: 1, application/octet-stream, true",
    })
    void aBodyThatIsNoJsonIsUnclearUnlessItHasNoModel(String field, String type, boolean unclear) {
        RequestHead head = Heads.head("POST", "/v1/realtime/calls?model=a", field, "Content-Type: " + type);
        assertThat(RequestFacts.read(head, Heads.body("v=0"), Dialects.detect(head))
                        .unclear())
                .isEqualTo(unclear);
    }

    private static RequestFacts chat(String body) {
        RequestHead head = Heads.head("POST", "/v1/chat/completions");
        return RequestFacts.read(head, Heads.body(body), Dialects.detect(head));
    }
}
