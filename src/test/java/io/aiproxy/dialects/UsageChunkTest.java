package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Body;
import io.aiproxy.dialects.RequestFacts.StreamUsage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunk that tells what a stream has used: asked for, and recognised. */
class UsageChunkTest {
    private static final String LAST = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":1}}";

    private static StreamUsage said(String body) {
        return RequestFacts.read(
                        Heads.head("POST", "/v1/chat/completions"),
                        body(body),
                        new Spoken(io.aiproxy.core.Dialect.OPENAI, "chat"))
                .streamUsage();
    }

    private static Body body(String text) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String asked(String body) {
        return new String(UsageChunk.askedFor(body(body), said(body)).bytes(), StandardCharsets.UTF_8);
    }

    private static boolean is(String event) {
        byte[] bytes = ("xx" + event).getBytes(StandardCharsets.UTF_8);
        return UsageChunk.is(bytes, 2, bytes.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'stream':true} | UNSAID",
                "{'stream_options':null} | DECLINED",
                "{'stream_options':{}} | DECLINED",
                "{'stream_options':{'include_usage':false}} | DECLINED",
                "{'stream_options':{'include_obfuscation':false,'x':[{}]}} | DECLINED",
                "{'stream_options':{'include_usage':true}} | ASKED",
                "{'stream_options':{'include_usage':'yes'}} | ASKED",
                "{'stream_options':'all'} | ASKED",
                "{'stream_options':[{'a':1}],'model':'m'} | ASKED",
                "{'messages':[{'stream_options':{'include_usage':true}}]} | UNSAID"
            })
    void whatTheCallerSays(String body, StreamUsage says) {
        assertThat(said(body.replace('\'', '"'))).isEqualTo(says);
    }

    @Test
    void isAskedForBehindTheLastMemberAndNothingElseChanges() {
        String body = " {\"stream\" : true,\t\"n\":1.0e0,\n\"x\":\"\\u00e9}\"  \n}\n ";
        assertThat(asked(body))
                .isEqualTo(" {\"stream\" : true,\t\"n\":1.0e0,\n\"x\":\"\\u00e9}\""
                        + ",\"stream_options\":{\"include_usage\":true}  \n}\n ");
    }

    @Test
    void howeverTheBodyIsCutIntoSegments() {
        String body = "{\"stream\":true,\"model\":\"m\" }\n";
        for (int at = 1; at < body.length(); at++) {
            Body cut = Heads.cut(body, at);
            assertThat(new String(UsageChunk.askedFor(cut, StreamUsage.UNSAID).bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"stream\":true,\"model\":\"m\",\"stream_options\":{\"include_usage\":true} }\n");
        }
    }

    @Test
    void isAskedForBesideOtherOptions() throws IOException {
        String asked =
                asked("{\"stream_options\":{\"include_obfuscation\":false,\"include_usage\":false},\"stream\":true}");
        assertThat(asked)
                .isEqualTo(
                        "{\"stream_options\":{\"include_obfuscation\":false,\"include_usage\":true},\"stream\":true}");
        assertThat(new ObjectMapper()
                        .readTree(asked("{\"stream_options\":null}"))
                        .at("/stream_options/include_usage"))
                .hasToString("true");
    }

    @Test
    void isNotAskedForTwice() {
        Body body = body("{\"stream_options\":{\"include_usage\":true}}");
        assertThat(UsageChunk.askedFor(body, StreamUsage.ASKED)).isSameAs(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LAST,
                LAST + "\n\n",
                LAST + "\r\n\r\n",
                "data:{\"usage\":{},\"choices\" : [ ] }\n\n",
                "event: x\ndata: {\"choices\":[],\"usage\":{}}\n\n",
                "event: x\r\ndata: {\"choices\":[],\"usage\":{}}\r\n\r\n",
                "data: {\"choices\":[\ndata: ],\"usage\":{}}\n\n",
                "data: {\"x\":\"\\\"choices\\\":[1]\",\"choices\":[],\"usage\":{}}\n\n",
                "data: {\"object\":\"choices\",\"choices\":[],\"usage\":{}}\n\n",
            })
    void isRecognisedFromItsFirstByteOn(String event) {
        assertThat(is(event)).isTrue();
        byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
        for (int to = 1; to <= bytes.length; to++) {
            assertThat(UsageChunk.mayBe(bytes, 0, to)).as("the first " + to).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: [DONE]\n\n",
                "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":1}}\n\n",
                "data: {\"choices\":[],\"usage\":null}\n\n",
                "data: {\"choices\":[],\"prompt_filter_results\":[{\"usage\":{}}]}\n\n",
                "data: {\"error\":{\"choices\":[],\"usage\":{}}}\n\n",
                "data: {\"choices\":[],\"usage\":{}\n\n",
                "data: {\"choices\":[],\"usage\":{}} {}\n\n",
                "data: [{\"choices\":[],\"usage\":{}}]\n\n",
                "data: {\"usage\":{}}\n\n",
                "datas: {\"choices\":[],\"usage\":{}}\n\n",
                "{\"choices\":[],\"usage\":{}}",
                "\n\n",
            })
    void otherEventsAreNot(String event) {
        assertThat(is(event)).isFalse();
    }

    @Test
    void contentIsKnownToBeSuchAsSoonAsItsFirstChoiceBegins() {
        byte[] begun = "data: {\"id\":\"c\",\"choices\": [{".getBytes(StandardCharsets.UTF_8);
        assertThat(UsageChunk.mayBe(begun, 0, begun.length)).isFalse();
        assertThat(UsageChunk.mayBe(begun, 0, begun.length - 1)).isTrue();
    }
}
