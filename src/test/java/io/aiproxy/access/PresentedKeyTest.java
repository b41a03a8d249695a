package io.aiproxy.access;

import static io.aiproxy.access.Requests.handshake;
import static io.aiproxy.access.Requests.headers;
import static io.aiproxy.access.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PresentedKeyTest {
    private static final Set<String> KNOWN = Set.of("pk_test_zhangsan", "pk_test_lisi", "pk+test/odd");

    static List<Arguments> carriers() {
        return List.of(
                found("pk_test_zhangsan", "/v1/chat", "Authorization", "Bearer pk_test_zhangsan"),
                found("pk_test_zhangsan", "/v1/chat", "Authorization", "bearer pk_test_zhangsan"),
                found("pk_test_zhangsan", "/v1/chat", "authorization", "BEARER    pk_test_zhangsan  "),
                found("pk_test_zhangsan", "/v1/chat", "Authorization", "\tBearer \t pk_test_zhangsan"),
                found("pk_test_zhangsan", "/v1/chat", "X-Api-Key", " pk_test_zhangsan "),
                found("pk_test_zhangsan", "/v1/chat", "api-key", "pk_test_zhangsan"),
                found("pk_test_zhangsan", "/v1/chat", "X-Goog-Api-Key", "pk_test_zhangsan"),
                found("pk_test_zhangsan", "/v1beta/models?key=pk_test_zhangsan"),
                found("pk_test_zhangsan", "/v1beta/models?alt=sse&key=pk%5Ftest%5fzhangsan&x=1"),
                found("pk_test_zhangsan", "/v1beta/models?k%65y=pk_test_zhangsan"),
                found("pk+test/odd", "/v1beta/models?key=pk%2Btest%2Fodd"),
                found("pk+test/odd", "/v1beta/models?key=pk+test/odd"),
                // the first known one counts
                found("pk_test_zhangsan", "/?key=pk_test_lisi", "Authorization", "Bearer pk_test_zhangsan"),
                found("pk_test_lisi", "/", "api-key", "pk_test_zhangsan", "x-api-key", "pk_test_lisi"),
                // a dummy in one place does not hide the key in another
                found("pk_test_lisi", "/", "Authorization", "Bearer unused", "x-goog-api-key", "pk_test_lisi"),
                found("pk_test_lisi", "/", "Authorization", "Basic dXNlcjpwdw==", "x-api-key", "pk_test_lisi"),
                found("pk_test_lisi", "/?key=dummy&key=&key=pk_test_lisi", "Authorization", "Bearer", "api-key", " "),
                // no carrier
                found(null, "/v1/chat"),
                found(null, "/v1/chat?monkey=pk_test_lisi&KEY=pk_test_lisi&keys=pk_test_lisi&key"),
                found(null, "/v1/chat/key=pk_test_lisi"),
                found(null, "/", "Authorization", "pk_test_lisi"),
                found(null, "/", "Authorization", "Basic pk_test_lisi"),
                found(null, "/", "Authorization", "Bearerpk_test_lisi"),
                found(null, "/", "Authorization", "Token pk_test_lisi", "Proxy-Authorization", "Bearer pk_test_lisi"),
                // keys are case-sensitive and whole
                found(null, "/", "Authorization", "Bearer PK_TEST_LISI"),
                found(null, "/", "Authorization", "Bearer pk_test_lisi pk_test_lisi"),
                found(null, "/?key=pk%5test_lisi&key=%"));
    }

    private static Arguments found(String expected, String target, String... headers) {
        return Arguments.of(expected, target, headers);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void findsTheKnownKeyWhereverItIs(String expected, String target, String[] headers) {
        assertThat(PresentedKey.<String>find(request(target, headers), v -> KNOWN.contains(v) ? v : null))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/, Authorization, Bearer x, true",
        "/, Authorization, Basic x, false",
        "/, Authorization, Bearer, false",
        "/, Authorization, '', false",
        "/, x-api-key, '  ', false",
        "/, api-key, x, true",
        "/?key=, accept, x, false",
        "/?key, accept, x, false",
        "/?key=x, accept, x, true",
    })
    void knowsWhetherAnythingWasPresented(String target, String name, String value, boolean expected) {
        assertThat(PresentedKey.isPresent(request(target, name, value))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "realtime, openai-insecure-api-key.pk_test_lisi | pk_test_lisi",
                "openai-insecure-api-key.pk_test_lisi | pk_test_lisi",
                "realtime,openai-insecure-api-key.pk_test_lisi,openai-beta.realtime-v1 | pk_test_lisi",
                "realtime ,\t OpenAI-Insecure-API-Key.pk_test_lisi , x | pk_test_lisi",
                "openai-insecure-api-key.dummy, openai-insecure-api-key.pk_test_lisi | pk_test_lisi",
                "openai-insecure-api-key.pk_test_zhangsan, openai-insecure-api-key.pk_test_lisi | pk_test_zhangsan",
                "realtime | -",
                "openai-insecure-api-key. | -",
                "openai-insecure-api-key | -",
                "pk_test_lisi | -",
                "openai-project.pk_test_lisi | -",
                "x-openai-insecure-api-key.pk_test_lisi | -",
                "openai-insecure-api-key.pk%5Ftest_lisi | -", // as it is, not encoded
                "openai-insecure-api-key.PK_TEST_LISI | -",
                "openai-insecure-api-key.pk_test_lisi x | -",
            })
    void findsTheKeyAmongTheSubprotocols(String offered, String expected) {
        assertThat(known(handshake("/v1/realtime", "Sec-WebSocket-Protocol", offered)))
                .isEqualTo(expected);
        // several fields are one list (RFC 6455, 11.3.4)
        assertThat(known(handshake("/", "Sec-WebSocket-Protocol", "realtime", "sec-websocket-protocol", offered)))
                .isEqualTo(expected);
    }

    @Test
    void aSubprotocolCountsLastAndInHandshakesOnly() {
        String[] offered = {"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.pk_test_lisi"};
        assertThat(known(handshake("/?key=pk_test_zhangsan", offered))).isEqualTo("pk_test_zhangsan");
        assertThat(known(handshake("/?key=dummy", offered))).isEqualTo("pk_test_lisi");
        assertThat(known(request("/v1/realtime", offered))).isNull();
        assertThat(PresentedKey.isPresent(handshake("/", offered))).isTrue();
        assertThat(PresentedKey.isPresent(request("/", offered))).isFalse();
        assertThat(PresentedKey.isPresent(handshake("/", "Sec-WebSocket-Protocol", "realtime")))
                .isFalse();
    }

    private static String known(RequestHead head) {
        return PresentedKey.<String>find(head, v -> KNOWN.contains(v) ? v : null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "realtime, openai-insecure-api-key.pk_test_lisi | realtime",
                "realtime, openai-insecure-api-key.somebody-elses | realtime",
                "openai-insecure-api-key.pk_test_lisi | -",
                "openai-insecure-api-key.a, OPENAI-INSECURE-API-KEY.b,, openai-insecure-api-key. | -",
                "a,openai-insecure-api-key.x, b ,openai-organization.org-1,openai-project.p,openai-beta.realtime-v1"
                        + " | a, b, openai-organization.org-1, openai-project.p, openai-beta.realtime-v1",
                "openai-insecure-api-key.pk_test_lisi x, realtime | realtime",
            })
    void takesTheKeyOutOfTheSubprotocolsAndNothingElse(String offered, String expected) {
        Headers headers = headers("Accept", "x", "Sec-WebSocket-Protocol", offered);
        assertThat(PresentedKey.isInSubprotocols(headers)).isTrue();
        assertThat(PresentedKey.subprotocolsWithoutKey(headers)).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void takesTheKeyOutOfEveryField() {
        Headers headers = headers(
                "Sec-WebSocket-Protocol", "realtime",
                "Sec-WebSocket-Protocol", "openai-insecure-api-key.pk_test_lisi, b");
        assertThat(PresentedKey.isInSubprotocols(headers)).isTrue();
        assertThat(PresentedKey.subprotocolsWithoutKey(headers)).contains("realtime, b");
    }

    @Test
    void subprotocolsWithoutAKeyAreNobodysBusiness() {
        assertThat(PresentedKey.isInSubprotocols(headers())).isFalse();
        assertThat(PresentedKey.isInSubprotocols(headers("Sec-WebSocket-Protocol", "realtime, openai-project.p")))
                .isFalse();
    }

    @Test
    void everyCarrierInTheHeadIsStripped() {
        assertThat(PresentedKey.credentialHeaders())
                .containsExactlyInAnyOrder(
                        "authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/p /p",
                "/p? /p?",
                "/p?key=pk_test_lisi /p",
                "/p?key=pk%5ftest_lisi /p",
                "/p?%6Bey=pk_test_lisi /p",
                "/p?key=pk_test_lisi& /p",
                "/p?&key=pk_test_lisi /p",
                "/p?key=pk_test_lisi&a=1 /p?a=1",
                "/p?a=1&key=pk_test_lisi /p?a=1",
                "/p?a=1&key=pk_test_lisi&b=2 /p?a=1&b=2",
                "/p?b=2&a=1&b=3&key=pk_test_lisi&b= /p?b=2&a=1&b=3&b=",
                "/p?a=x+y%20z;c&key=pk_test_lisi&d=%e4%bd%a0&&e /p?a=x+y%20z;c&d=%e4%bd%a0&&e",
                "/p?key=pk_test_lisi&key=other&key=pk_test_zhangsan /p?key=other",
                "/p?key=other&a=%zz /p?key=other&a=%zz",
                "/p?key=&key&monkey=pk_test_lisi /p?key=&key&monkey=pk_test_lisi",
                "/key=pk_test_lisi?a /key=pk_test_lisi?a",
                "/p?u=/x?key=pk_test_lisi&a=1 /p?u=/x?key=pk_test_lisi&a=1",
            })
    void removesTheKeyAndNothingElse(String target, String expected) {
        assertThat(PresentedKey.stripQueryKey(target, KNOWN::contains)).isEqualTo(expected);
    }

    @Test
    void aTargetWithoutAKeyIsNotCopied() {
        String target = "/v1/files?limit=2&after=file-1";
        assertThat(PresentedKey.stripQueryKey(target, value -> true)).isSameAs(target);
    }
}
