package io.aiproxy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.9.9.9/8, 10.0.0.1, true",
        "192.168.1.128/25, 192.168.1.127, false",
        "192.168.1.128/25, 192.168.1.128, true",
        "255.255.255.255/32, 255.255.255.255, true",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 203.0.113.9, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
        "2001:db8::/65, 2001:db8::8000:0:0:1, false",
        "2001:db8::1, 2001:db8::1, true",
        "[2001:db8::1], 2001:db8::1, true",
        "2001:db8::1, 2001:db8::2, false",
        "::1, 127.0.0.1, false",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.200.0.1, true",
        "::ffff:10.0.0.0/104, 11.200.0.1, false",
    })
    void containsWhatItSays(String network, String address, boolean expected) throws Exception {
        assertThat(Networks.parse(List.of(network)).contains(InetAddress.getByName(address)))
                .isEqualTo(expected);
    }

    @Test
    void aMappedAddressOfADualStackSocketIsTheIpv4Address() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 10, 0, 0, 1};
        InetAddress address = Inet6Address.getByAddress("", mapped, 0); // getByAddress(byte[]) would unmap it itself
        assertThat(address).isInstanceOf(Inet6Address.class);

        assertThat(Networks.parse(List.of("10.0.0.0/8")).contains(address)).isTrue();
        assertThat(Networks.parse(List.of("::/0")).contains(address)).isFalse();
    }

    @Test
    void anyOfSeveralIsEnoughAndNoneContainsNothing() throws UnknownHostException {
        Networks several = Networks.parse(List.of("10.0.0.0/8", "fd00::/8"));
        assertThat(several.contains(InetAddress.getByName("fd12::1"))).isTrue();
        assertThat(several.contains(InetAddress.getByName("10.0.0.1"))).isTrue();
        assertThat(several.isEmpty()).isFalse();

        Networks none = Networks.parse(List.of());
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.contains(InetAddress.getByName("127.0.0.1"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.com",
                "10.1",
                "10.0.0.256",
                "010.0.0.1",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "/8",
                "[10.0.0.1]",
                "::1/129",
                ":::",
                "g::1",
                ".::1",
                "fe80::1%eth0",
                "::ffff:0.0.0.0/90",
                "2001:db8",
                "10.0.0.0/8/8",
                "１０.0.0.1",
            })
    void anythingElseIsRefusedByName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Networks.parse(List.of("127.0.0.1", text)))
                .withMessageContaining("\"" + text + "\"");
    }
}
