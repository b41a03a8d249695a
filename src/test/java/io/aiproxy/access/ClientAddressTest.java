package io.aiproxy.access;

import static io.aiproxy.access.Requests.address;
import static io.aiproxy.access.Requests.from;
import static io.aiproxy.access.Requests.headers;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Networks;
import io.aiproxy.core.RequestHead;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private static final Networks TRUSTED = Networks.parse(List.of("10.0.0.0/8", "fd00::/8"));

    @ParameterizedTest
    @CsvSource({
        // peer, X-Forwarded-For, client
        "203.0.113.9, '', 203.0.113.9",
        "203.0.113.9, 198.51.100.1, 203.0.113.9", // the peer is not trusted, so neither is what it says
        "10.0.0.1, '', 10.0.0.1",
        "10.0.0.1, 198.51.100.1, 198.51.100.1",
        "10.0.0.1, '6.6.6.6, 198.51.100.1', 198.51.100.1", // what the client wrote itself is not believed
        "10.0.0.1, '6.6.6.6, 198.51.100.1, 10.0.0.7', 198.51.100.1",
        "10.0.0.1, '198.51.100.1,10.0.0.7,fd00::7', 198.51.100.1",
        "10.0.0.1, '10.0.0.3, 10.0.0.2', 10.0.0.3", // all trusted: the farthest
        "10.0.0.1, '198.51.100.1:4711', 198.51.100.1",
        "10.0.0.1, '[2001:db8::1]:4711', 2001:db8::1",
        "10.0.0.1, '[2001:db8::1]', 2001:db8::1",
        "10.0.0.1, '2001:db8::1', 2001:db8::1",
        "10.0.0.1, '::ffff:198.51.100.1', 198.51.100.1",
        "fd00::1, '2001:db8::1, [fd00::2]:80', 2001:db8::1",
        "10.0.0.1, ' , 198.51.100.1 , ,', 198.51.100.1",
        // ill-formed entries end the walk at the last good one
        "10.0.0.1, unknown, 10.0.0.1",
        "10.0.0.1, 'localhost', 10.0.0.1",
        "10.0.0.1, '198.51.100.1, example.com, 10.0.0.7', 10.0.0.7",
        "10.0.0.1, '198.51.100.1:http', 10.0.0.1",
        "10.0.0.1, '198.51.100.1:', 10.0.0.1",
        "10.0.0.1, '[2001:db8::1', 10.0.0.1",
        "10.0.0.1, '[2001:db8::1]x', 10.0.0.1",
        "10.0.0.1, '198.51.100.300', 10.0.0.1",
        "10.0.0.1, ',', 10.0.0.1",
    })
    void looksBehindTrustedProxiesOnly(String peer, String forwarded, String expected) {
        RequestHead head = forwarded.isEmpty() ? from(peer, "/") : from(peer, "/", "X-Forwarded-For", forwarded);
        assertThat(ClientAddress.of(head, TRUSTED)).isEqualTo(address(expected));
    }

    @Test
    void severalFieldsAreOneListInTheirOrder() {
        RequestHead head = from(
                "10.0.0.1", "/", "X-Forwarded-For", "6.6.6.6, 198.51.100.1", "x-forwarded-for", "10.0.0.9, 10.0.0.8");
        assertThat(ClientAddress.of(head, TRUSTED)).isEqualTo(address("198.51.100.1"));
    }

    @Test
    void nobodyIsTrustedUnlessNamed() {
        RequestHead head = from("127.0.0.1", "/", "X-Forwarded-For", "198.51.100.1");
        assertThat(ClientAddress.of(head, Networks.NONE)).isEqualTo(address("127.0.0.1"));
    }

    @Test
    void aPeerWithoutAnAddressIsNobodyAndNoNameIsLookedUp() {
        RequestHead name =
                new RequestHead("GET", "/", headers(), InetSocketAddress.createUnresolved("host.invalid", 1), false);
        assertThat(ClientAddress.of(name, TRUSTED)).isEqualTo(address("0.0.0.0"));

        RequestHead literal =
                new RequestHead("GET", "/", headers(), InetSocketAddress.createUnresolved("192.0.2.1", 1), false);
        assertThat(ClientAddress.of(literal, TRUSTED)).isEqualTo(address("192.0.2.1"));
    }
}
