package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FakeEgressProxyTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @Test
    void tunnelsConnect() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (FakeEgressProxy proxy = FakeEgressProxy.open().route("api.example.test", upstream.port());
                RawClient client = RawClient.connect(proxy.port())) {
            client.head("CONNECT api.example.test:80", "Host: api.example.test:80");
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.get("/x").answer().text()).isEqualTo("{}");
            assertThat(proxy.seen()).hasSize(1);
        }
        assertThat(upstream.only().target()).isEqualTo("/x");
    }

    @Test
    void forwardsAbsoluteForm() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (FakeEgressProxy proxy = FakeEgressProxy.open().route("api.example.test", upstream.port());
                RawClient client = RawClient.connect(proxy.port())) {
            client.post("http://api.example.test/x?y=1", "{\"a\":1}", "Host: api.example.test");
            assertThat(client.answer().text()).isEqualTo("{}");
        }
        assertThat(upstream.only().target()).isEqualTo("/x?y=1");
        assertThat(upstream.only().text()).isEqualTo("{\"a\":1}");
    }

    @Test
    void asksForALogin() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (FakeEgressProxy proxy = FakeEgressProxy.withLogin("proxy-user", "proxy-pass")
                        .route("api.example.test", upstream.port());
                RawClient client = RawClient.connect(proxy.port())) {
            client.head("CONNECT api.example.test:443");
            assertThat(client.answer().status()).isEqualTo(407);
            client.head("CONNECT api.example.test:443", "Proxy-Authorization: Basic cHJveHktdXNlcjpwcm94eS1wYXNz");
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.get("/x").answer().text()).isEqualTo("{}");
        }
    }
}
