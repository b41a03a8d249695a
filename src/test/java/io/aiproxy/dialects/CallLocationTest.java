package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call is found where the caller made it. */
class CallLocationTest {
    private static final String CALLS = "/v1/realtime/calls";

    @ParameterizedTest(name = "{0} as {1} sent as {2}")
    @CsvSource({
        // plain
        CALLS + "/rtc_1, " + CALLS + ", " + CALLS + ", " + CALLS + "/rtc_1",
        "https://h.example" + CALLS + "/rtc_1, " + CALLS + "?model=m, " + CALLS + "?model=m, http://gw:8001" + CALLS
                + "/rtc_1",
        "HTTPS://H.Example:443" + CALLS + "/rtc_1, " + CALLS + ", " + CALLS + ", http://gw:8001" + CALLS + "/rtc_1",
        "//h.example" + CALLS + "/rtc_1, " + CALLS + ", " + CALLS + ", http://gw:8001" + CALLS + "/rtc_1",
        "http://inner:8080" + CALLS + "/rtc_1, " + CALLS + ", " + CALLS + ", http://gw:8001" + CALLS + "/rtc_1",
        // the channel's name in front, as the caller wrote it
        CALLS + "/rtc_1, /openai/v1/realtime/calls, " + CALLS + ", /openai/v1/realtime/calls/rtc_1",
        "https://h.example" + CALLS + "/rtc_1, /openai/v1/realtime/calls/, " + CALLS + "/,"
                + " http://gw:8001/openai/v1/realtime/calls/rtc_1",
        // a base path that the gateway has put in front, known to the provider or not
        "/base" + CALLS + "/rtc_1, " + CALLS + ", /base" + CALLS + ", " + CALLS + "/rtc_1",
        CALLS + "/rtc_1, " + CALLS + ", /base" + CALLS + ", " + CALLS + "/rtc_1",
        "https://h.example/base" + CALLS + "/rtc_1, /c" + CALLS + ", /base" + CALLS + ", http://gw:8001/c" + CALLS
                + "/rtc_1",
        "/realtime/calls/rtc_1/, /v1/realtime/calls, /base/v1/realtime/calls, /v1/realtime/calls/rtc_1/",
        // a rewrite
        "/openai/v1/realtime/calls/rtc_1, /realtime/calls, /openai/v1/realtime/calls, /realtime/calls/rtc_1",
        // a query stays, but for a key (and a fragment behind it)
        CALLS + "/rtc_1?api-version=1&key=SECRET#f, /a" + CALLS + ", " + CALLS + ", /a" + CALLS
                + "/rtc_1?api-version=1",
        CALLS + "/rtc%2F1?x=/v1/y, /a" + CALLS + ", " + CALLS + ", /a" + CALLS + "/rtc%2F1?x=/v1/y",
        // another place at the channel
        "https://h.example/elsewhere/1, /a" + CALLS + ", " + CALLS + ", http://gw:8001/elsewhere/1",
        "/elsewhere/1, /a" + CALLS + ", " + CALLS + ", /elsewhere/1",
        // not ours
        "https://other.example" + CALLS + "/rtc_1, " + CALLS + ", " + CALLS + ", https://other.example" + CALLS
                + "/rtc_1",
        "https://h.example:444" + CALLS + "/rtc_1, " + CALLS + ", " + CALLS + ", https://h.example:444" + CALLS
                + "/rtc_1",
        "https://h.example@evil.example/a, " + CALLS + ", " + CALLS + ", https://h.example@evil.example/a",
        "//evil.example/a, " + CALLS + ", " + CALLS + ", //evil.example/a",
        "https://h.example, " + CALLS + ", " + CALLS + ", https://h.example",
        "calls/rtc_1, " + CALLS + ", " + CALLS + ", calls/rtc_1",
        "sip:someone@h.example, " + CALLS + ", " + CALLS + ", sip:someone@h.example",
        "'', " + CALLS + ", " + CALLS + ", ''",
    })
    void toGateway(String location, String asked, String sent, String expected) {
        CallLocation.Request request =
                new CallLocation.Request(asked, sent, "http://gw:8001", List.of("h.example", "inner:8080"));
        assertThat(CallLocation.toGateway(location, request)).isEqualTo(expected);
    }
}
